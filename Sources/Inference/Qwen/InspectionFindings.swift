internal import SystemPackage
internal import Tensors
internal import Tokenization

/// What is gathered of a model before it is compared with its configuration.
struct InspectionFindings {
    let path: FilePath
    let format: ModelInspection.Format
    var configuration: ModelConfiguration?
    var files: [ModelInspection.WeightFile] = []
    /// Tensors of the decoder, or of the whole model.
    var textTensors: [StoredTensor] = []
    /// Tensors of the vision tower where they are in a file of their own.
    var visionTensors: [StoredTensor] = []
    var tokenizer: ModelInspection.TokenizerFacts?
    /// The packed file that all of it is in.
    var packed: PackedFile?
    /// Whether every byte of it was held against its checksum, and is right.
    var isVerified = false
    var problems: [ModelProblem] = []

    init(path: FilePath, format: ModelInspection.Format) {
        self.path = path
        self.format = format
    }

    /// Notes a fault of files of weights.
    mutating func note(_ fault: WeightFault) {
        problems.append(.weights(fault))
    }

    /// Tensors by type, the most bytes first.
    func storedTypes() -> [ModelInspection.StoredType] {
        var types: [String: ModelInspection.StoredType] = [:]
        for tensor in textTensors + visionTensors {
            types[
                tensor.typeName,
                default: ModelInspection.StoredType(
                    name: tensor.typeName,
                    isRun: tensor.form != nil,
                    tensorCount: 0,
                    elementCount: 0,
                    byteCount: 0
                )
            ].add(tensor)
        }
        return types.values.sorted { ($1.byteCount, $0.name) < ($0.byteCount, $1.name) }
    }

    /// The tensors that a configuration asks for, spelled as the files spell names.
    func expected(_ configuration: ModelConfiguration) -> [ExpectedTensor] {
        let names = names
        let head = names.name(.head)
        return ExpectedTensor.all(
            of: configuration,
            names: names,
            hasHead: textTensors.contains { $0.name == head }
        )
    }

    /// How the files spell names.
    private var names: WeightNames {
        if format == .gguf { return .gguf }
        return Checkpoint(text: ListedTensors(path: path, storedTensors: textTensors)).names
    }

    /// What is missing, of another shape or type, or not asked for.
    func compare(
        with expected: [ExpectedTensor],
        of configuration: ModelConfiguration
    ) -> [ModelProblem] {
        var stored: [String: StoredTensor] = [:]
        for tensor in textTensors + visionTensors { stored[tensor.name] = tensor }
        var problems: [ModelProblem] = []
        var missing: [String] = []
        var unsupported: [String: [StoredTensor]] = [:]
        for tensor in expected {
            guard let found = stored.removeValue(forKey: tensor.name) else {
                missing.append(tensor.name)
                continue
            }
            if found.shape != tensor.shape, found.shape != tensor.otherShape {
                problems.append(
                    .wrongShape(
                        file: found.file,
                        tensor: tensor.name,
                        found: found.shape,
                        expected: tensor.shape
                    )
                )
            }
            if found.form == nil {
                unsupported[found.typeName, default: []].append(found)
            }
        }
        if !missing.isEmpty {
            problems.insert(.missingTensors(missing, expected: expected.count), at: 0)
        }
        for (type, tensors) in unsupported.sorted(by: { $0.key < $1.key }) {
            problems.append(
                .unsupportedType(
                    file: tensors[0].file,
                    type: type,
                    tensors: tensors.map(\.name)
                )
            )
        }
        // A head beside the table that it is tied to is common, and no surprise.
        if configuration.tiesHead == true { stored[names.name(.head)] = nil }
        if !stored.isEmpty { problems.append(.unusedTensors(stored.keys.sorted())) }
        return problems
    }
}

/// Tensors that are listed and cannot be had: enough to see how names are spelled.
private struct ListedTensors: WeightSource {
    let path: FilePath
    let storedTensors: [StoredTensor]

    func tensor(named name: String) throws(WeightFault) -> WeightTensor? { nil }
}

extension ModelInspection.StoredType {
    /// Counts a tensor in.
    ///
    /// Sums over a hostile file may be beyond all numbers; they stay there.
    fileprivate mutating func add(_ tensor: StoredTensor) {
        tensorCount += 1
        elementCount = Self.sum(elementCount, tensor.elementCount)
        byteCount = Self.sum(byteCount, tensor.byteCount)
    }

    /// A sum that stays at the largest number where it would go beyond.
    static func sum(_ first: Int, _ second: Int) -> Int {
        let (sum, overflow) = first.addingReportingOverflow(second)
        return overflow ? .max : sum
    }
}
