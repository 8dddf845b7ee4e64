public import SystemPackage
public import Tensors

/// Why a model could not be packed; nothing is written then.
public enum PackingFault: Error, Equatable, Sendable {
    /// The model is a packed file, whose weights have lost what they lose.
    case packedAlready(FilePath)
    /// Its weights are not what its configuration needs.
    case model(QwenFault)
    /// A weight holds infinities, or what is no number.
    case notFinite(source: FilePath, tensor: String)
    /// A weight holds a number that is larger than those of bfloat16, and no form with fewer bits holds it well.
    case tooLarge(source: FilePath, tensor: String)
    /// The file cannot be written.
    case output(WriteFault)
    /// There is not enough memory.
    case memory(MemoryFault)
    /// Somebody ended it.
    case cancelled
}
