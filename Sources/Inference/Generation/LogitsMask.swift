public import Tokenization

/// What may come next: a grammar or a schema that follows the answer token by token.
///
/// It is asked after the penalties and before temperature, top-k and top-p, so that these see only what may be chosen.
/// The end is a token as well: an end-of-text id is allowed where the answer may end.
public protocol LogitsMask: Sendable {
    /// Whether a token may come next; greedy decoding asks for the likeliest alone first.
    ///
    /// - Parameters:
    ///   - token: The token.
    ///   - remaining: Tokens that the answer may still have, this one included: what cannot be completed within them should
    ///     be forbidden.
    /// - Returns: Whether it may be chosen.
    func allows(_ token: TokenID, remaining: Int) -> Bool

    /// Takes out of a set what may not come next.
    ///
    /// - Parameters:
    ///   - tokens: The tokens of the vocabulary; of the logits' size.
    ///   - remaining: Tokens that the answer may still have.
    func restrict(_ tokens: inout TokenSet, remaining: Int)

    /// Goes on by the token that was chosen.
    mutating func advance(by token: TokenID)
}
