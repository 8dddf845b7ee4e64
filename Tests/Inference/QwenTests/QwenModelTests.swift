import Foundation
import Generation
import Tensors
import Testing

@testable import Qwen

@Suite struct QwenModelTests {
    /// 300 tokens in more than one block of keys.
    private static func prompt(_ model: QwenModel) async throws -> QwenPrompt {
        try await TinyCheckpoint.prompt(model, tail: 252)
    }

    private static func checkpoint(
        _ kind: TinyCheckpoint.Kind = .sees,
        _ type: ElementType = .bfloat16
    ) throws -> TinyCheckpoint {
        let checkpoint = TinyCheckpoint(kind)
        try checkpoint.write(type)
        return checkpoint
    }

    @Test(arguments: Precision.allCases, [1, 7, 64])
    func `cutting a prompt changes no bit of the answer`(
        precision: Precision,
        chunkSize: Int
    ) async throws {
        let checkpoint = try Self.checkpoint()
        let whole = try checkpoint.model(precision)
        let cut = try checkpoint.model(precision, chunkSize: chunkSize)
        let prompt = try await Self.prompt(whole)
        let (first, second) = (whole.makeState(), cut.makeState())
        let expected = try await whole.prefill(prompt, into: first)
        #expect(try await cut.prefill(prompt, into: second) == expected)
        #expect(first.positionShift == second.positionShift)
        let next = try await whole.decode([5], into: [first])
        #expect(try await cut.decode([5], into: [second]) == next)
    }

    @Test func `answers that run go on between the chunks of a long prompt`() async throws {
        let checkpoint = try Self.checkpoint()
        let model = try checkpoint.model(.float32, chunkSize: 8)
        let running = model.makeState()
        _ = try await model.prefill(QwenPrompt(tokens: TinyCheckpoint.text(5)), into: running)
        let newcomer = model.makeState()
        let long = QwenPrompt(tokens: TinyCheckpoint.text(600))
        let reading = Task {
            _ = try await model.prefill(long, into: newcomer)
            return running.tokenCount
        }
        // The prompt is held only when all of it is computed.
        while newcomer.tokenCount == 0, running.tokenCount < 500 {
            _ = try await model.decode([5], into: [running])
        }
        #expect(try await reading.value > 20)
    }

    @Test(arguments: Precision.allCases)
    func `the number of threads changes no bit of the answer`(precision: Precision) async throws {
        let checkpoint = try Self.checkpoint()
        let one = try checkpoint.model(precision, threads: 1)
        let prompt = try await Self.prompt(one)
        let expected = try await one.prefill(prompt, into: one.makeState())
        for threads in [2, 3, 5] {
            let model = try checkpoint.model(precision, threads: threads)
            #expect(try await Self.prompt(model).images == prompt.images)
            #expect(try await model.prefill(prompt, into: model.makeState()) == expected)
        }
    }

    @Test(arguments: TinyCheckpoint.Kind.allCases)
    func `token by token gives what the whole prompt gives`(kind: TinyCheckpoint.Kind) async throws
    {
        let model = try Self.checkpoint(kind).model()
        let tokens = TinyCheckpoint.text(40)
        let state = model.makeState()
        _ = try await model.prefill(QwenPrompt(tokens: [tokens[0]]), into: state)
        var logits: [Float] = []
        for token in tokens.dropFirst() {
            logits = try await model.decode([token], into: [state])[0]
        }
        let whole = try await model.prefill(QwenPrompt(tokens: tokens), into: model.makeState())
        #expect(logits == whole)
        #expect(state.tokenCount == 40)
    }

    @Test func `a conversation goes on with a second picture as if it had been told at once`()
        async throws
    {
        let model = try Self.checkpoint().model()
        let images = try await model.encode([
            TinyCheckpoint.picture(1, rows: 4, columns: 6),
            TinyCheckpoint.picture(2, rows: 2, columns: 2),
        ])
        let first = [1, 82] + Array(repeating: TinyCheckpoint.image, count: 6) + [83, 2]
        let second: [Int32] = [3, 82, TinyCheckpoint.image, 83, 4]
        let state = model.makeState()
        _ = try await model.prefill(QwenPrompt(tokens: first, images: [images[0]]), into: state)
        let logits = try await model.prefill(
            QwenPrompt(tokens: second, images: [images[1]]),
            into: state
        )
        let whole = model.makeState()
        let expected = try await model.prefill(
            QwenPrompt(tokens: first + second, images: images),
            into: whole
        )
        #expect(logits == expected)
        #expect(state.positionShift == -3)
        #expect(whole.positionShift == -3)
    }

    @Test func `sequences in one step give what each gives alone`() async throws {
        let model = try Self.checkpoint().model(.bfloat16)
        let prompt = try await Self.prompt(model)
        let prompts = [
            prompt, QwenPrompt(tokens: [4]), QwenPrompt(tokens: TinyCheckpoint.text(256)),
        ]
        var alone: [[Float]] = []
        var states: [QwenState] = []
        for (index, prompt) in prompts.enumerated() {
            let state = model.makeState()
            _ = try await model.prefill(prompt, into: state)
            alone += try await model.decode([Int32(index + 10)], into: [state.fork()])
            states.append(state)
        }
        #expect(try await model.decode([10, 11, 12], into: states) == alone)
    }

    @Test(arguments: [1, 255, 256, 257])
    func `forks go their own ways from a shared beginning`(count: Int) async throws {
        let model = try Self.checkpoint().model()
        let prefix = TinyCheckpoint.text(count)
        let parent = model.makeState()
        _ = try await model.prefill(QwenPrompt(tokens: prefix), into: parent)
        let forks = [parent.fork(), parent.fork(), parent.fork()]
        let tails = [
            TinyCheckpoint.text(3, 1), TinyCheckpoint.text(300, 2), TinyCheckpoint.text(5, 3),
        ]
        var logits: [[Float]] = []
        for (fork, tail) in zip(forks, tails) {
            logits.append(try await model.prefill(QwenPrompt(tokens: tail), into: fork))
        }
        let last = try await model.decode([1, 2, 3], into: forks)
        for (index, tail) in tails.enumerated() {
            let state = model.makeState()
            let whole = QwenPrompt(tokens: prefix + tail)
            #expect(try await model.prefill(whole, into: state) == logits[index])
            #expect(try await model.decode([Int32(index + 1)], into: [state])[0] == last[index])
        }
        #expect(parent.tokenCount == count)
        let again = try await model.decode([7], into: [parent])
        let fresh = model.makeState()
        _ = try await model.prefill(QwenPrompt(tokens: prefix), into: fresh)
        #expect(try await model.decode([7], into: [fresh]) == again)
    }

    @Test(arguments: Precision.allCases)
    func `pictures together give what each gives alone`(precision: Precision) async throws {
        let model = try Self.checkpoint().model(precision)
        // Large ones are cut into other parts when they stand beside others.
        let pictures = [
            TinyCheckpoint.picture(1, rows: 6, columns: 2),
            TinyCheckpoint.picture(2, rows: 50, columns: 46),
            TinyCheckpoint.picture(3, time: 3, rows: 2, columns: 4),
            TinyCheckpoint.picture(4, rows: 2, columns: 2),
        ]
        let together = try await model.encode(pictures)
        for (picture, features) in zip(pictures, together) {
            #expect(try await model.encode([picture]) == [features])
        }
        #expect(together.map(\.tokenCount) == [3, 575, 6, 1])
        #expect(together[0].deepstack.count == 2)
        #expect(together[0].byteCount == 3 * 3 * 24 * 4)
    }

    @Test func `kernels of every instruction set agree`() async throws {
        let checkpoint = try Self.checkpoint()
        let portable = try checkpoint.model(kernels: #require(.named("portable")))
        let prompt = try await Self.prompt(portable)
        let expected = try await portable.prefill(prompt, into: portable.makeState())
        for kernels in Kernels.available {
            let model = try checkpoint.model(kernels: kernels)
            let logits = try await model.prefill(Self.prompt(model), into: model.makeState())
            let worst = zip(logits, expected).map { abs($0 - $1) }.max()
            #expect(try #require(worst) < 1e-3, "\(kernels.name)")
        }
    }

    @Test func `memory grows with patches, not with their square`() async throws {
        let model = try Self.checkpoint().model()
        _ = try await model.encode([TinyCheckpoint.picture(1, rows: 8, columns: 8)])
        let before = Self.peakBytes()
        // One score for each pair of 16,384 patches would be a gigabyte.
        let features = try await model.encode([
            TinyCheckpoint.picture(1, rows: 128, columns: 128)
        ])
        #expect(features[0].tokenCount == 4096)
        #expect(Self.peakBytes() - before < 300 << 20)
    }

    private static func peakBytes() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(0), &usage)
        return Int(usage.ru_maxrss) * 1024
    }

    // MARK: What goes wrong

    @Test func `a cancelled prompt leaves the sequence as it was`() async throws {
        let model = try Self.checkpoint(.qwen3).model(chunkSize: 1)
        let state = model.makeState()
        _ = try await model.prefill(QwenPrompt(tokens: [1, 2]), into: state)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await model.prefill(
                QwenPrompt(tokens: TinyCheckpoint.text(600)),
                into: state
            )
        }
        await #expect(throws: GenerationFault.cancelled) { try await task.value }
        #expect(state.tokenCount == 2)
        let after = try await model.prefill(QwenPrompt(tokens: [3]), into: state)
        let fresh = try await model.prefill(QwenPrompt(tokens: [1, 2, 3]), into: model.makeState())
        #expect(after == fresh)
    }

    @Test func `a cancelled picture is not finished`() async throws {
        let model = try Self.checkpoint().model()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await model.encode([TinyCheckpoint.picture(1, rows: 64, columns: 64)])
        }
        await #expect(throws: GenerationFault.cancelled) { try await task.value }
    }

    @Test func `a prompt that does not fit is refused before it is computed`() async throws {
        let model = try Self.checkpoint(.qwen2).model()
        let state = model.makeState()
        await #expect(throws: GenerationFault.contextExceeded(needed: 701, limit: 700)) {
            try await model.prefill(QwenPrompt(tokens: TinyCheckpoint.text(701)), into: state)
        }
        _ = try await model.prefill(QwenPrompt(tokens: TinyCheckpoint.text(700)), into: state)
        await #expect(throws: GenerationFault.contextExceeded(needed: 701, limit: 700)) {
            try await model.decode([1], into: [state])
        }
        await #expect(throws: GenerationFault.emptyPrompt) {
            try await model.prefill(QwenPrompt(tokens: []), into: state)
        }
    }

    @Test(arguments: [-1, 90, Int32.max])
    func `a token without a row is refused`(token: Int32) async throws {
        let model = try Self.checkpoint(.qwen3).model()
        let fault = GenerationFault.tokenOutOfRange(token: token, vocabularySize: 90)
        let state = model.makeState()
        await #expect(throws: fault) {
            try await model.prefill(QwenPrompt(tokens: [1, token]), into: state)
        }
        await #expect(throws: fault) { try await model.decode([token], into: [state]) }
    }

    @Test func `features and tokens of different pictures are refused`() async throws {
        let model = try Self.checkpoint().model()
        let features = try await model.encode([TinyCheckpoint.picture(1, rows: 2, columns: 4)])
        await #expect(throws: GenerationFault.pictureMismatch(tokens: 1, features: 2)) {
            try await model.prefill(
                QwenPrompt(tokens: [82, 80, 83], images: features),
                into: model.makeState()
            )
        }
        await #expect(throws: GenerationFault.pictureMismatch(tokens: 2, features: 0)) {
            try await model.prefill(QwenPrompt(tokens: [80, 80]), into: model.makeState())
        }
        let blind = try Self.checkpoint(.qwen3).model()
        await #expect(throws: GenerationFault.pictureMismatch(tokens: 0, features: 1)) {
            try await blind.encode([TinyCheckpoint.picture(1, rows: 2, columns: 2)])
        }
    }
}
