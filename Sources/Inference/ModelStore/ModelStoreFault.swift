public import SystemPackage

/// What can go wrong with models on disk: finding them, listing them, pulling them.
public enum ModelStoreFault: Error, Equatable, Sendable {
    // MARK: Finding

    /// Not `owner/name`.
    case notAName(String)
    /// No model was named and none is installed; pulls that were begun are named.
    case noModel(store: FilePath, begun: [String])
    /// No model was named and several are installed.
    case severalModels([String])
    /// A name that no installed model has.
    case notInstalled(String, installed: [String])
    /// Its pull has begun and not ended.
    case incomplete(String)
    /// A path to nothing.
    case noSuchPath(FilePath)
    /// A folder or file that holds no model; what it lacks.
    case notAModel(FilePath, lacks: String)
    /// A folder with several GGUF files, none of which was chosen.
    case severalFiles(FilePath, [String])
    /// An address where a name or path is expected.
    case address(String)
}
