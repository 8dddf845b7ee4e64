import Generation
import Grammar
import Testing
import Tokenization

/// What is certain is fed at once, and the answer is the one that it would be token by token.
@Suite struct StretchTests {
    private static let schema = AnswerSchema.object([
        .init("merchant", .text(atMost: 12)), .init("date", .nullable(.date)),
        .init("total", .number(digits: 4, decimals: 2)),
        .init("currency", .choice(["EUR", "USD"])),
        .init(
            "items",
            .list(
                of: .object([
                    .init("name", .text(atMost: 5)),
                    .init("price", .nullable(.number(digits: 2, decimals: 0))),
                ]),
                atMost: 3
            )
        ),
    ])

    private func grammar(_ schema: AnswerSchema = schema) throws -> SchemaGrammar {
        let tokenizer = try SmallTokenizer.tokenizer.get()
        return try SchemaGrammar(
            schema,
            tokens: try SmallTokenizer.trie.get(),
            endTokens: tokenizer.endTokens
        )
    }

    @Test(arguments: [0, 1.2], [Speculation.off, .always])
    func `the answer is the same, in fewer passes`(temperature: Double, speculation: Speculation)
        async throws
    {
        let tokenizer = try SmallTokenizer.tokenizer.get()
        let grammar = try grammar()
        for seed in 0..<UInt64(12) {
            let model = RandomModel(tokenizer, seed: seed)
            let maxTokens = grammar.leastTokens + Int(seed) * 9
            let plain = try await model.answer(
                grammar,
                tokenizer,
                maxTokens: maxTokens,
                temperature: temperature
            ) {
                $0.feedsStretches = false
                $0.speculation = .off
            }
            let answer = try await model.answer(
                grammar,
                tokenizer,
                maxTokens: maxTokens,
                temperature: temperature
            ) { $0.speculation = speculation }
            #expect(answer.tokens == plain.tokens)
            #expect(answer.text == plain.text)
            #expect(answer.end == plain.end)
            #expect(plain.usage.forcedTokens == 0)
            #expect(answer.usage.forcedTokens > 10)
            #expect(
                answer.usage.decodeSteps + answer.usage.forcedTokens <= plain.usage.decodeSteps + 1
            )
        }
    }

    @Test func `several answers at once are those one by one`() async throws {
        let tokenizer = try SmallTokenizer.tokenizer.get()
        let grammar = try grammar()
        let model = RandomModel(tokenizer, seed: 5)
        let requests = try (1...7).map { number in
            let maxTokens = grammar.leastTokens + 12 * number
            return GenerationRequest<RandomModel>(
                prompt: [TokenID(number)],
                promptTokens: [TokenID(number)],
                options: GenerationOptions(
                    maxTokens: maxTokens,
                    stopTokens: Set(tokenizer.endTokens),
                    repetitionLimits: nil
                ),
                vocabulary: AnswerVocabulary(rows: model.vocabularySize, tokenizer: tokenizer),
                decoder: StreamingDecoder(tokenizer),
                mask: try SchemaMask(grammar, maxTokens: maxTokens)
            )
        }
        var alone: [Answer] = []
        for var request in requests {
            request.options.feedsStretches = false
            for try await event in Generator(model).answer(to: request) {
                if case .end(let answer) = event { alone.append(answer) }
            }
        }
        var together = [Answer?](repeating: nil, count: requests.count)
        for await event in BatchGenerator(model, width: 3).answers(to: requests) {
            if case .end(let answer) = try event.event.get() { together[event.index] = answer }
        }
        #expect(together.map { $0?.tokens } == alone.map { $0.tokens })
        #expect(together.map { $0?.end } == alone.map { $0.end })
    }

    @Test
    func `keys are the tokens that the tokenizer makes of them, as the model saw them in training`()
        throws
    {
        let tokenizer = try SmallTokenizer.tokenizer.get()
        for (schema, texts) in [
            (Self.schema, [#"{"merchant": ""#, #"{"merchant": "Shop"#]),
            // What follows decides how the last sign is written: nothing else does.
            (
                .object([.init("total", .number(digits: 2, decimals: 0))]),
                [#"{"total": 1"#, #"{"total": -1"#]
            ),
            (.object([.init("total", .nullable(.date))]), [#"{"total": "1"#, #"{"total": null"#]),
            (
                .object([.init("items", .list(of: .object([.init("item", .date)]), atMost: 2))]),
                [#"{"items": []"#, #"{"items": [{"item": "1"#]
            ),
        ] {
            let mask = try SchemaMask(try grammar(schema), maxTokens: 500)
            var (forced, walk): ([TokenID], SchemaMask) = ([], mask)
            while let only = walk.fewAllowed(atMost: 1, remaining: 400 - forced.count),
                only.count == 1
            {
                forced.append(only[0])
                walk.advance(by: only[0])
            }
            #expect(forced.count >= 3)
            for text in texts {
                #expect(tokenizer.encode(text).starts(with: forced), "\(text)")
            }
        }
    }

    @Test func `an answer without a choice needs no pass after the prompt`() async throws {
        let tokenizer = try SmallTokenizer.tokenizer.get()
        let schema = AnswerSchema.object([
            .init("kind", .choice(["receipt"])), .init("none", .list(of: .date, atMost: 0)),
        ])
        let answer = try await RandomModel(tokenizer, seed: 1).answer(
            try grammar(schema),
            tokenizer,
            maxTokens: 60
        )
        #expect(answer.text == #"{"kind": "receipt", "none": []}"#)
        #expect(answer.end == .finished)
        #expect(answer.usage.decodeSteps == 0)
        #expect(answer.usage.forcedTokens == answer.tokens.count)
        #expect(answer.tokens.map(\.id) == tokenizer.encode(answer.text))
    }

    @Test func `a sequence that is full ends with a whole answer as well`() async throws {
        let tokenizer = try SmallTokenizer.tokenizer.get()
        let grammar = try grammar()
        for extra in 0..<12 {
            var model = RandomModel(tokenizer, seed: UInt64(extra))
            // Two tokens of prompt, and the last of the answer needs no room.
            model.contextLength = 2 + grammar.leastTokens - 1 + extra
            let answer = try await model.answer(grammar, tokenizer, maxTokens: 1000)
            _ = try Self.schema.parse(answer.text)
            #expect(answer.tokens.count <= grammar.leastTokens + extra)
        }
    }

    /// What a model may want instead of an answer.
    @Test(arguments: [
        "<|im_end|>", "<|im_start|>", "a", "9", "0", " ", ",", "[", "{", "\\", "\"", "\n", "é",
        "<think>", "----",
    ])
    func `a model that wants one thing only is held to the form`(wanted: String) async throws {
        let tokenizer = try SmallTokenizer.tokenizer.get()
        let grammar = try grammar()
        let tokens = tokenizer.encode(wanted, matchingAddedTokens: true)
        for maxTokens in [grammar.leastTokens, grammar.leastTokens + 7, 400] {
            let model = RandomModel(tokenizer, seed: 9, favouring: [tokens[0]])
            for temperature in [0, 1.0] {
                let answer = try await model.answer(
                    grammar,
                    tokenizer,
                    maxTokens: maxTokens,
                    temperature: temperature
                )
                #expect(throws: Never.self, "\(answer.text)") { try Self.schema.parse(answer.text) }
                #expect(answer.end == (maxTokens == 400 ? .finished : answer.end))
            }
        }
    }
}
