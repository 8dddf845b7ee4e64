public import SystemPackage

/// Where a model lies and how it is laid out.
public struct ModelLocation: Equatable, Sendable {
    /// How a model's files are laid out.
    public enum Layout: Equatable, Sendable {
        /// A folder with `config.json`, a tokenizer and `*.safetensors`.
        case checkpoint
        /// A GGUF file, and the `mmproj` file beside it that holds its vision tower, when there is one.
        case gguf(projector: FilePath?)
        /// A packed file, which `docket model quantize` has made of one of the others.
        case packed
    }

    /// What to call it: `owner/name` in the store (of a packed file without its ending), else the path as it was given.
    public let name: String
    /// The folder, the GGUF file or the packed file.
    public let path: FilePath
    /// How it is laid out.
    public let layout: Layout
    /// The commit that it was pulled at; nil for what was not pulled.
    public let revision: String?

    /// Describes a model that is there.
    public init(name: String, path: FilePath, layout: Layout, revision: String? = nil) {
        self.name = name
        self.path = path
        self.layout = layout
        self.revision = revision
    }
}
