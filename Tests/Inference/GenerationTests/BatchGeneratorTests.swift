import Generation
import Testing
import Tokenization

@Suite struct BatchGeneratorTests {
    /// A model that says a different thing of a different length after each prompt.
    private let model = ScriptedModel { tokens in
        let prompt = Int(tokens[0])
        let place = tokens.count - 1
        return ScriptedModel.peak(
            at: place < 3 + prompt * 5 ? TokenID(97 + (place * prompt + prompt) % 26) : 256
        )
    }

    private func all(
        _ requests: [GenerationRequest<ScriptedModel>],
        width: Int
    ) async -> [Result<Answer, GenerationFault>?] {
        var ends = [Result<Answer, GenerationFault>?](repeating: nil, count: requests.count)
        for await event in BatchGenerator(model, width: width).answers(to: requests) {
            #expect(ends[event.index] == nil, "an event after the end")
            switch event.event {
            case .success(.end(let answer)): ends[event.index] = .success(answer)
            case .success(.piece): break
            case .failure(let fault): ends[event.index] = .failure(fault)
            }
        }
        return ends
    }

    @Test(arguments: [1, 2, 3, 10])
    func `each answer is what it would be alone`(width: Int) async throws {
        let requests = (1...6).map { prompt in
            var options = GenerationOptions(stopTokens: [256])
            options.sampling = SamplingOptions(
                temperature: prompt.isMultiple(of: 2) ? 0 : 4,
                seed: UInt64(prompt)
            )
            return model.request([TokenID(prompt)], options)
        }
        let together = await all(requests, width: width)
        for (request, end) in zip(requests, together) {
            let alone = try await model.answer(to: request).answer
            let answer = try #require(try end?.get())
            #expect(answer.text == alone.text)
            #expect(answer.tokens == alone.tokens)
            #expect(answer.end == alone.end)
        }
    }

    @Test func `a new prompt takes the place of an answer that ended`() async throws {
        let requests = (1...5).map { model.request([TokenID($0)]) }
        _ = await all(requests, width: 2)
        #expect(model.widths.value.max() == 2)
        // Two are together until only the longest is left.
        let alone = model.widths.value.filter { $0 == 1 }.count
        #expect(alone < model.widths.value.count / 2)
        #expect(model.living.value == 0)
    }

    @Test func `a fault of one answer ends no other`() async throws {
        var bad = model.request([2])
        bad.options.sampling.topP = 7
        let broken = model.request([3], mask: OnlyTokens([]))
        let ends = await all([model.request([1]), bad, broken, model.request([4])], width: 3)
        #expect(try ends[0]?.get().end == .finished)
        #expect(ends[1] == .failure(.optionOutOfRange(name: "top-p", value: 7)))
        #expect(ends[2] == .failure(.nothingAllowed(step: 0)))
        #expect(try ends[3]?.get().end == .finished)
    }

    @Test func `cancelling ends every answer, the waiting ones too`() async throws {
        let model = self.model
        let task = Task {
            var ends: [Int: AnswerEnd] = [:]
            var events = 0
            for await event in BatchGenerator(model, width: 2)
                .answers(to: (1...4).map { model.request([TokenID($0 * 10)]) })
            {
                events += 1
                if events == 8 { withUnsafeCurrentTask { $0?.cancel() } }
                if case .success(.end(let answer)) = event.event { ends[event.index] = answer.end }
            }
            return ends
        }
        #expect(await task.value == [0: .cancelled, 1: .cancelled, 2: .cancelled, 3: .cancelled])
        #expect(model.living.value == 0)
    }
}
