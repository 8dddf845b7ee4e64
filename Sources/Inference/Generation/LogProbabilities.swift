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
///
/// Whoever asks for it has all logits computed, also where a mask leaves few tokens.
public struct StepLogProbabilities: Sendable, Equatable {
    /// The token that was chosen.
    public let chosen: TokenLogProbability
    /// The likeliest tokens, likeliest first; as many as were asked for.
    public let likeliest: [TokenLogProbability]

    /// Reads them off the model's logits: the logarithm of the softmax over all rows.
    init(of chosen: TokenID, count: Int, logits: LogitsRow, vocabulary: AnswerVocabulary) {
        var tokens = logits.elements
        let sum = logSumExp(tokens)
        self.chosen = TokenLogProbability(
            token: chosen,
            logProbability: Double(logits[chosen]) - sum
        )
        if !vocabulary.isWhole { vocabulary.tokens.keepOnly(in: &tokens) }
        likeliest = largest(count, of: tokens).map {
            TokenLogProbability(token: $0.id, logProbability: Double($0.logit) - sum)
        }
    }
}
