import Generation
import Testing
import Tokenization

/// Expectations of penalties and filters were computed with Hugging Face transformers' logits processors (float32).
@Suite struct SamplerTests {
    /// The tokens that many draws choose.
    private func drawn(
        _ logits: [Float],
        _ options: SamplingOptions,
        prompt: [TokenID] = [],
        draws: Int = 4000
    ) throws -> [TokenID: Int] {
        var counts: [TokenID: Int] = [:]
        let row = try Logits([logits])[0]
        for seed in 0..<draws {
            var options = options
            options.seed = UInt64(seed)
            var sampler = try Sampler(
                options,
                vocabulary: AnswerVocabulary(rows: logits.count, tokenCount: logits.count),
                prompt: prompt
            )
            counts[try sampler.choose(from: row), default: 0] += 1
        }
        return counts
    }

    private func chosen(
        _ logits: [Float],
        _ options: SamplingOptions = .greedy,
        prompt: [TokenID] = [],
        tokenCount: Int? = nil,
        absent: [TokenID] = [],
        mask: (any LogitsMask)? = nil
    ) throws -> TokenID {
        var sampler = try Sampler(
            options,
            vocabulary: AnswerVocabulary(
                rows: logits.count,
                tokenCount: tokenCount ?? logits.count,
                absent: absent
            ),
            prompt: prompt
        )
        return try sampler.choose(from: Logits([logits])[0], mask: mask)
    }

    static let mixed: [Float] = [2, -1.5, 0.5, 3.25, -0.25, 1, 3.25, 0]
    /// Logarithms of 0.4, 0.05, 0.3, 0.15, 0.1.
    static let shares: [Float] = [-0.9162907, -2.9957323, -1.2039728, -1.89712, -2.3025851]

    @Test func `greedy takes the likeliest token and of equals the lowest id`() throws {
        #expect(try chosen(Self.mixed) == 3)
        #expect(try chosen([1, 1, 1]) == 0)
        // Top-k, top-p and seed have no say.
        let options = SamplingOptions(temperature: 0, topK: 1, topP: 0.1, seed: 9)
        #expect(try chosen(Self.mixed, options) == 3)
    }

    @Test func `the repetition penalty counts prompt tokens once each`() throws {
        // 1.3 over ids 3, 1, 1, 7, 0 gives [1.538, -1.95, 0.5, 2.5, -0.25, 1, 3.25, 0]: 6 leads then.
        let options = SamplingOptions(repetitionPenalty: 1.3)
        #expect(try chosen(Self.mixed, options, prompt: [3, 1, 1, 7, 0]) == 6)
        // Counted twice, -1.5 would be -2.535 and token 1 never win; -1.95 still wins over -2.
        #expect(try chosen([-2.5, -1.5, -2], options, prompt: [1, 1]) == 1)
    }

    @Test func `the repetition penalty counts the answer too, also when greedy`() throws {
        var sampler = try Sampler(
            SamplingOptions(repetitionPenalty: 1.5),
            vocabulary: AnswerVocabulary(rows: 3, tokenCount: 3),
            prompt: []
        )
        // 3 becomes 2, 2.5 becomes 1.67, then 2.2 becomes 1.47: 0 leads again.
        let logits: [Float] = [3, 2.5, 2.2]
        let row = try Logits([logits])[0]
        #expect(try (0..<4).map { _ in try sampler.choose(from: row) } == [0, 1, 2, 0])
    }

    @Test func `the presence penalty is taken once from tokens of the answer, never of the prompt`()
        throws
    {
        var sampler = try Sampler(
            SamplingOptions(presencePenalty: 1),
            vocabulary: AnswerVocabulary(rows: 2, tokenCount: 2),
            prompt: [0, 0]
        )
        let logits: [Float] = [3, 2.5]
        // [3, 2.5], [2, 2.5], [2, 1.5], [2, 1.5]
        let row = try Logits([logits])[0]
        #expect(try (0..<4).map { _ in try sampler.choose(from: row) } == [0, 1, 0, 0])
    }

    @Test(
        arguments: [
            (1, [3, 6]), (2, [3, 6]), (3, [0, 3, 6]), (5, [0, 2, 3, 5, 6]),
            (20, [0, 1, 2, 3, 4, 5, 6, 7]),
        ] as [(Int, [TokenID])]
    )
    func `top-k leaves the largest and what equals the least of them`(
        count: Int,
        expected: [TokenID]
    ) throws {
        let options = SamplingOptions(temperature: 3, topK: count)
        #expect(try drawn(Self.mixed, options).keys.sorted() == expected)
    }

    @Test(
        arguments: [
            (0.01, [0]), (0.5, [0, 2]), (0.69, [0, 2]), (0.71, [0, 2, 3]), (0.84, [0, 2, 3]),
            (0.86, [0, 2, 3, 4]), (0.96, [0, 1, 2, 3, 4]), (1, [0, 1, 2, 3, 4]),
        ] as [(Double, [TokenID])]
    )
    func `top-p leaves the likeliest tokens that reach it`(
        share: Double,
        expected: [TokenID]
    ) throws {
        let options = SamplingOptions(temperature: 1, topP: share)
        #expect(try drawn(Self.shares, options).keys.sorted() == expected)
    }

    @Test(
        arguments: [
            (0.25, [3]), (0.5, [2, 3]), (0.75, [1, 2, 3]), (0.9, [0, 1, 2, 3]),
        ] as [(Double, [TokenID])]
    )
    func `top-p takes equal tokens from the lowest id away`(
        share: Double,
        expected: [TokenID]
    ) throws {
        let options = SamplingOptions(temperature: 1, topP: share)
        #expect(try drawn([1, 1, 1, 1], options).keys.sorted() == expected)
    }

    @Test(
        arguments: [
            (0.2, [0, 2, 3, 4]), (0.3, [0, 2, 3]), (0.5, [0, 2]), (0.9, [0]),
        ] as [(Double, [TokenID])]
    )
    func `min-p leaves tokens by their share of the likeliest`(
        share: Double,
        expected: [TokenID]
    ) throws {
        let options = SamplingOptions(temperature: 1, minP: share)
        #expect(try drawn(Self.shares, options).keys.sorted() == expected)
    }

    @Test func `all steps together give the reference's probabilities`() throws {
        // Penalty 1.1 over 3, 1, 7, 0, temperature 0.7, top-k 5, top-p 0.8: 0.39602 for 3, 0.60398 for 6.
        let options = SamplingOptions(temperature: 0.7, topK: 5, topP: 0.8, repetitionPenalty: 1.1)
        let counts = try drawn(Self.mixed, options, prompt: [3, 1, 1, 7, 0], draws: 20000)
        #expect(counts.keys.sorted() == [3, 6])
        // Five standard deviations are 0.0173.
        #expect(abs(Double(counts[3, default: 0]) / 20000 - 0.39602) < 0.0173)
    }

    @Test func `the same seed draws the same tokens and another seed others`() throws {
        func answer(_ seed: UInt64) throws -> [TokenID] {
            var sampler = try Sampler(
                SamplingOptions(temperature: 1, seed: seed),
                vocabulary: AnswerVocabulary(rows: 64, tokenCount: 64),
                prompt: []
            )
            return try (0..<12).map { _ in
                try sampler.choose(from: Logits([[Float](repeating: 1, count: 64)])[0])
            }
        }
        // xoshiro256** after SplitMix64(42): 15780b2e…, 6104d986…, ae175332…, ecb8ad47…; the top six bits are the token.
        #expect(try answer(42).prefix(4) == [0x15 >> 2, 0x61 >> 2, 0xAE >> 2, 0xEC >> 2])
        #expect(try answer(42) == answer(42))
        #expect(try answer(42) != answer(43))
    }

    @Test func `rows past the tokenizer and ids that stand for nothing are never chosen`() throws {
        let logits: [Float] = [1, 2, 3, 9, 9]
        #expect(try chosen(logits, tokenCount: 3) == 2)
        #expect(try chosen(logits, tokenCount: 3, absent: [2]) == 1)
        var sampler = try Sampler(
            SamplingOptions(temperature: 5),
            vocabulary: AnswerVocabulary(rows: 5, tokenCount: 3, absent: [0]),
            prompt: []
        )
        let row = try Logits([logits])[0]
        for _ in 0..<300 { #expect([1, 2].contains(try sampler.choose(from: row))) }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func `a logit that is no number is a fault that names its row`(bad: Float) throws {
        #expect(throws: GenerationFault.logitsNotFinite(step: 0, token: 1)) {
            try chosen([0, bad, 1])
        }
    }

    @Test func `a wrong count of logits is a fault`() throws {
        var sampler = try Sampler(
            .greedy,
            vocabulary: AnswerVocabulary(rows: 5, tokenCount: 5),
            prompt: []
        )
        #expect(throws: GenerationFault.logitsMiscounted(found: 2, expected: 5)) {
            try sampler.choose(from: Logits([[1, 2]])[0])
        }
    }

    @Test(arguments: [
        (SamplingOptions(temperature: -1), "temperature"),
        (SamplingOptions(temperature: .nan), "temperature"),
        (SamplingOptions(temperature: .infinity), "temperature"),
        (SamplingOptions(topK: -1), "top-k"),
        (SamplingOptions(topP: 0), "top-p"), (SamplingOptions(topP: 1.1), "top-p"),
        (SamplingOptions(minP: -0.1), "min-p"),
        (SamplingOptions(repetitionPenalty: 0), "repetition-penalty"),
        (SamplingOptions(presencePenalty: .nan), "presence-penalty"),
    ])
    func `an option out of range is refused by name`(
        options: SamplingOptions,
        name: String
    ) throws {
        let fault = #expect(throws: GenerationFault.self) { try options.validate() }
        guard case .optionOutOfRange(name, _) = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
    }

    @Test func `a mask has its say after the penalties and before top-k`() throws {
        let mask = OnlyTokens([1, 4])
        #expect(try chosen(Self.mixed, mask: mask) == 4)
        // Before the mask, top-k 1 would leave only tokens that it forbids.
        let drawn = try (0..<50).map {
            try chosen(
                Self.mixed,
                SamplingOptions(temperature: 1, topK: 1, seed: UInt64($0)),
                mask: mask
            )
        }
        #expect(Set(drawn) == [4])
        #expect(throws: GenerationFault.nothingAllowed(step: 0)) {
            try chosen(Self.mixed, mask: OnlyTokens([]))
        }
    }

    @Test func `a mask is not asked for the whole vocabulary where the likeliest token is allowed`()
        throws
    {
        let mask = OnlyTokens([3], countsRestrictions: Counter())
        #expect(try chosen(Self.mixed, mask: mask) == 3)
        #expect(mask.restrictions.value == 0)
    }
}

/// A mask that allows some tokens, always.
struct OnlyTokens: LogitsMask {
    let tokens: Set<TokenID>
    let restrictions: Counter

    init(_ tokens: Set<TokenID>, countsRestrictions: Counter = Counter()) {
        self.tokens = tokens
        restrictions = countsRestrictions
    }

    func allows(_ token: TokenID, remaining: Int) -> Bool { tokens.contains(token) }

    func restrict(_ set: inout TokenSet, remaining: Int) {
        restrictions.add(1)
        for index in 0..<set.capacity where !tokens.contains(TokenID(index)) {
            set.remove(TokenID(index))
        }
    }

    mutating func advance(by token: TokenID) {}
}

@Suite struct LargestLogitsTests {
    @Test(arguments: [1, 2, 5, 64, 65, 500, 1000, 2000])
    func `the largest come in order, of equals the lower id first`(count: Int) async throws {
        var state: UInt64 = UInt64(count)
        let logits: [Float] = (0..<1000).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(state >> 56)
        }
        let expected = logits.enumerated().sorted {
            $0.element > $1.element || ($0.element == $1.element && $0.offset < $1.offset)
        }.prefix(count).map { TokenID($0.offset) }
        let model = ScriptedModel(vocabularySize: 1000) { _ in logits }
        let options = GenerationOptions(maxTokens: 1, logProbabilities: count)
        let (answer, _) = try await model.answer(to: model.request([0], options))
        #expect(answer.tokens[0].logProbabilities?.likeliest.map(\.token) == expected)
    }
}
