public import Tokenization

/// A token and how likely the model held it.
public struct TokenLogProbability: Sendable, Equatable {
    /// The token.
    public let token: TokenID
    /// Natural logarithm of its probability.
    public let logProbability: Double

    /// Pairs the two.
    public init(token: TokenID, logProbability: Double) {
        self.token = token
        self.logProbability = logProbability
    }
}

/// What the model itself held likely at one step, before penalties, masks and temperature.
public struct StepLogProbabilities: Sendable, Equatable {
    /// The token that was chosen.
    public let chosen: TokenLogProbability
    /// The likeliest tokens, likeliest first; as many as were asked for.
    public let likeliest: [TokenLogProbability]

    /// Reads them off the model's logits: the logarithm of the softmax over all rows.
    init(of chosen: TokenID, count: Int, logits: [Float], vocabulary: AnswerVocabulary) {
        let sum = logSumExp(logits)
        self.chosen = TokenLogProbability(
            token: chosen,
            logProbability: Double(logits[Int(chosen)]) - sum
        )
        var tokens = logits
        if !vocabulary.isWhole { vocabulary.tokens.keepOnly(in: &tokens) }
        likeliest = largest(count, of: tokens).map {
            TokenLogProbability(token: $0.id, logProbability: Double($0.logit) - sum)
        }
    }
}
