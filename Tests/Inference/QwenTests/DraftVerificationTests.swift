import Generation
import Tensors
import Testing
import Tokenization

@testable import Qwen

/// Several tokens of a sequence in one pass, and taking them back.
@Suite struct DraftVerificationTests {
    private static func model(
        _ kind: TinyCheckpoint.Kind = .sees
    ) throws -> QwenModel {
        try TinyModel(kind: kind, isWide: false, weights: .bfloat16).model()
    }

    private static func rows(_ logits: Logits) -> [[Float]] {
        (0..<logits.rowCount).map { logits[$0].elements }
    }

    @Test(arguments: TinyModel.all)
    func `tokens in one pass give what each gives alone`(tiny: TinyModel) async throws {
        let model = try tiny.model()
        // The runs cross from one block of keys to the next.
        let state = model.makeState()
        _ = try await model.prefill(QwenPrompt(tokens: TinyCheckpoint.text(250)), into: state)
        let other = model.makeState()
        _ = try await model.prefill(QwenPrompt(tokens: TinyCheckpoint.text(9, 4)), into: other)
        let (alone, otherAlone) = (state.fork(), other.fork())
        let tokens = TinyCheckpoint.text(12, 7)
        var expected: [[Float]] = []
        for token in tokens { expected += try await model.decode([token], into: [alone]) }
        for token in tokens[..<3] {
            expected += try await model.decode([token], into: [otherAlone])
        }
        let logits = try await model.decode(
            [TokenRun(tokens), TokenRun(Array(tokens[..<3]))],
            into: [state, other]
        )
        #expect(Self.rows(logits) == expected)
        #expect(state.tokenCount == 262)
        #expect(other.tokenCount == 12)
    }

    @Test(arguments: TinyModel.all)
    func `tokens that come with the prompt, or are not read, leave what they leave one by one`(
        tiny: TinyModel
    ) async throws {
        let model = try tiny.model()
        let prompt = QwenPrompt(tokens: TinyCheckpoint.text(250))
        let tokens = TinyCheckpoint.text(9, 7)
        let alone = model.makeState()
        _ = try await model.prefill(prompt, into: alone)
        var last: [[Float]] = []
        for token in tokens { last = try await model.decode([token], into: [alone]) }

        let together = model.makeState()
        let longer = try #require(model.prompt(prompt, followedBy: tokens))
        #expect(try await model.prefill(longer, into: together) == last[0])

        let (fed, other) = (model.makeState(), alone.fork())
        _ = try await model.prefill(prompt, into: fed)
        let next = TinyCheckpoint.text(4, 5)
        let logits = try await model.decode(
            [TokenRun(tokens, unread: tokens.count - 1), TokenRun(next, unread: 1)],
            into: [fed, other]
        )
        #expect(logits.rowCount == 4)
        #expect(Array(logits[0].elements) == last[0])

        let expected = Self.rows(try await model.decode([TokenRun(next)], into: [alone]))
        #expect(Self.rows(logits).dropFirst() == expected.dropFirst())
        for state in [together, fed] {
            #expect(state.tokenCount == 259)
            let rows = Self.rows(try await model.decode([TokenRun(next)], into: [state]))
            #expect(rows == expected)
        }
    }

    @Test(arguments: [0, 1, 5, 6, 7, 20])
    func `what was taken back leaves no trace`(kept: Int) async throws {
        let model = try Self.model()
        let prompt = QwenPrompt(tokens: TinyCheckpoint.text(250))
        let state = model.makeState()
        _ = try await model.prefill(prompt, into: state)
        let tokens = TinyCheckpoint.text(20, 5)
        _ = try await model.decode([TokenRun(tokens)], into: [state])
        state.truncate(to: 250 + kept)
        #expect(state.tokenCount == 250 + kept)
        let fresh = model.makeState()
        _ = try await model.prefill(prompt, into: fresh)
        if kept > 0 {
            _ = try await model.decode([TokenRun(Array(tokens[..<kept]))], into: [fresh])
        }
        let next = TokenRun(TinyCheckpoint.text(11, 6))
        let again = try await model.decode([next], into: [state])
        #expect(Self.rows(again) == Self.rows(try await model.decode([next], into: [fresh])))
    }

    @Test(arguments: [3, 250, 254])
    func `forks keep what the other takes back, and the other goes on in its own place`(
        count: Int
    ) async throws {
        let model = try Self.model(.qwen3)
        let prompt = QwenPrompt(tokens: TinyCheckpoint.text(count))
        let state = model.makeState()
        _ = try await model.prefill(prompt, into: state)
        let tokens = TinyCheckpoint.text(8, 2)
        _ = try await model.decode([TokenRun(tokens)], into: [state])
        let fork = state.fork()
        state.truncate(to: count + 2)
        // The one writes where the other still reads.
        let own = TokenRun(TinyCheckpoint.text(6, 3))
        let ownLogits = try await model.decode([own], into: [state])
        let more = TokenRun([5, 6])
        let forkLogits = try await model.decode([more], into: [fork])

        let first = model.makeState()
        _ = try await model.prefill(prompt, into: first)
        _ = try await model.decode([TokenRun(Array(tokens[..<2]))], into: [first])
        #expect(Self.rows(try await model.decode([own], into: [first])) == Self.rows(ownLogits))
        let second = model.makeState()
        _ = try await model.prefill(prompt, into: second)
        _ = try await model.decode([TokenRun(tokens)], into: [second])
        #expect(Self.rows(try await model.decode([more], into: [second])) == Self.rows(forkLogits))
    }

    @Test func `a fork that takes back what it shares disturbs nobody`() async throws {
        let model = try Self.model(.qwen3)
        let parent = model.makeState()
        _ = try await model.prefill(QwenPrompt(tokens: [1, 2, 3]), into: parent)
        _ = try await model.decode([TokenRun([4, 5, 6])], into: [parent])
        let fork = parent.fork()
        _ = try await model.decode([TokenRun([7, 8])], into: [parent])
        fork.truncate(to: 4)
        let forked = try await model.decode([TokenRun([9])], into: [fork])
        let last = try await model.decode([TokenRun([10])], into: [parent])
        let fresh = model.makeState()
        let whole = QwenPrompt(tokens: [1, 2, 3, 4, 5, 6, 7, 8, 10])
        #expect(try await model.prefill(whole, into: fresh) == last[0].elements)
        let short = QwenPrompt(tokens: [1, 2, 3, 4, 9])
        #expect(try await model.prefill(short, into: model.makeState()) == forked[0].elements)
    }

    @Test func `drafts taken back and written again copy no block`() throws {
        let tiles = KeyValueTiles(format: .bfloat16, headDimension: 16)
        let layout = KeyValueLayout(layers: 1, heads: 1, tiles: tiles)
        var cache = KeyValueCache(layout)
        try cache.reserve(10)
        cache.advance(10)
        let block = try #require(cache.blocks.first)
        for _ in 0..<5 {
            try cache.reserve(8)
            cache.advance(8)
            cache.truncate(to: 10)
        }
        #expect(cache.blocks.first === block)
        // A fork reads ten positions of it: they stay, and only what came later is given back.
        let fork = cache.forked()
        try cache.reserve(300)
        cache.advance(300)
        cache.truncate(to: 5)
        #expect(cache.blocks.count == 1)
        try cache.reserve(1)
        #expect(cache.blocks.first !== block)
        #expect(fork.blocks.first === block)
    }

    // MARK: The head

    @Test(arguments: TinyCheckpoint.Kind.allCases)
    func `wanted logits are what they are among all, others were not computed`(
        kind: TinyCheckpoint.Kind
    ) async throws {
        let model = try Self.model(kind)
        let prompt = QwenPrompt(tokens: TinyCheckpoint.text(20))
        let all = try await model.prefill(prompt, into: model.makeState())
        let some = try await model.prefill(prompt, into: model.makeState(), wanted: [70, 3, 65])
        // Panels of 32 rows: the last has 90 - 64.
        let expected = all.enumerated().map { index, logit in
            (32..<64).contains(index) ? -Float.infinity : logit
        }
        #expect(some[0].elements == expected)

        let state = model.makeState()
        _ = try await model.prefill(prompt, into: state)
        let whole = try await model.decode([TokenRun([1, 2])], into: [state.fork()])
        let run = TokenRun([1, 2], wanted: [[40], [41]])
        let part = try await model.decode([run], into: [state.fork()])
        for row in 0..<2 {
            let elements = part[row].elements
            #expect(elements[32..<64] == whole[row].elements[32..<64])
            #expect(elements[..<32].allSatisfy { $0 == -.infinity })
            #expect(elements[64...].allSatisfy { $0 == -.infinity })
        }
        // Where one row wants all, the head is read for all.
        let mixed = TokenRun([1, 2], wanted: [[40], nil])
        let both = try await model.decode([mixed], into: [state])
        #expect(Self.rows(both) == Self.rows(whole))
    }

    @Test func `panels that lie side by side are one range, and strangers none`() {
        #expect(HeadOutputs.wanted([[0], nil], of: 90) == nil)
        #expect(HeadOutputs.wanted([[64, 31], [40]], of: 90) == [0..<90])
        #expect(HeadOutputs.wanted([[89], [0, 1]], of: 90) == [0..<32, 64..<90])
        #expect(HeadOutputs.wanted([[-1, 90, 5000], []], of: 90) == [])
    }

    // MARK: Answers

    private struct Letters: AnswerDecoder {
        mutating func append(_ token: TokenID) -> String { "\(token) " }
        mutating func finish() -> String { "" }
    }

    private static func request(
        _ model: QwenModel,
        _ prompt: QwenPrompt,
        speculation: Speculation,
        drafts: [[TokenID]]
    ) -> GenerationRequest<QwenModel> {
        var options = GenerationOptions(
            maxTokens: 60,
            stopTokens: [],
            repetitionLimits: nil,
            logProbabilities: 2,
            speculation: speculation
        )
        options.sampling.repetitionPenalty = 1.2
        return GenerationRequest(
            prompt: prompt,
            promptTokens: prompt.tokens,
            options: options,
            vocabulary: AnswerVocabulary(rows: 90, tokenCount: 90),
            decoder: Letters(),
            drafts: drafts
        )
    }

    private static func answer(_ model: QwenModel, _ request: GenerationRequest<QwenModel>)
        async throws -> Answer?
    {
        for try await event in Generator(model).answer(to: request) {
            if case .end(let answer) = event { return answer }
        }
        return nil
    }

    @Test(arguments: TinyModel.all)
    func `an answer about a picture has the same bits with drafts`(tiny: TinyModel) async throws {
        let model = try tiny.model()
        var prompt = QwenPrompt(tokens: TinyCheckpoint.text(230))
        if tiny.kind == .sees {
            prompt.images = try await model.encode([
                TinyCheckpoint.picture(1, rows: 4, columns: 6)
            ])
            prompt.tokens += [82] + Array(repeating: TinyCheckpoint.image, count: 6) + [83, 2]
        }
        let plain = try #require(
            try await Self.answer(
                model,
                Self.request(model, prompt, speculation: .off, drafts: [])
            )
        )
        // Right for the most part, wrong at every ninth.
        var draft = plain.tokens.map(\.id)
        for place in stride(from: 8, to: draft.count, by: 9) {
            draft[place] = (draft[place] + 1) % 90
        }
        let drafted = try #require(
            try await Self.answer(
                model,
                Self.request(model, prompt, speculation: .always, drafts: [draft])
            )
        )
        #expect(drafted.tokens == plain.tokens)
        #expect(drafted.text == plain.text)
        #expect(drafted.usage.acceptedTokens > 20)
        if !tiny.isWide {
            #expect(drafted.usage.draftedTokens > drafted.usage.acceptedTokens)
        }
        #expect(drafted.usage.decodeSteps + drafted.usage.acceptedTokens == 59)
    }
}
