import Generation
import Testing
import Tokenization

@Suite struct GeneratorTests {
    @Test func `an answer is streamed and ends with the end-of-text token unsaid`() async throws {
        let model = ScriptedModel(saying: "Total: 12.50")
        let (answer, pieces) = try await model.answer(to: model.request())
        #expect(answer.text == "Total: 12.50")
        #expect(answer.end == .finished)
        #expect(answer.end.isWhole)
        #expect(pieces.map(\.text).joined() == answer.text)
        #expect(answer.tokens.map(\.id) == "Total: 12.50".utf8.map { TokenID($0) })
        #expect(answer.usage.promptTokens == 1)
        #expect(answer.usage.answerTokens == 12)
        // The prompt gives the first token; each of the twelve is fed back.
        #expect(answer.usage.decodeSteps == 12)
    }

    @Test func `a character of several tokens is shown when it is whole`() async throws {
        let model = ScriptedModel(saying: "é€😀")
        let (answer, pieces) = try await model.answer(to: model.request())
        #expect(pieces.map(\.text) == ["", "é", "", "", "€", "", "", "", "😀"])
        #expect(answer.text == "é€😀")
    }

    @Test func `an answer cut in the middle of a character ends with a replacement`() async throws {
        let model = ScriptedModel(saying: "a😀")
        let (answer, pieces) = try await model.answer(
            to: model.request([0], GenerationOptions(maxTokens: 3, stopTokens: [256]))
        )
        #expect(answer.text == "a\u{FFFD}")
        #expect(pieces.map(\.text).joined() == answer.text)
        #expect(answer.end == .maxTokens)
        #expect(!answer.end.isWhole)
    }

    @Test func `no pass is spent on a token that is not needed`() async throws {
        let model = ScriptedModel(saying: "abcdef")
        let (answer, _) = try await model.answer(
            to: model.request([0], GenerationOptions(maxTokens: 3, stopTokens: [256]))
        )
        #expect(answer.text == "abc")
        #expect(model.passes.value == 2)
    }

    @Test func `a stop string across tokens ends the answer before it`() async throws {
        let model = ScriptedModel(saying: "yes.\n\nBecause")
        let (answer, pieces) = try await model.answer(
            to: model.request(
                [0],
                GenerationOptions(stopTokens: [256], stopStrings: ["\n\n"])
            )
        )
        #expect(answer.text == "yes.")
        #expect(answer.end == .stopString)
        #expect(pieces.map(\.text).joined() == "yes.")
        #expect(model.passes.value == 5)
    }

    @Test func `text held back for a stop string is given at the end`() async throws {
        let model = ScriptedModel(saying: "ends with ST")
        let (answer, pieces) = try await model.answer(
            to: model.request([0], GenerationOptions(stopTokens: [256], stopStrings: ["STOP"]))
        )
        #expect(answer.text == "ends with ST")
        #expect(pieces.map(\.text).joined() == answer.text)
        #expect(answer.end == .finished)
    }

    @Test func `a loop is cut, reported, and kept only once`() async throws {
        let model = ScriptedModel { tokens in
            let text = Array("Items: ".utf8)
            let loop = Array("tea, ".utf8)
            let place = tokens.count - 1
            return ScriptedModel.peak(
                at: TokenID(
                    place < text.count ? text[place] : loop[(place - text.count) % loop.count]
                )
            )
        }
        let (answer, _) = try await model.answer(
            to: model.request([0], GenerationOptions(maxTokens: 4000, stopTokens: [256]))
        )
        #expect(answer.end == .repetition)
        #expect(!answer.end.isWhole)
        // The loop begins at the space before the first "tea".
        #expect(answer.text == "Items: tea,")
        #expect(answer.loop?.period == 5)
        #expect(answer.tokens.count == 11)
        #expect(model.passes.value < 90)
    }

    @Test func `without the guard a loop goes on to the last token`() async throws {
        let model = ScriptedModel { _ in ScriptedModel.peak(at: 65) }
        let (answer, _) = try await model.answer(
            to: model.request(
                [0],
                GenerationOptions(maxTokens: 200, stopTokens: [256], repetitionLimits: nil)
            )
        )
        #expect(answer.end == .maxTokens)
        #expect(answer.text == String(repeating: "A", count: 200))
    }

    @Test func `an answer ends where the model can hold no more`() async throws {
        let model = ScriptedModel(saying: "abcdefgh", afterPromptOf: 3, contextLength: 6)
        let (answer, _) = try await model.answer(to: model.request([0, 0, 0]))
        // Three of the prompt and three of the answer are held; the fourth comes from the last of them.
        #expect(answer.text == "abcd")
        #expect(answer.end == .contextLimit)
    }

    @Test func `a prompt longer than the model can hold is refused before it is computed`()
        async throws
    {
        let model = ScriptedModel(saying: "x", contextLength: 2)
        await #expect(throws: GenerationFault.contextExceeded(needed: 3, limit: 2)) {
            try await model.answer(to: model.request([1, 2, 3]))
        }
        #expect(model.living.value == 0)
    }

    @Test func `a prompt of nothing is refused`() async throws {
        let model = ScriptedModel(saying: "x")
        await #expect(throws: GenerationFault.emptyPrompt) {
            try await model.answer(to: model.request([]))
        }
    }

    @Test func `log-probabilities are the model's own, whatever was drawn from them`() async throws
    {
        let model = ScriptedModel(vocabularySize: 8) { _ in SamplerTests.mixed }
        var options = GenerationOptions(maxTokens: 2, logProbabilities: 3)
        options.sampling.repetitionPenalty = 2
        let (answer, _) = try await model.answer(to: model.request([3], options))
        #expect(answer.tokens.map(\.id) == [6, 0])
        let first = try #require(answer.tokens[0].logProbabilities)
        // torch.log_softmax of the logits.
        #expect(abs(first.chosen.logProbability - -0.92958405) < 1e-6)
        #expect(first.likeliest.map(\.token) == [3, 6, 0])
        #expect(abs(first.likeliest[2].logProbability - -2.17958405) < 1e-6)
        let second = try #require(answer.tokens[1].logProbabilities)
        #expect(abs(second.chosen.logProbability - -2.17958405) < 1e-6)
    }

    @Test func `one who stops reading stops the model and frees the sequence`() async throws {
        let model = ScriptedModel { tokens in
            ScriptedModel.peak(at: TokenID(33 + tokens.count % 64))
        }
        var count = 0
        for try await _ in Generator(model).answer(to: model.request()) {
            count += 1
            if count == 5 { break }
        }
        #expect(model.passes.value == 4)
        #expect(model.living.value == 0)
    }

    @Test func `a sequence is freed with the last event while the iterator lives on`() async throws
    {
        let model = ScriptedModel(saying: "ab")
        var iterator = Generator(model).answer(to: model.request()).makeAsyncIterator()
        while let event = try await iterator.next() {
            if case .end = event { #expect(model.living.value == 0) }
        }
        #expect(try await iterator.next() == nil)
    }

    @Test func `a cancelled task ends within a token with what was said so far`() async throws {
        let model = ScriptedModel { tokens in
            ScriptedModel.peak(at: TokenID(33 + tokens.count % 64))
        }
        let task = Task {
            var last: Answer?
            var pieces = 0
            for try await event in Generator(model).answer(
                to: model.request([0], GenerationOptions(maxTokens: 1_000_000))
            ) {
                switch event {
                case .piece:
                    pieces += 1
                    if pieces == 10 { withUnsafeCurrentTask { $0?.cancel() } }
                case .end(let answer): last = answer
                }
            }
            return (pieces, last)
        }
        let (pieces, answer) = try await task.value
        #expect(pieces == 10)
        #expect(answer?.end == .cancelled)
        #expect(answer?.text.count == 10)
        #expect(model.living.value == 0)
    }

    @Test func `a model's fault ends the stream`() async throws {
        let model = ScriptedModel { tokens in
            tokens.count < 4 ? ScriptedModel.peak(at: 65) : [Float](repeating: .nan, count: 257)
        }
        var iterator = Generator(model).answer(to: model.request()).makeAsyncIterator()
        var pieces = 0
        await #expect(throws: GenerationFault.logitsNotFinite(step: 3, token: 0)) {
            while try await iterator.next() != nil { pieces += 1 }
        }
        #expect(pieces == 3)
        #expect(try await iterator.next() == nil)
        #expect(model.living.value == 0)
    }

    @Test func `a forked sequence goes on from what it shares`() async throws {
        let model = ScriptedModel { tokens in
            // Says its whole sequence again, shifted by one, then ends.
            ScriptedModel.peak(at: tokens.count < 8 ? tokens[tokens.count - 3] + 1 : 256)
        }
        let shared = model.makeState()
        _ = try await model.prefill([65, 66, 67], into: shared)
        var request = model.request([65, 66, 67, 68], state: shared.fork())
        request.prompt = [68]
        let (answer, _) = try await model.answer(to: request)
        let whole = try await model.answer(to: model.request([65, 66, 67, 68])).answer
        #expect(answer.text == whole.text)
        #expect(answer.usage.promptTokens == 1)
        #expect(whole.usage.promptTokens == 4)
        #expect(shared.tokenCount == 3)
    }
}
