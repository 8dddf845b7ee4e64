import Generation
import Tensors
import Testing

@testable import Qwen

/// Packed weights: an answer's bits do not depend on how the work was cut.
@Suite struct PackedBitsTests {
    @Test(arguments: TinyModel.packed)
    func `the models run packed, and reach products in both ways`(subject: TinyModel) throws {
        let checkpoint = try subject.checkpoint()
        let model = try checkpoint.model(subject.weights)
        #expect(model.arithmetic == subject.weights.rawValue)
        // Where heads fill whole groups, each is rounded as it is stored; else rows wait until they are whole.
        let text = model.configuration.text
        let width = text.groupSize * text.headDimension
        #expect(width.isMultiple(of: PackedForm.groupColumns) == subject.isWide)
        if let vision = model.configuration.vision {
            let width = vision.headCount * vision.headDimension
            #expect(width.isMultiple(of: PackedForm.groupColumns) == subject.isWide)
        }
    }

    @Test(arguments: TinyModel.packed)
    func `neither threads nor chunks change a bit of the logits`(subject: TinyModel) async throws {
        let checkpoint = try subject.checkpoint()
        let sees = subject.kind == .sees
        let one = try checkpoint.model(subject.weights, threads: 1)
        let prompt = try await TinyCheckpoint.prompt(one, sees: sees, tail: 240)
        let state = one.makeState()
        let expected = try await one.prefill(prompt, into: state)
        let next = try await one.decode([5], into: [state])
        let isFinite = expected.allSatisfy { $0.isFinite }
        #expect(isFinite)
        for (threads, chunkSize) in [
            (1, 1), (1, 64), (2, 1024), (2, 7), (3, 1024), (3, 64),
        ] {
            let model = try checkpoint.model(
                subject.weights,
                threads: threads,
                chunkSize: chunkSize
            )
            let own = try await TinyCheckpoint.prompt(model, sees: sees, tail: 240)
            #expect(own.images == prompt.images && own.videos == prompt.videos)
            let state = model.makeState()
            let logits = try await model.prefill(own, into: state)
            #expect(logits == expected, "\(threads) threads, chunks of \(chunkSize)")
            #expect(try await model.decode([5], into: [state]) == next)
        }
    }

    @Test(arguments: TinyModel.packed)
    func `token by token gives what one pass gives`(subject: TinyModel) async throws {
        let model = try subject.model()
        let tokens = TinyCheckpoint.text(40)
        let state = model.makeState()
        _ = try await model.prefill(QwenPrompt(tokens: [tokens[0]]), into: state)
        var logits: [Float] = []
        for token in tokens.dropFirst() {
            logits = try await model.decode([token], into: [state])[0]
        }
        let whole = try await model.prefill(QwenPrompt(tokens: tokens), into: model.makeState())
        #expect(logits == whole)
    }

    @Test(arguments: TinyModel.packed)
    func `sequences in one step give what each gives alone`(subject: TinyModel) async throws {
        let model = try subject.model()
        // As many as there are ways to count rows in a kernel, and more than it takes at once.
        let prompts = (0..<19).map { TinyCheckpoint.text(1 + 13 * $0, $0) }
        var alone: [[Float]] = []
        var states: [QwenState] = []
        for (index, tokens) in prompts.enumerated() {
            let state = model.makeState()
            _ = try await model.prefill(QwenPrompt(tokens: tokens), into: state)
            alone += try await model.decode([Int32(index + 10)], into: [state.fork()])
            states.append(state)
        }
        for count in [2, 3, 5, 8, 19] {
            let together = try await model.decode(
                (0..<count).map { Int32($0 + 10) },
                into: states[..<count].map { $0.fork() }
            )
            #expect(together == Array(alone[..<count]), "\(count) sequences")
        }
    }

    @Test(arguments: TinyModel.packed)
    func `a prefix that is shared gives what the whole prompt gives`(subject: TinyModel)
        async throws
    {
        let model = try subject.model()
        let prefix = TinyCheckpoint.text(255)
        let parent = model.makeState()
        _ = try await model.prefill(QwenPrompt(tokens: prefix), into: parent)
        for (seed, count) in [(1, 1), (2, 6), (3, 70)] {
            let tail = TinyCheckpoint.text(count, seed)
            let fork = try await model.prefill(QwenPrompt(tokens: tail), into: parent.fork())
            let whole = QwenPrompt(tokens: prefix + tail)
            #expect(try await model.prefill(whole, into: model.makeState()) == fork)
        }
    }

    @Test(arguments: TinyModel.packed.filter { $0.kind == .sees })
    func `pictures together give what each gives alone`(subject: TinyModel) async throws {
        let model = try subject.model()
        // The second is cut into slabs.
        let pictures = [
            TinyCheckpoint.picture(1, rows: 6, columns: 2),
            TinyCheckpoint.picture(2, rows: 50, columns: 46),
            TinyCheckpoint.picture(3, time: 3, rows: 2, columns: 4),
        ]
        let together = try await model.encode(pictures)
        for (picture, features) in zip(pictures, together) {
            #expect(try await model.encode([picture]) == [features])
        }
    }
}
