/// Why a conversation cannot be put into tokens.
public enum ChatTemplateFault: Error, Equatable, Sendable {
    /// The tokenizer has no such control token.
    case missingToken(String, tokenizer: String)
    /// The checkpoint's template has no place for pictures: it is a model of text.
    case noPictures
    /// An assistant's turn has a picture or a video.
    case pictureInAnswer(turn: Int)
    /// A picture or a step of a video is to have this many tokens.
    case pictureTokens(Int)
    /// A video has no step.
    case emptyVideo
    /// A step's time is negative, not a number, or beyond a year.
    case time(Double)
}

/// What to tell a user about a checkpoint's chat template.
public enum ChatTemplateWarning: Equatable, Sendable {
    /// The checkpoint has none: the family's usual one is used.
    case missing(family: ChatFamily)
    /// It does not look like any template of Qwen's: the family's usual one is used.
    case unknown(family: ChatFamily, begins: String)
}
