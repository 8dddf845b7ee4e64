import ModelStore
import VisionLanguage

extension ModelLocation {
    /// Where the engine finds the model's files.
    var files: ModelFiles {
        switch layout {
        case .checkpoint: .checkpoint(path)
        case .gguf(let projector): .gguf(path, projector: projector)
        case .packed: .packed(path)
        }
    }
}
