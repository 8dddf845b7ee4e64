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

    /// The tokens that may come next, where they are few and known at once.
    ///
    /// The model then computes their logits and no others, and a token that comes alone is fed together with the one before
    /// it. The answer is the same without this.
    ///
    /// - Parameters:
    ///   - most: More than so many are of no use.
    ///   - remaining: Tokens that the answer may still have.
    /// - Returns: All tokens that ``allows(_:remaining:)`` allows, in any order; nil where they are more, or where each token of
    ///   the vocabulary would have to be asked for.
    func fewAllowed(atMost most: Int, remaining: Int) -> [TokenID]?

    /// Goes on by the token that was chosen.
    mutating func advance(by token: TokenID)

    /// Whether something that may be said otherwise was forbidden because too few tokens were left for it.
    var isHeldShort: Bool { get }
}

extension LogitsMask {
    /// Not known: the model computes all logits.
    public func fewAllowed(atMost most: Int, remaining: Int) -> [TokenID]? { nil }

    /// Nothing was forbidden for that.
    public var isHeldShort: Bool { false }
}
