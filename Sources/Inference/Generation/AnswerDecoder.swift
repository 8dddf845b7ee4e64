public import Tokenization

/// Turns an answer's tokens into text as they come, never half a character.
public protocol AnswerDecoder: Sendable {
    /// The text that a token completes; empty while a character is still incomplete.
    mutating func append(_ token: TokenID) -> String
    /// What is left at the end: an incomplete character as U+FFFD.
    mutating func finish() -> String
}
