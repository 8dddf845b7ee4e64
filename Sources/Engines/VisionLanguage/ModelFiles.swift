internal import Qwen
public import SystemPackage
public import Tensors

/// Where a model's files are.
public enum ModelFiles: Sendable, Equatable {
    /// A folder in the published layout: `config.json`, a tokenizer, `*.safetensors`.
    case checkpoint(FilePath)
    /// A GGUF file, and the one that holds its vision tower.
    case gguf(FilePath, projector: FilePath?)
    /// A packed file, which holds everything.
    case packed(FilePath)
}

extension ModelFiles {
    /// Looks at the files without loading them.
    ///
    /// - Returns: What they are.
    /// - Throws: ``AskFault``.
    func card() throws(AskFault) -> ModelCard {
        do throws(ModelFault) {
            return switch self {
            case .checkpoint(let folder): try ModelCard(folder: folder)
            case .gguf(let file, let projector): try ModelCard(gguf: file, projector: projector)
            case .packed(let file): try ModelCard(packed: file)
            }
        } catch {
            throw AskFault(error)
        }
    }
}

extension QuestionAnswering {
    /// Maps a model's weights and reads its tokenizer and settings.
    ///
    /// - Parameters:
    ///   - files: Where they are.
    ///   - compute: What arithmetic runs on.
    /// - Throws: ``AskFault``.
    public init(_ files: ModelFiles, compute: Compute) throws(AskFault) {
        let opened: OpenedModel
        do throws(ModelFault) {
            opened =
                switch files {
                case .checkpoint(let folder): try OpenedModel(folder: folder)
                case .gguf(let file, let projector):
                    try OpenedModel(gguf: file, projector: projector)
                case .packed(let file): try OpenedModel(packed: file)
                }
        } catch {
            throw AskFault(error)
        }
        let model: QwenModel
        do {
            model = try QwenModel(
                opened.checkpoint,
                configuration: opened.configuration,
                compute: compute
            )
        } catch {
            throw .model(error)
        }
        self.init(
            model: model,
            tokenizer: opened.tokenizer,
            generation: opened.generation,
            preprocessor: opened.configuration.vision == nil
                ? PicturePreprocessor()
                : PicturePreprocessor(opened.pictures, videoSettings: opened.videos),
            weightBytes: opened.weightBytes
        )
    }
}

extension AskFault {
    /// The same for files that cannot be used.
    init(_ fault: ModelFault) {
        switch fault {
        case .model(let fault): self = .model(fault)
        case .tokenizer(let fault): self = .tokenizer(fault)
        case .pictureSettings(let fault, let file): self = .pictureSettings(fault, file: file)
        }
    }
}
