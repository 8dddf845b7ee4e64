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
    ///   - few: The tokens that the mask allows, where the model computed no other logits.
    ///   - mask: What may come next; nil allows every token of the vocabulary.
    ///   - remaining: Tokens that the answer may still have, this one included.
    /// - Returns: The token.
    /// - Throws: ``GenerationFault`` for logits that are no numbers, and where nothing may be chosen.
    public mutating func choose(
        from logits: LogitsRow,
        among few: [TokenID]? = nil,
        mask: (any LogitsMask)? = nil,
        remaining: Int = .max
    ) throws(GenerationFault) -> TokenID {
        guard logits.count == vocabulary.tokens.capacity else {
            throw .logitsMiscounted(found: logits.count, expected: vocabulary.tokens.capacity)
        }
        let token: TokenID
        if let few {
            token = try pick(from: logits, among: few)
        } else {
            if let bad = logits.firstNotFinite { throw .logitsNotFinite(step: step, token: bad) }
            token = try pick(from: logits, mask: mask, remaining: remaining)
        }
        step += 1
        repetition.add(token)
        presence.add(token)
        return token
    }

    /// Counts a token that there was no choice about, as ``choose(from:among:mask:remaining:)`` would have.
    mutating func take(_ token: TokenID) {
        // Each token of the answer takes one number from the source.
        if !isGreedy { _ = random.nextUnit() }
        step += 1
        repetition.add(token)
        presence.add(token)
    }

    private mutating func pick(
        from logits: LogitsRow,
        mask: (any LogitsMask)?,
        remaining: Int
    ) throws(GenerationFault) -> TokenID {
        if isGreedy, mask == nil, !repetition.changesSome, !presence.changesSome {
            // Nothing is changed, so nothing is copied.
            let tokens = vocabulary.tokens
            guard let token = unsafe logits.withValues({ unsafe tokens.likeliest(of: $0) })
            else { throw .nothingAllowed(step: step) }
            return token
        }
        var values = logits.elements
        repetition.apply(to: &values)
        presence.apply(to: &values)
        var allowed = vocabulary.tokens
        if let mask {
            // A mask of a whole vocabulary costs more than a look at the one token that will mostly be chosen.
            if isGreedy, let first = Self.likeliest(of: values, in: allowed),
                mask.allows(first, remaining: remaining)
            {
                return first
            }
            mask.restrict(&allowed, remaining: remaining)
        }
        guard let likeliest = Self.likeliest(of: values, in: allowed) else {
            throw .nothingAllowed(step: step)
        }
        if isGreedy { return likeliest }
        if mask != nil || !vocabulary.isWhole { allowed.keepOnly(in: &values) }
        return draw(from: values) ?? likeliest
    }

    /// Chooses where the mask allows few tokens; the logits of others may not have been computed.
    private mutating func pick(
        from logits: LogitsRow,
        among few: [TokenID]
    ) throws(GenerationFault) -> TokenID {
        var ranked: [RankedToken] = []
        for id in few where vocabulary.tokens.contains(id) {
            guard logits[id].isFinite else { throw .logitsNotFinite(step: step, token: id) }
            let logit = repetition.applied(to: logits[id], of: id)
            ranked.append(RankedToken(id: id, logit: presence.applied(to: logit, of: id)))
        }
        guard let likeliest = ranked.min(by: { $0.ranksBefore($1) })?.id else {
            throw .nothingAllowed(step: step)
        }
        if isGreedy { return likeliest }
        var values = [Float](repeating: -.infinity, count: logits.count)
        for token in ranked { values[Int(token.id)] = token.logit }
        return draw(from: values) ?? likeliest
    }

    /// The largest logit's token among some; of several equal ones the lowest id.
    private static func likeliest(of logits: [Float], in tokens: TokenSet) -> TokenID? {
        unsafe logits.withUnsafeBufferPointer { unsafe tokens.likeliest(of: $0) }
    }

    /// Draws by what temperature and filters leave, walking the ids upwards: one number from the source for each token of the answer.
    private mutating func draw(from logits: [Float]) -> TokenID? {
        var logits = logits
        temperature.apply(to: &logits)
        topK.apply(to: &logits)
        topP.apply(to: &logits)
        minP.apply(to: &logits)
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
