import Tokenization

/// Subtracts the same from every token that the answer has already, once each; the prompt does not count.
///
/// Source: OpenAI's `presence_penalty`; Transformers has none.
struct PresencePenalty: Sendable {
    private let penalty: Float
    private var seen: TokenSet
    private var tokens: [TokenID] = []

    init(_ penalty: Double, vocabularySize: Int) {
        self.penalty = Float(penalty)
        seen = TokenSet(capacity: vocabularySize)
    }

    mutating func add(_ token: TokenID) {
        guard penalty != 0, seen.insert(token) else { return }
        tokens.append(token)
    }

    /// Whether there is a logit that it changes.
    var changesSome: Bool { !tokens.isEmpty }

    func apply(to logits: inout [Float]) {
        for token in tokens { logits[Int(token)] -= penalty }
    }

    /// What becomes of one token's logit.
    func applied(to logit: Float, of token: TokenID) -> Float {
        seen.contains(token) ? logit - penalty : logit
    }
}
