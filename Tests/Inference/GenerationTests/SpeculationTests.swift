import Generation
import Testing
import Tokenization

/// An answer with drafts is the answer without them: only passes are fewer.
@Suite struct SpeculationTests {
    static let text = "Net 10.00 VAT 2.50 Total 12.50 EUR, paid by card on 21 November."

    static func tokens(_ text: String) -> [TokenID] { text.utf8.map { TokenID($0) } }

    /// Tokens that depend on the last three alone: texts repeat themselves, and no token is certain.
    static func wandering() -> ScriptedModel {
        ScriptedModel { tokens in
            var state = tokens.suffix(3).reduce(UInt64(7)) {
                ($0 ^ UInt64($1)) &* 1_099_511_628_211
            }
            return (0..<257).map { index in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let spread: Float = index < 97 || index > 110 ? 0 : 6
                return Float(state >> 40) / Float(1 << 22) + spread
            }
        }
    }

    /// Answers with and without drafts and compares all that a reader can see.
    ///
    /// - Returns: The answer with drafts, and how many passes each took.
    @discardableResult
    private func compare(
        _ model: ScriptedModel,
        _ request: GenerationRequest<ScriptedModel>
    ) async throws -> (answer: Answer, passes: Int, without: Int) {
        var plain = request
        plain.options.speculation = .off
        plain.state = model.makeState()
        let before = model.passes.value
        let (expected, expectedPieces) = try await model.answer(to: plain)
        let without = model.passes.value - before
        #expect(expected.usage.draftedTokens == 0)
        var last: (Answer, Int) = (expected, without)
        for speculation in [Speculation.whenItPays, .always] {
            var drafted = request
            drafted.options.speculation = speculation
            drafted.state = model.makeState()
            let start = model.passes.value
            let (answer, pieces) = try await model.answer(to: drafted)
            let passes = model.passes.value - start
            #expect(answer.text == expected.text)
            #expect(answer.end == expected.end)
            #expect(answer.tokens == expected.tokens)
            #expect(answer.loop == expected.loop)
            #expect(answer.usage.answerTokens == expected.usage.answerTokens)
            #expect(pieces == expectedPieces)
            #expect(drafted.state?.tokenCount == plain.state?.tokenCount)
            #expect(drafted.state?.tokens == plain.state?.tokens)
            #expect(answer.usage.decodeSteps == passes)
            #expect(passes + answer.usage.acceptedTokens == without)
            last = (answer, passes)
        }
        return (last.0, last.1, without)
    }

    // MARK: Drafts

    @Test func `a draft that is quoted saves most passes`() async throws {
        let model = ScriptedModel(saying: Self.text)
        let request = model.request(drafts: [Self.tokens("Shop\n" + Self.text + "\nThanks")])
        let (answer, passes, without) = try await compare(model, request)
        #expect(answer.text == Self.text)
        #expect(passes * 5 < without)
        // The end itself is no draft: a pass or two are spent on finding the place.
        #expect(answer.usage.acceptedTokens >= Self.text.utf8.count - 10)
    }

    @Test func `a draft that errs at every third token is right in between`() async throws {
        let model = ScriptedModel(saying: Self.text)
        var draft = Self.tokens(Self.text)
        for place in stride(from: 2, to: draft.count, by: 3) { draft[place] = 1 }
        let (answer, passes, without) = try await compare(model, model.request(drafts: [draft]))
        #expect(answer.usage.acceptedTokens > 0)
        #expect(answer.usage.draftedTokens > answer.usage.acceptedTokens)
        #expect(passes < without)
    }

    @Test func `wrong drafts change nothing`() async throws {
        let model = ScriptedModel(saying: Self.text)
        // After each pair of the answer another token than the answer's.
        let said = Self.tokens(Self.text)
        let draft: [TokenID] = zip(said, said.dropFirst()).flatMap { [$0, $1, 2] }
        let (answer, _, _) = try await compare(model, model.request(drafts: [draft]))
        // A few follow what the answer itself has said before.
        #expect(answer.usage.acceptedTokens < 5)
        #expect(answer.usage.draftedTokens > 50)
    }

    @Test func `an answer that quotes the prompt, or itself, needs no draft`() async throws {
        let prompt = [0] + Self.tokens("Copy: " + Self.text)
        let copying = ScriptedModel(saying: Self.text, afterPromptOf: prompt.count)
        let (quoted, passes, without) = try await compare(copying, copying.request(prompt))
        #expect(passes * 3 < without)
        #expect(quoted.text == Self.text)
        let rows = (1...9).map { "| \($0) | item | 1.00 |\n" }.joined()
        let table = ScriptedModel(saying: rows)
        #expect(try await compare(table, table.request()).answer.usage.acceptedTokens > 90)
    }

    @Test func `drafts of tokens that the model has no row for are not fed`() async throws {
        let model = ScriptedModel(saying: Self.text)
        let said = Self.tokens(Self.text)
        let draft: [TokenID] = zip(said, said.dropFirst()).flatMap { [$0, $1, 900, -5] }
        try await compare(model, model.request(drafts: [draft, [], [-1], [400]]))
    }

    // MARK: Ends

    @Test(arguments: 1...20)
    func `an answer ends at its last token inside a right draft`(maxTokens: Int) async throws {
        let model = ScriptedModel(saying: Self.text)
        let options = GenerationOptions(maxTokens: maxTokens, stopTokens: [256])
        let request = model.request([0], options, drafts: [Self.tokens(Self.text)])
        let (answer, _, _) = try await compare(model, request)
        #expect(answer.end == .maxTokens)
    }

    @Test(arguments: ["VAT", " 12.50 E", "t", "10.00 VAT 2.50 Total 12.50 EUR,", "never"])
    func `a stop string ends an answer inside a right draft`(stop: String) async throws {
        let model = ScriptedModel(saying: Self.text)
        let options = GenerationOptions(stopTokens: [256], stopStrings: [stop])
        try await compare(model, model.request([0], options, drafts: [Self.tokens(Self.text)]))
    }

    @Test func `an end-of-text token that stands in a draft ends the answer`() async throws {
        let model = ScriptedModel(saying: "yes, all of it")
        let draft = Self.tokens("yes, all of it") + [256] + Self.tokens("and more")
        let (answer, _, _) = try await compare(model, model.request(drafts: [draft]))
        #expect(answer.end == .finished)
    }

    @Test(arguments: 2...20)
    func `an answer ends where the model can hold no more, inside a right draft`(
        contextLength: Int
    ) async throws {
        let model = ScriptedModel(saying: Self.text, contextLength: contextLength)
        let (answer, _, _) = try await compare(
            model,
            model.request(drafts: [Self.tokens(Self.text)])
        )
        #expect(answer.end == .contextLimit)
    }

    @Test func `a loop is cut where it is cut without drafts`() async throws {
        let loop = Self.tokens("tea, ")
        let model = ScriptedModel { tokens in
            ScriptedModel.peak(at: loop[(tokens.count - 1) % loop.count])
        }
        let options = GenerationOptions(maxTokens: 4000, stopTokens: [256])
        let (answer, passes, without) = try await compare(model, model.request([0], options))
        #expect(answer.end == .repetition)
        #expect(passes * 3 < without)
    }

    @Test func `a cancelled task ends in the middle of a right draft`() async throws {
        let model = ScriptedModel(saying: Self.text)
        let state = model.makeState()
        let task = Task {
            var pieces = 0
            var options = GenerationOptions(stopTokens: [256])
            options.speculation = .always
            let request = model.request(
                [0],
                options,
                drafts: [Self.tokens(Self.text)],
                state: state
            )
            for try await event in Generator(model).answer(to: request) {
                switch event {
                case .piece:
                    pieces += 1
                    if pieces == 6 { withUnsafeCurrentTask { $0?.cancel() } }
                case .end(let answer): return answer
                }
            }
            throw StreamEndedEarly()
        }
        let answer = try await task.value
        #expect(answer.end == .cancelled)
        #expect(answer.text == "Net 10")
        // The prompt and five of the answer: the sixth was not to be fed yet.
        #expect(state.tokenCount == 6)
    }

    @Test func `a model's fault ends the stream after the tokens before it`() async throws {
        let text = Self.tokens(Self.text)
        let model = ScriptedModel { tokens in
            tokens.count < 10
                ? ScriptedModel.peak(at: text[tokens.count - 1])
                : [Float](repeating: .nan, count: 257)
        }
        var options = GenerationOptions(stopTokens: [256])
        options.speculation = .always
        var iterator = Generator(model).answer(to: model.request([0], options, drafts: [text]))
            .makeAsyncIterator()
        var pieces = 0
        await #expect(throws: GenerationFault.logitsNotFinite(step: 9, token: 0)) {
            while try await iterator.next() != nil { pieces += 1 }
        }
        #expect(pieces == 9)
        #expect(try await iterator.next() == nil)
    }

    // MARK: Choosing

    @Test(arguments: [0, 0.7, 3], [1, 1.3])
    func `penalties, chance and log-probabilities are as without`(
        temperature: Double,
        penalty: Double
    ) async throws {
        let model = Self.wandering()
        for seed in 0..<5 {
            var options = GenerationOptions(
                maxTokens: 60,
                stopTokens: [256],
                repetitionLimits: nil
            )
            options.logProbabilities = seed.isMultiple(of: 2) ? 3 : nil
            options.sampling = SamplingOptions(
                temperature: temperature,
                topK: seed.isMultiple(of: 3) ? 5 : 0,
                repetitionPenalty: penalty,
                presencePenalty: seed == 4 ? 0.5 : 0,
                seed: UInt64(seed)
            )
            let draft = (0..<60).map { TokenID(97 + ($0 * $0 + seed) % 14) }
            let request = model.request([TokenID(seed)], options, drafts: [draft])
            let (answer, _, _) = try await compare(model, request)
            if temperature == 0, penalty == 1 { #expect(answer.usage.draftedTokens > 0) }
        }
    }

    // MARK: Several

    @Test(arguments: [1, 2, 3, 8], Speculation.allCases)
    func `answers together are what each is alone without drafts`(
        width: Int,
        speculation: Speculation
    ) async throws {
        let model = Self.wandering()
        let requests = (0..<6).map { prompt in
            var options = GenerationOptions(
                maxTokens: 20 + 15 * prompt,
                stopTokens: [256],
                repetitionLimits: prompt == 3 ? .standard : nil,
                speculation: prompt == 1 ? .off : speculation
            )
            options.sampling.temperature = prompt == 2 ? 0.8 : 0
            return model.request([TokenID(prompt)], options)
        }
        var ends: [Int: Answer] = [:]
        let batch = BatchGenerator(model, width: width).answers(to: requests)
        for await event in batch {
            if case .end(let answer) = try event.event.get() { ends[event.index] = answer }
        }
        for (index, request) in requests.enumerated() {
            var plain = request
            plain.options.speculation = .off
            let alone = try await model.answer(to: plain).answer
            let answer = try #require(ends[index])
            #expect(answer.text == alone.text)
            #expect(answer.tokens == alone.tokens)
            #expect(answer.end == alone.end)
            if speculation == .always, index == 5 { #expect(answer.usage.acceptedTokens > 0) }
        }
    }
}
