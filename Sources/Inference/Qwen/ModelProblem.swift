public import SystemPackage
public import Tensors
public import Tokenization

/// Something about a model's files that ``ModelInspection`` found.
public enum ModelProblem: Sendable, Equatable {
    // MARK: What keeps it from running

    /// A file that every such model has is not there.
    case missingFile(FilePath)
    /// The configuration cannot be read, or asks for what is not run.
    case configuration(file: FilePath, QwenFault)
    /// A file of weights is damaged, incomplete or missing.
    case weights(WeightFault)
    /// Tensors that the configuration asks for are in no file; `expected` is how many it asks for.
    case missingTensors([String], expected: Int)
    /// A tensor has not the shape that the configuration gives it.
    case wrongShape(file: FilePath, tensor: String, found: [Int], expected: [Int])
    /// Tensors that are needed are stored in a type that is not run.
    case unsupportedType(file: FilePath, type: String, tensors: [String])
    /// There is no tokenizer that can be used.
    case tokenizer(TokenizerFault)
    /// The tokenizer has more tokens than the model has rows.
    case tooManyTokens(tokens: Int, rows: Int)
    /// The file of settings for pictures cannot be used.
    case pictureSettings(file: FilePath, PreprocessingFault)
    /// The file of settings for answers cannot be used.
    case generationSettings(file: FilePath, QwenFault)

    /// Parts of a packed file are not what was written.
    case damagedSections(file: FilePath, [String])

    // MARK: What is worth knowing

    /// Tensors that the configuration does not ask for; they are left alone.
    case unusedTensors([String])
    /// There is no chat template; the family's own is taken.
    case noChatTemplate
    /// A model that could see has no file of its vision tower; it reads text.
    case noVisionFile(file: FilePath)

    /// Whether the model cannot be run because of it.
    public var isObstacle: Bool {
        switch self {
        case .unusedTensors, .noChatTemplate, .noVisionFile: false
        default: true
        }
    }
}
