public import SystemPackage
public import Tensors

/// Why a model cannot be run.
public enum QwenFault: Error, Equatable, Sendable {
    // MARK: Configuration

    /// The system would not give the file.
    case unreadable(file: FilePath, errno: Errno)
    /// A file of settings that is far longer than any.
    case fileTooLong(file: FilePath, byteCount: Int, limit: Int)
    /// A file of settings that is not the JSON object that it should be.
    case malformedConfiguration
    /// Another architecture than those that are run.
    case unsupportedArchitecture(found: String, supported: [String])
    /// A setting that asks for something that is not done here.
    case unsupportedValue(key: String, found: String, supported: String)
    /// A setting that no model can have, alone or beside the others.
    case impossibleValue(key: String, found: String, expected: String)
    /// A setting that is needed and not there.
    case missingValue(key: String)

    // MARK: Weights

    /// The file of weights is damaged, or of a kind that is not run.
    case weights(WeightFault)
    /// A tensor that the configuration needs is not there; `expected` is its shape.
    case missingTensor(source: FilePath, tensor: String, expected: [Int])
    /// A tensor is not of the shape that the configuration gives it.
    case wrongShape(source: FilePath, tensor: String, found: [Int], expected: [Int])
    /// Two files that are not halves of one model.
    case unrelatedFiles(first: FilePath, second: FilePath, key: String)
}
