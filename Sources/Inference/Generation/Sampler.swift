public import Tokenization

/// Chooses tokens for one answer: penalties, mask, temperature, top-k, top-p, min-p, draw, in the reference's order.
public struct Sampler: Sendable {
    private let vocabulary: AnswerVocabulary
    private let isGreedy: Bool
    private let temperature: Temperature
    private let topK: TopK
    private let topP: TopP
    private let minP: MinP
    private var repetition: RepetitionPenalty
    private var presence: PresencePenalty
    private var random: RandomSource
    private var step = 0

    /// A sampler for one answer.
    ///
    /// - Parameters:
    ///   - options: How to choose.
    ///   - vocabulary: Which rows of the logits are tokens.
    ///   - prompt: The prompt's tokens, which the repetition penalty counts.
    /// - Throws: ``GenerationFault/optionOutOfRange(name:value:)``.
    public init(
        _ options: SamplingOptions,
        vocabulary: AnswerVocabulary,
        prompt: [TokenID]
    ) throws(GenerationFault) {
        try options.validate()
        self.vocabulary = vocabulary
        isGreedy = options.isGreedy
        temperature = Temperature(options.temperature)
        topK = TopK(options.topK)
        topP = TopP(options.topP)
        minP = MinP(options.minP)
        let rows = vocabulary.tokens.capacity
        repetition = RepetitionPenalty(
            options.repetitionPenalty,
            prompt: prompt,
            vocabularySize: rows
        )
        presence = PresencePenalty(options.presencePenalty, vocabularySize: rows)
        random = RandomSource(seed: options.seed)
    }

    /// Chooses the next token and counts it as part of the answer.
    ///
    /// - Parameters:
    ///   - logits: The model's, `[rows]`.
    ///   - mask: What may come next; nil allows every token of the vocabulary.
    ///   - remaining: Tokens that the answer may still have, this one included.
    /// - Returns: The token.
    /// - Throws: ``GenerationFault`` for logits that are no numbers, and where nothing may be chosen.
    public mutating func choose(
        from logits: [Float],
        mask: (any LogitsMask)? = nil,
        remaining: Int = .max
    ) throws(GenerationFault) -> TokenID {
        guard logits.count == vocabulary.tokens.capacity else {
            throw .logitsMiscounted(found: logits.count, expected: vocabulary.tokens.capacity)
        }
        if let bad = logits.firstIndex(where: { !$0.isFinite }) {
            throw .logitsNotFinite(step: step, token: TokenID(bad))
        }
        let token = try pick(from: logits, mask: mask, remaining: remaining)
        step += 1
        repetition.add(token)
        presence.add(token)
        return token
    }

    private mutating func pick(
        from modelLogits: [Float],
        mask: (any LogitsMask)?,
        remaining: Int
    ) throws(GenerationFault) -> TokenID {
        var logits = modelLogits
        repetition.apply(to: &logits)
        presence.apply(to: &logits)
        if !vocabulary.isWhole { vocabulary.tokens.keepOnly(in: &logits) }
        if let mask {
            // A mask of a whole vocabulary costs more than a look at the one token that will mostly be chosen.
            if isGreedy, let first = Self.likeliest(of: logits),
                mask.allows(first, remaining: remaining)
            {
                return first
            }
            var allowed = vocabulary.tokens
            mask.restrict(&allowed, remaining: remaining)
            allowed.keepOnly(in: &logits)
        }
        guard let likeliest = Self.likeliest(of: logits) else { throw .nothingAllowed(step: step) }
        if isGreedy { return likeliest }
        temperature.apply(to: &logits)
        topK.apply(to: &logits)
        topP.apply(to: &logits)
        minP.apply(to: &logits)
        return draw(from: logits) ?? likeliest
    }

    /// The largest logit's token; of several equal ones the lowest id.
    private static func likeliest(of logits: [Float]) -> TokenID? {
        var best = -Float.infinity
        var place: Int?
        for (index, logit) in logits.enumerated() where logit > best {
            best = logit
            place = index
        }
        return place.map { TokenID($0) }
    }

    /// Draws by probability, walking the ids upwards: one number from the source for each token of the answer.
    private mutating func draw(from logits: [Float]) -> TokenID? {
        let target = random.nextUnit()
        var sum = 0.0
        var last: TokenID?
        for (index, probability) in softmax(logits).enumerated() where probability > 0 {
            sum += probability
            last = TokenID(index)
            if sum > target { break }
        }
        return last
    }
}
