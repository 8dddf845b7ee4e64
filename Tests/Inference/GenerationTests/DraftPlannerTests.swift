import Testing
import Tokenization

@testable import Generation

/// When drafts are tried, in a world where passes take known times.
@Suite struct DraftPlannerTests {
    /// Decodes as the generator does: each token is a guess that is right or wrong.
    private struct World {
        let history = SpeculationHistory()
        /// What a pass of so many drafted tokens takes, as a multiple of one without.
        let cost: (Int) -> Double
        /// Whether the guess of a token of the answer is right.
        let isRight: (Int) -> Bool
        var evidence = SpeculationHistory.Evidence(isInDraft: true, length: 4)

        /// The time of an answer without drafts, as a multiple of the time with them.
        func gain(tokens: Int, passSeconds: Double = 0.02, answers: Int = 1) -> Double {
            var seconds = 0.0
            for _ in 0..<answers {
                var planner = DraftPlanner(history)
                // A row of many costs less than one of few.
                planner.prefilled(100, in: .seconds((cost(7) - cost(6)) * passSeconds * 50))
                var token = 0
                while token < tokens {
                    let drafts = min(DraftPlanner.mostDrafted, tokens - token - 1)
                    let proposal = DraftProposal(
                        tokens: Array(repeating: 1, count: drafts),
                        chances: Array(repeating: history.chance(evidence), count: drafts)
                    )
                    let drafted = planner.counts(for: [proposal])[0]
                    let time = passSeconds * (drafted == 0 ? 1 : cost(drafted))
                    seconds += time
                    planner.passed(in: .seconds(time), drafted: drafted, sequences: 1)
                    var accepted = 0
                    while accepted < drafted, isRight(token + accepted) { accepted += 1 }
                    planner.accepted(accepted, of: 1)
                    // Each token of the answer shows what the guess of it was worth.
                    for place in token...token + accepted where place < tokens {
                        history.observe(evidence, isRight: isRight(place))
                    }
                    token += accepted + 1
                }
            }
            return Double(tokens * answers) * passSeconds / seconds
        }
    }

    @Test(arguments: [20, 60, 300, 2000], [0.01, 0.05, 0.2, 0.5, 1])
    func `useless drafts cost less than 3 percent`(tokens: Int, row: Double) {
        let world = World(cost: { 1 + row * Double($0) }, isRight: { _ in false })
        #expect(world.gain(tokens: tokens) > 0.97)
    }

    @Test(arguments: [0.3, 1])
    func `drafts that are right too seldom cost less than 3 percent`(row: Double) {
        for period in 2...9 {
            let world = World(
                cost: { 1 + row * Double($0) },
                isRight: { $0.isMultiple(of: period) }
            )
            #expect(world.gain(tokens: 400) > 0.97)
        }
    }

    @Test func `a text that is quoted is decoded many tokens a pass`() {
        let world = World(cost: { 1 + 0.02 * Double($0) }, isRight: { _ in true })
        #expect(world.gain(tokens: 200) > 4)
        // Where a further row costs half a pass, two tokens still come for less than two.
        let dear = World(cost: { 1 + 0.5 * Double($0) }, isRight: { _ in true })
        #expect(dear.gain(tokens: 400) > 1.3)
    }

    @Test func `what pays from some token on is found out`() {
        let late = World(cost: { 1 + 0.05 * Double($0) }, isRight: { $0 > 300 })
        #expect(late.gain(tokens: 600) > 1.5)
        // The first pass with drafts is far dearer than those after it, whatever their number.
        let step = World(cost: { 1.5 + 0.01 * Double($0) }, isRight: { _ in true })
        #expect(step.gain(tokens: 400) > 2)
    }

    @Test func `a pass that was disturbed is not believed for long`() {
        var planner = DraftPlanner(SpeculationHistory())
        let history = SpeculationHistory()
        planner = DraftPlanner(history)
        for drafted in 1...7 { history.observe(cost: 20, drafted: drafted, sequences: 1) }
        let proposal = DraftProposal(
            tokens: Array(repeating: 1, count: 7),
            chances: Array(repeating: 0.95, count: 7)
        )
        var tried = 0
        for _ in 0..<4000 {
            let drafted = planner.counts(for: [proposal])[0]
            if drafted > 0 { tried += 1 }
            planner.passed(
                in: .milliseconds(drafted == 0 ? 20 : 21),
                drafted: drafted,
                sequences: 1
            )
            planner.accepted(drafted, of: 1)
        }
        #expect(tried > 1000)
    }

    @Test func `several sequences share the rows by what is likely`() {
        let history = SpeculationHistory()
        var planner = DraftPlanner(history)
        for _ in 0..<3 { planner.passed(in: .milliseconds(30), drafted: 0, sequences: 3) }
        for _ in 0..<200 { planner.passed(in: .milliseconds(30), drafted: 0, sequences: 3) }
        func proposal(_ chance: Double, _ count: Int) -> DraftProposal {
            DraftProposal(
                tokens: Array(repeating: 1, count: count),
                chances: Array(repeating: chance, count: count)
            )
        }
        let counts = planner.counts(for: [proposal(0.99, 7), proposal(0.01, 7), proposal(0.9, 2)])
        #expect(counts[0] == 7)
        #expect(counts[1] == 0)
        #expect(counts[2] == 2)
        // Sixteen rows at most.
        let many = planner.counts(for: Array(repeating: proposal(0.99, 7), count: 12))
        #expect(many.reduce(0, +) <= 7)
    }

    @Test func `certain tokens are fed whatever is known of times`() {
        var planner = DraftPlanner(SpeculationHistory())
        let proposal = DraftProposal(tokens: [1, 2, 3], chances: [1, 1, 0.9])
        #expect(planner.counts(for: [proposal]) == [2])
    }
}

@Suite struct DraftIndexTests {
    private func index(_ drafts: [[TokenID]], _ prompt: [TokenID], _ answer: [TokenID])
        -> DraftIndex
    {
        var index = DraftIndex(drafts: drafts, prompt: prompt)
        for token in answer { index.append(token) }
        return index
    }

    private func continuation(
        _ drafts: [[TokenID]],
        _ prompt: [TokenID],
        _ answer: [TokenID]
    ) -> [TokenID]? {
        let index = index(drafts, prompt, answer)
        return index.match().map { index.continuation(of: $0, atMost: 4) }
    }

    @Test func `the longest match goes on, of equals one in a draft`() {
        let prompt: [TokenID] = [1, 5, 6, 10, 11, 2, 4, 5, 6, 20, 21]
        #expect(continuation([], prompt, [9, 4, 5, 6]) == [20, 21, 9, 4])
        #expect(continuation([[8, 4, 5, 6, 30, 31]], prompt, [9, 4, 5, 6]) == [30, 31])
        #expect(continuation([], prompt, [9, 9]) == nil)
        #expect(continuation([[7, 7, 7]], [1], [3, 5]) == nil)
    }

    @Test func `a text does not go on into the next`() {
        #expect(continuation([[1, 2, 3], [4, 5]], [6], [2, 3]) == nil)
        #expect(continuation([[1, 2, 3, 8], [3, 8, 4, 5]], [6], [3, 8]) == [4, 5])
        #expect(continuation([[], [1, 2, 3]], [6], [1, 2]) == [3])
    }

    @Test func `a match at the answer's end goes on with itself`() {
        #expect(continuation([], [1], [7, 8, 7, 8]) == [7, 8, 7, 8])
        #expect(continuation([], [1], [7, 7, 7]) == [7, 7, 7, 7])
    }

    @Test func `the first token of an answer finds the beginning of a draft`() {
        #expect(continuation([[1, 2, 3, 4]], [6], [1]) == [2, 3, 4])
        // Far behind it one token alone says too little.
        #expect(continuation([Array(100..<200)], [6], [150]) == nil)
    }

    @Test func `texts of any kind are looked through in bounded time`() {
        // One token a hundred thousand times: each look-up compares some of the places only.
        let clock = ContinuousClock()
        let time = clock.measure {
            var drafter = Drafter(
                drafts: [Array(repeating: 5, count: 100_000)],
                prompt: Array(repeating: 5, count: 20_000),
                history: SpeculationHistory()
            )
            for place in 0..<2000 { drafter.append(place.isMultiple(of: 40) ? 6 : 5) }
        }
        #expect(time < .seconds(20))
    }
}
