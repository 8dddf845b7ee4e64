public import Tokenization

/// Why a model's files cannot be used.
public enum ModelFault: Error, Equatable, Sendable {
    /// Its configuration or its weights.
    case model(QwenFault)
    /// Its tokenizer.
    case tokenizer(TokenizerFault)
    /// Its settings for pictures; the file that has them.
    case pictureSettings(PreprocessingFault, file: String)
}
