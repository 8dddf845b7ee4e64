public import SystemPackage
public import Tensors

/// What packing a model made.
public struct PackingResult: Sendable {
    /// The file.
    public let path: FilePath
    /// Its length.
    public let byteCount: Int
    /// What is in it.
    public let contents: PackedContents
}

extension PackedContents {
    /// The weights of one form.
    public struct FormCount: Sendable, Equatable {
        /// `int8`, `int4`, `BF16`, `F32`.
        public let form: String
        /// How many there are.
        public var tensorCount: Int
        /// Their bytes.
        public var byteCount: Int
        /// The weight that has lost most, and how much; nil where none has lost anything.
        public var worst: (tensor: String, error: Double)?
        /// The root of the mean of their squared errors.
        public var meanError: Double

        /// Whether two say the same.
        public static func == (one: FormCount, other: FormCount) -> Bool {
            one.form == other.form && one.tensorCount == other.tensorCount
                && one.byteCount == other.byteCount && one.meanError == other.meanError
                && one.worst?.tensor == other.worst?.tensor
                && one.worst?.error == other.worst?.error
        }
    }

    /// The weights by form, the most bytes first.
    public var forms: [FormCount] {
        var forms: [String: FormCount] = [:]
        for tensor in tensors {
            var form =
                forms[tensor.form]
                ?? FormCount(
                    form: tensor.form,
                    tensorCount: 0,
                    byteCount: 0,
                    worst: nil,
                    meanError: 0
                )
            form.tensorCount += 1
            form.byteCount += tensor.bytes
            if let error = tensor.error?.relative {
                form.meanError += error * error
                if error > form.worst?.error ?? 0 { form.worst = (tensor.name, error) }
            }
            forms[tensor.form] = form
        }
        return forms.values.map { form in
            var form = form
            form.meanError = (form.meanError / Double(form.tensorCount)).squareRoot()
            return form
        }.sorted { ($1.byteCount, $0.form) < ($0.byteCount, $1.form) }
    }
}
