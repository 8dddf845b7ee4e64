import Generation
import Testing
import Tokenization

/// A mask that says which tokens it allows has only their logits computed.
@Suite struct MaskedRowsTests {
    /// Allows what a form leaves open: fixed text, then one of some letters at each `?`.
    struct FormMask: LogitsMask {
        let form: [UInt8]
        let letters: [TokenID]
        /// Whether it tells the few that it allows.
        let tells: Bool
        var place = 0

        init(_ form: String, letters: String = "abc", tells: Bool) {
            self.form = Array(form.utf8)
            self.letters = letters.utf8.map { TokenID($0) }
            self.tells = tells
        }

        private var allowed: [TokenID] {
            guard place < form.count else { return [256] }
            return form[place] == UInt8(ascii: "?") ? letters : [TokenID(form[place])]
        }

        func allows(_ token: TokenID, remaining: Int) -> Bool { allowed.contains(token) }

        func restrict(_ tokens: inout TokenSet, remaining: Int) {
            for index in 0..<tokens.capacity where !allowed.contains(TokenID(index)) {
                tokens.remove(TokenID(index))
            }
        }

        func fewAllowed(atMost most: Int, remaining: Int) -> [TokenID]? {
            tells && allowed.count <= most ? allowed : nil
        }

        mutating func advance(by token: TokenID) { place += 1 }
    }

    private static let form = #"{"name":"????????","total":"???"}"#

    private func options(_ temperature: Double, penalty: Double = 1) -> GenerationOptions {
        var options = GenerationOptions(maxTokens: 80, stopTokens: [256])
        options.sampling = SamplingOptions(
            temperature: temperature,
            repetitionPenalty: penalty,
            seed: 11
        )
        return options
    }

    private func expectSame(_ answer: Answer, _ expected: Answer) {
        #expect(answer.text == expected.text)
        #expect(answer.tokens == expected.tokens)
        #expect(answer.end == expected.end)
    }

    @Test(arguments: [0, 1.5], [1, 1.4])
    func `the answer is what masking all logits gives, and few are computed`(
        temperature: Double,
        penalty: Double
    ) async throws {
        let model = SpeculationTests.wandering()
        var options = options(temperature, penalty: penalty)
        options.speculation = .off
        let before = model.computed.value
        let whole = try await model.answer(
            to: model.request([5], options, mask: FormMask(Self.form, tells: false))
        ).answer
        let all = model.computed.value - before
        let few = try await model.answer(
            to: model.request([5], options, mask: FormMask(Self.form, tells: true))
        ).answer
        expectSame(few, whole)
        #expect(few.text.hasPrefix(#"{"name":""#))
        #expect(few.end == .finished)
        // Of 257 logits a step at most three.
        #expect(model.computed.value - before - all <= 3 * 34)
        #expect(all == 257 * 34)
    }

    @Test(arguments: [0, 1.5])
    func `tokens without a choice are fed together`(temperature: Double) async throws {
        let model = SpeculationTests.wandering()
        var options = options(temperature)
        options.speculation = .off
        let plain = try await model.answer(
            to: model.request([5], options, mask: FormMask(Self.form, tells: false))
        ).answer
        options.speculation = .whenItPays
        let answer = try await model.answer(
            to: model.request([5], options, mask: FormMask(Self.form, tells: true))
        ).answer
        expectSame(answer, plain)
        // `{"name":"` comes with the prompt, `","total":"` in one pass, `"}` in none.
        #expect(answer.usage.forcedTokens == Self.form.utf8.count { $0 != UInt8(ascii: "?") })
        #expect(answer.usage.decodeSteps == 10)
        #expect(plain.usage.decodeSteps == 33)
    }

    @Test func `log-probabilities that are asked for are of all logits`() async throws {
        let model = SpeculationTests.wandering()
        var options = options(0)
        options.logProbabilities = 4
        let whole = try await model.answer(
            to: model.request([5], options, mask: FormMask(Self.form, tells: false))
        ).answer
        let few = try await model.answer(
            to: model.request([5], options, mask: FormMask(Self.form, tells: true))
        ).answer
        #expect(few.tokens == whole.tokens)
        #expect(few.tokens[0].logProbabilities?.likeliest.count == 4)
    }

    @Test func `where nothing is allowed, that is said`() async throws {
        let model = SpeculationTests.wandering()
        let mask = FormMask("ab?", letters: "", tells: true)
        await #expect(throws: GenerationFault.nothingAllowed(step: 2)) {
            try await model.answer(to: model.request([5], self.options(0), mask: mask))
        }
    }

    @Test func `a logit that is no number is found among the few`() async throws {
        let model = ScriptedModel { _ in
            var logits = [Float](repeating: 0, count: 257)
            logits[98] = .nan
            return logits
        }
        let mask = FormMask("?", tells: true)
        await #expect(throws: GenerationFault.logitsNotFinite(step: 0, token: 98)) {
            try await model.answer(to: model.request([5], self.options(0), mask: mask))
        }
    }
}
