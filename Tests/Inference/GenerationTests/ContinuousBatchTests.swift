import Generation
import Testing
import Tokenization

@Suite struct ContinuousBatchTests {
    /// A model that says a different thing of a different length after each prompt.
    private let model = ScriptedModel { tokens in
        let prompt = Int(tokens[0])
        let place = tokens.count - 1
        return ScriptedModel.peak(
            at: place < 3 + prompt * 5 ? TokenID(97 + (place * prompt + prompt) % 26) : 256
        )
    }

    private func answers(
        to requests: [GenerationRequest<ScriptedModel>],
        _ batch: ContinuousBatch<ScriptedModel>
    ) async -> [Result<Answer, GenerationFault>] {
        await withTaskGroup(of: (Int, Result<Answer, GenerationFault>).self) { group in
            for (index, request) in requests.enumerated() {
                group.addTask {
                    do throws(GenerationFault) {
                        return (index, .success(try await batch.answer(to: request)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            var answers: [Int: Result<Answer, GenerationFault>] = [:]
            for await (index, answer) in group { answers[index] = answer }
            return requests.indices.compactMap { answers[$0] }
        }
    }

    @Test(arguments: [1, 2, 3, .max])
    func `each answer is what it would be alone`(width: Int) async throws {
        let requests = (1...6).map { prompt in
            var options = GenerationOptions(stopTokens: [256])
            options.sampling = SamplingOptions(
                temperature: prompt.isMultiple(of: 2) ? 0 : 4,
                seed: UInt64(prompt)
            )
            return model.request([TokenID(prompt)], options)
        }
        let together = await answers(
            to: requests,
            ContinuousBatch(model, width: width)
        )
        for (request, answer) in zip(requests, together) {
            let alone = try await model.answer(to: request).answer
            #expect(try answer.get().text == alone.text)
            #expect(try answer.get().tokens == alone.tokens)
            #expect(try answer.get().end == alone.end)
        }
        #expect(model.widths.value.max() ?? 0 <= width)
        #expect(model.living.value == 0)
    }

    @Test func `one that comes while others run joins them`() async throws {
        let slow = SlowModel(model: model)
        let batch = ContinuousBatch(slow)
        let long = Task { try await batch.answer(to: slow.request([40])) }
        while model.passes.value < 5 { await Task.yield() }
        let short = try await batch.answer(to: slow.request([1]))
        // The long one still had most of its way to go: the short one waited for nobody.
        #expect(model.passes.value < 100)
        #expect(short.tokens.count == 8)
        #expect(try await long.value.tokens.count == 203)
        #expect(model.widths.value.contains(2))
    }

    @Test func `a batch that has come to rest goes on`() async throws {
        let batch = ContinuousBatch(model)
        for prompt in [3, 1, 2] as [TokenID] {
            let answer = try await batch.answer(to: model.request([prompt]))
            #expect(answer.tokens.count == 3 + Int(prompt) * 5)
        }
    }

    @Test func `a fault of one answer ends no other`() async throws {
        var bad = model.request([2])
        bad.options.sampling.topP = 7
        let broken = model.request([3], mask: OnlyTokens([]))
        let ends = await answers(
            to: [model.request([1]), bad, broken, model.request([4])],
            ContinuousBatch(model)
        )
        #expect(try ends[0].get().end == .finished)
        #expect(ends[1] == .failure(.optionOutOfRange(name: "top-p", value: 7)))
        #expect(ends[2] == .failure(.nothingAllowed(step: 0)))
        #expect(try ends[3].get().end == .finished)
    }

    @Test func `cancelling one question ends it and no other`() async throws {
        let slow = SlowModel(model: model)
        let batch = ContinuousBatch(slow, width: 2)
        let cancelled = Task { try await batch.answer(to: slow.request([100_000])) }
        while model.passes.value < 5 { await Task.yield() }
        let other = Task { try await batch.answer(to: slow.request([20])) }
        while !model.widths.value.contains(2) { await Task.yield() }
        let waiting = Task { try await batch.answer(to: slow.request([5])) }
        await Task.yield()
        waiting.cancel()
        cancelled.cancel()
        await #expect(throws: GenerationFault.cancelled) { try await cancelled.value }
        await #expect(throws: GenerationFault.cancelled) { try await waiting.value }
        #expect(try await other.value.tokens.count == 103)
        // Their places are free again.
        #expect(try await batch.answer(to: slow.request([1])).end == .finished)
        #expect(model.living.value == 0)
    }

    @Test func `where memory is short the youngest answer ends, the others go on`() async throws {
        let slow = SlowModel(model: model, mostSequences: 1)
        let batch = ContinuousBatch(slow)
        let first = Task { try await batch.answer(to: slow.request([20])) }
        while model.passes.value < 5 { await Task.yield() }
        await #expect(throws: GenerationFault.outOfMemory(bytes: 7)) {
            try await batch.answer(to: slow.request([2]))
        }
        #expect(try await first.value.tokens.count == 103)
    }
}

/// A model whose passes take a while, and that has no memory for more sequences than so many at once.
private struct SlowModel: LanguageModel {
    let model: ScriptedModel
    var mostSequences = Int.max

    var vocabularySize: Int { model.vocabularySize }
    var contextLength: Int { model.contextLength }
    func makeState() -> ScriptedModel.State { model.makeState() }

    func prefill(
        _ prompt: [TokenID],
        into state: ScriptedModel.State,
        wanted: [TokenID]?
    ) async throws(GenerationFault) -> Logits {
        try await model.prefill(prompt, into: state, wanted: wanted)
    }

    func decode(
        _ runs: [TokenRun],
        into states: [ScriptedModel.State]
    ) async throws(GenerationFault) -> Logits {
        guard runs.count <= mostSequences else { throw .outOfMemory(bytes: 7) }
        try? await Task.sleep(for: .milliseconds(1))
        return try await model.decode(runs, into: states)
    }

    func request(_ prompt: [TokenID]) -> GenerationRequest<SlowModel> {
        var request = model.request(prompt)
        request.options.maxTokens = .max
        request.options.repetitionLimits = nil
        request.options.speculation = .off
        return GenerationRequest(
            prompt: prompt,
            promptTokens: prompt,
            options: request.options,
            vocabulary: request.vocabulary,
            decoder: request.decoder
        )
    }
}

@Suite struct PlacesTests {
    @Test func `places are taken in the order in which they are asked for`() async throws {
        let places = Places(1)
        try await places.take()
        let order = NumberList()
        var tasks: [Task<Void, any Error>] = []
        for number in 0..<5 {
            tasks.append(
                Task {
                    try await places.take()
                    order.append(number)
                    places.give()
                }
            )
            for _ in 0..<50 { await Task.yield() }
        }
        tasks[2].cancel()
        await #expect(throws: GenerationFault.cancelled) { try await tasks[2].value }
        places.give()
        for number in [0, 1, 3, 4] { try await tasks[number].value }
        #expect(order.value.sorted() == [0, 1, 3, 4])
        // All have been given back.
        try await places.take()
    }

    @Test func `a task that is cancelled already takes no place`() async throws {
        let places = Places(1)
        try await places.take()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await places.take()
        }
        await #expect(throws: GenerationFault.cancelled) { try await task.value }
        places.give()
        try await places.take()
    }
}
