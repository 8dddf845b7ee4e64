import Foundation
import Generation
import Testing
import Tokenization

@Suite struct ContinuationScoresTests {
    /// A model in which every next token depends on the last one only.
    private let model = ScriptedModel(vocabularySize: 6) { tokens in
        let last = Int(tokens[tokens.count - 1])
        return (0..<6).map { Float(($0 * 7 + last * 3) % 5) }
    }

    /// The same by the definition: the sum of the logarithms of the softmax, token by token.
    private func expected(_ text: [TokenID], after last: TokenID, ends: [TokenID]) -> Double {
        var last = last
        var sum = 0.0
        func probabilities() -> [Double] {
            let weights = (0..<6).map { exp(Double(($0 * 7 + Int(last) * 3) % 5)) }
            return weights.map { $0 / weights.reduce(0, +) }
        }
        for token in text {
            sum += log(probabilities()[Int(token)])
            last = token
        }
        return sum + log(ends.reduce(0) { $0 + probabilities()[Int($1)] })
    }

    @Test func `a text is as likely as its tokens and its end together`() async throws {
        let texts: [[TokenID]] = [[1], [1, 2], [3, 0, 2, 4], [2]]
        let state = model.makeState()
        let scores = try await ContinuationScores(model, endTokens: [5, 4]).logProbabilities(
            of: texts,
            after: [0, 3],
            in: state
        )
        for (score, text) in zip(scores, texts) {
            #expect(abs(score - expected(text, after: 3, ends: [4, 5])) < 1e-9)
        }
        #expect(model.passes.value == 1)
        #expect(state.tokens == [0, 3])
    }

    @Test func `many texts take several passes, and each its own score`() async throws {
        let texts = (0..<90).map { (number: Int) -> [TokenID] in
            [number % 6, number / 6 % 6, number % 4].map { TokenID($0) }
        }
        let scores = try await ContinuationScores(model, endTokens: [5]).logProbabilities(
            of: texts,
            after: [2],
            in: model.makeState()
        )
        for (score, text) in zip(scores, texts) {
            #expect(abs(score - expected(text, after: 2, ends: [5])) < 1e-9)
        }
        #expect(model.passes.value == 9)
    }

    @Test func `a text for which there is no room is refused`() async throws {
        let small = ScriptedModel(vocabularySize: 6, contextLength: 4) { _ in
            [0, 0, 0, 0, 0, 0]
        }
        let scores = ContinuationScores(small, endTokens: [5])
        await #expect(throws: GenerationFault.contextExceeded(needed: 5, limit: 4)) {
            try await scores.logProbabilities(
                of: [[1, 2, 3]],
                after: [0, 0],
                in: small.makeState()
            )
        }
    }

    @Test func `shares add to one, however unlikely all of it is`() {
        let some = shares(ofLogProbabilities: [-2000, -2000 + log(3)])
        #expect(abs(some[0] - 0.25) < 1e-9 && abs(some[1] - 0.75) < 1e-9)
        #expect(shares(ofLogProbabilities: [-.infinity, 0]) == [0, 1])
        #expect(shares(ofLogProbabilities: [-.infinity, -.infinity]) == [0.5, 0.5])
    }
}
