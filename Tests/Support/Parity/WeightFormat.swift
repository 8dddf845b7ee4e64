import CKernels
import SystemPackage
import Tensors

/// What the weights of linear layers and of the embedding are rounded to.
enum WeightFormat: Hashable {
    /// Our own.
    case packed(PackedForm)
    /// Another program's, widened again and multiplied in float32.
    case blocks(BlockRounding)

    var name: String {
        switch self {
        case .packed(let form): form.rawValue
        case .blocks(let rounding): rounding.rawValue
        }
    }

    /// How the kernel of the patches lies in this format, and its bytes; nil where it stays as it is.
    ///
    /// Packed files hold it in bfloat16, and llama.cpp leaves it alone.
    func encodedPatchKernel(_ matrix: [Float]) -> (WeightForm, [UInt8])? {
        guard case .packed = self else { return nil }
        let numbers = [UInt16](unsafeUninitializedCapacity: matrix.count) { buffer, initialized in
            if let start = buffer.baseAddress {
                Kernels.best.narrow(into: start, from: matrix, count: matrix.count)
            }
            initialized = matrix.count
        }
        return (.rows(.bfloat16), numbers.withUnsafeBytes { [UInt8]($0) })
    }

    /// How a matrix lies in this format, and its bytes.
    ///
    /// - Parameters:
    ///   - matrix: `[rows, columns]`.
    ///   - rows: Outputs.
    ///   - columns: Inputs.
    /// - Returns: Form and bytes.
    func encoded(_ matrix: [Float], rows: Int, columns: Int) -> (WeightForm, [UInt8]) {
        switch self {
        case .packed(let form):
            let count = dk_packed_bytes(form.packing, rows, columns)
            let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
                if let panels = buffer.baseAddress {
                    dk_pack(panels, form.packing, matrix, columns, rows, columns)
                }
                initialized = count
            }
            return (.packed(form), bytes)
        case .blocks(let rounding):
            let rounded = rounding.rounded(matrix, depth: columns)
            return (.rows(.float32), rounded.withUnsafeBytes { [UInt8]($0) })
        }
    }
}

extension PackedForm {
    /// The format that this one is measured against, and how many times its error is allowed.
    var promise: (rival: BlockRounding, factor: Double) {
        switch self {
        case .int8: (.q8_0, 2)
        case .int4: (.q4_0, 1)
        }
    }
}

/// A checkpoint whose matrices were rounded to a format; all else stays where it lies.
struct RewrittenWeights: WeightSource {
    let source: any WeightSource
    private let matrices: [String: WeightTensor]

    var path: FilePath { source.path }
    var storedTensors: [StoredTensor] { source.storedTensors }

    init(_ source: any WeightSource, as format: WeightFormat) throws {
        self.source = source
        var matrices: [String: WeightTensor] = [:]
        for stored in source.storedTensors where Self.isRounded(stored) {
            guard let tensor = try source.tensor(named: stored.name) else { continue }
            let rows = WeightRows(tensor)
            let matrix = rows.widened(kernels: .best)
            let encoded =
                stored.name.hasSuffix("patch_embed.proj.weight")
                ? format.encodedPatchKernel(matrix)
                : format.encoded(matrix, rows: rows.rows, columns: rows.columns)
            guard let (form, bytes) = encoded else { continue }
            matrices[stored.name] = WeightTensor(
                name: stored.name,
                form: form,
                shape: stored.shape,
                file: try MappedFile(guarding: bytes, as: source.path),
                offset: 0,
                byteCount: bytes.count
            )
        }
        self.matrices = matrices
    }

    func tensor(named name: String) throws(WeightFault) -> WeightTensor? {
        guard let matrix = matrices[name] else { return try source.tensor(named: name) }
        return matrix
    }

    /// Linear layers, the kernel of the patches and the embedding of tokens; that of positions is added, not multiplied.
    private static func isRounded(_ tensor: StoredTensor) -> Bool {
        tensor.shape.count > 1 && !tensor.name.hasSuffix("pos_embed.weight")
    }
}
