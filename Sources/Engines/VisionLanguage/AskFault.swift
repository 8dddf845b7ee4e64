public import Generation
public import Qwen
public import Tokenization

/// Why a question cannot be put to a model.
public enum AskFault: Error, Equatable, Sendable {
    /// The model cannot be run.
    case model(QwenFault)
    /// Its tokenizer cannot be used.
    case tokenizer(TokenizerFault)
    /// Its settings for pictures cannot be used; the file that has them.
    case pictureSettings(PreprocessingFault, file: String)
    /// The conversation cannot be put into tokens.
    case template(ChatTemplateFault)
    /// It was computed and failed.
    case generation(GenerationFault)
    /// The model reads text only.
    case seesNothing
}
