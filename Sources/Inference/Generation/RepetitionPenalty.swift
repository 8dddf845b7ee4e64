import Tokenization

/// Makes tokens of the prompt and of the answer so far less likely: a positive logit is divided, a negative one multiplied.
///
/// Source: CTRL (Keskar et al. 2019), as `RepetitionPenaltyLogitsProcessor` in Transformers does it, the prompt included.
struct RepetitionPenalty: Sendable {
    private let penalty: Float
    private var seen: TokenSet
    private var tokens: [TokenID] = []

    init(_ penalty: Double, prompt: [TokenID], vocabularySize: Int) {
        self.penalty = Float(penalty)
        seen = TokenSet(capacity: vocabularySize)
        for token in prompt { add(token) }
    }

    /// Counts a token of the answer; one outside the vocabulary has no logit to change.
    mutating func add(_ token: TokenID) {
        guard penalty != 1, seen.insert(token) else { return }
        tokens.append(token)
    }

    /// Whether there is a logit that it changes.
    var changesSome: Bool { !tokens.isEmpty }

    func apply(to logits: inout [Float]) {
        for token in tokens { logits[Int(token)] = changed(logits[Int(token)]) }
    }

    /// What becomes of one token's logit.
    func applied(to logit: Float, of token: TokenID) -> Float {
        seen.contains(token) ? changed(logit) : logit
    }

    private func changed(_ logit: Float) -> Float {
        logit < 0 ? logit * penalty : logit / penalty
    }
}
