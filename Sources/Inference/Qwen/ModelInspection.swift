public import SystemPackage
public import Tensors
internal import Tokenization

/// What a model's files are, how large it is, and all that is wrong with it; also of files that are only partly there.
public struct ModelInspection: Sendable {
    /// The folder, the GGUF file of the decoder, or the packed file.
    public let path: FilePath
    /// How its weights are stored.
    public let format: Format
    /// Sizes and constants; nil where they cannot be read.
    public let configuration: ModelConfiguration?
    /// Numbers that the model learned, from the configuration: whether they are all there or not.
    public let parameters: Parameters?
    /// Tensors that the configuration asks for.
    public let expectedTensorCount: Int?
    /// Files of weights, in order, with their length; missing ones have none.
    public let files: [WeightFile]
    /// Stored tensors by the way their elements are written, the most bytes first.
    public let types: [StoredType]
    /// What the tokenizer holds.
    public let tokenizer: TokenizerFacts?
    /// The table of contents of a packed file.
    public let packed: PackedContents?
    /// What tells a packed file from every other: the checksum of all its checksums.
    public let identity: String?
    /// Whether every byte of a packed file was held against its checksum, and is right.
    public let isVerified: Bool
    /// All that is wrong or worth knowing, obstacles first.
    public let problems: [ModelProblem]

    /// Whether the model can be run.
    public var isUsable: Bool { !problems.contains(where: \.isObstacle) }
    /// Tensors in the files.
    public var storedTensorCount: Int { types.reduce(0) { $0 + $1.tensorCount } }
    /// Bytes of all tensors in the files.
    public var storedByteCount: Int { types.reduce(0) { StoredType.sum($0, $1.byteCount) } }

    /// How weights are stored.
    public enum Format: String, Sendable {
        case safetensors
        case gguf
        case packed
    }

    /// A file of weights.
    public struct WeightFile: Sendable, Equatable {
        /// The file.
        public let path: FilePath
        /// Its length; nil when it is not there.
        public let byteCount: Int?
    }

    /// Tensors of one type.
    public struct StoredType: Sendable, Equatable {
        /// The file's word for it.
        public let name: String
        /// Whether it can be run.
        public let isRun: Bool
        /// Tensors of this type.
        public var tensorCount: Int
        /// Their elements.
        public var elementCount: Int
        /// Their bytes.
        public var byteCount: Int
    }

    /// Numbers that the model learned; a head that is the embedding table is counted once.
    public struct Parameters: Sendable, Equatable {
        /// Of the vision tower.
        public let vision: Int
        /// Of the decoder.
        public let text: Int
        /// All of them.
        public var total: Int { vision + text }

        /// Bytes of all weights at a precision; scales of int8 and int4 are not counted.
        public func byteCount(at precision: WeightPrecision) -> Int {
            switch precision {
            case .float32: total * 4
            case .bfloat16: total * 2
            case .int8: total
            case .int4: (total + 1) / 2
            }
        }
    }

    /// Precisions that weights may be held in.
    public enum WeightPrecision: String, Sendable, CaseIterable {
        case float32 = "f32"
        case bfloat16 = "bf16"
        case int8
        case int4
    }

    /// What a tokenizer holds.
    public struct TokenizerFacts: Sendable, Equatable {
        /// One more than its largest id.
        public let size: Int
        /// Tokens that are matched as a whole, control tokens among them.
        public let addedCount: Int
        /// Whether conversations have a template.
        public let hasChatTemplate: Bool

        init(_ tokenizer: Tokenizer) {
            size = tokenizer.idLimit
            addedCount = tokenizer.addedTokens.count
            hasChatTemplate = tokenizer.chatTemplateText != nil
        }
    }

    /// Bytes of the keys and values of one token, in the precision that they are held in: float32.
    public var cacheBytesPerToken: Int? {
        guard let text = configuration?.text else { return nil }
        return text.layerCount * 2 * text.keyWidth * MemoryLayout<Float>.stride
    }

    /// Joins what was found.
    init(_ findings: InspectionFindings) {
        path = findings.path
        format = findings.format
        configuration = findings.configuration
        files = findings.files
        tokenizer = findings.tokenizer
        packed = findings.packed?.contents
        identity = findings.packed?.identity
        isVerified = findings.isVerified
        types = findings.storedTypes()
        var problems = findings.problems
        if let configuration = findings.configuration {
            let expected = findings.expected(configuration)
            parameters = Parameters(
                vision: expected.filter(\.isVision).reduce(0) { $0 + $1.count },
                text: expected.filter { !$0.isVision }.reduce(0) { $0 + $1.count }
            )
            expectedTensorCount = expected.count
            problems += findings.compare(with: expected, of: configuration)
            if let size = findings.tokenizer?.size, size > configuration.text.vocabularySize {
                problems.append(
                    .tooManyTokens(tokens: size, rows: configuration.text.vocabularySize)
                )
            }
        } else {
            parameters = nil
            expectedTensorCount = nil
        }
        if findings.tokenizer?.hasChatTemplate == false { problems.append(.noChatTemplate) }
        self.problems = problems.filter(\.isObstacle) + problems.filter { !$0.isObstacle }
    }
}
