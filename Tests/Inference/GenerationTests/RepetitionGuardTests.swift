import Generation
import Glibc
import Testing
import Tokenization

@Suite struct RepetitionGuardTests {
    /// The loop found and the tokens that it took.
    private func find(
        in tokens: some Sequence<TokenID>
    ) -> (loop: RepetitionGuard.Loop, at: Int)? {
        var watch = RepetitionGuard()
        var count = 0
        for token in tokens {
            count += 1
            if let loop = watch.append(token) { return (loop, count) }
        }
        return nil
    }

    /// Tokens without any repetition worth the name.
    private func prose(_ count: Int, seed: UInt64 = 1) -> [TokenID] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return TokenID((state >> 33) % 5000)
        }
    }

    @Test(arguments: [
        1, 2, 3, 5, 7, 16, 31, 32, 33, 50, 64, 65, 100, 127, 128, 129, 300, 1000, 2500,
    ])
    func `a loop of any period is found and its first round kept`(period: Int) throws {
        let start = prose(37)
        let round = (0..<period).map { TokenID(10000 + $0) }
        let rounds = max(4, 80 / period + 2)
        let tokens = start + (0..<rounds).flatMap { _ in round }
        let found = try #require(find(in: tokens))
        #expect(found.loop.period == period)
        #expect(found.loop.keptTokens == 37 + period)
        // Late by at most an eighth of the loop.
        let needed = 37 + period + max(64, 2 * period)
        #expect(found.at >= needed)
        #expect(found.at <= needed + max(8, needed / 8))
        #expect(found.loop.repeatedTokens == found.at - found.loop.keptTokens)
    }

    @Test func `a round that repeats parts of itself is found by its whole period`() throws {
        let (a, b) = (prose(70, seed: 2), prose(70, seed: 3))
        // Each half of the round occurs in it twice.
        let round = a + b + a + a + b + b
        let found = try #require(find(in: (0..<4).flatMap { _ in round }))
        #expect(found.loop.period == round.count)
    }

    @Test func `a loop right from the start is found`() throws {
        let found = try #require(find(in: [TokenID](repeating: 7, count: 200)))
        #expect(found.loop.period == 1)
        #expect(found.loop.keptTokens == 1)
        #expect(found.at <= 72)
    }

    @Test func `what people print is no loop`() {
        let dashes = [TokenID](repeating: 5, count: 40)
        let zeros = [TokenID](repeating: 6, count: 30)
        #expect(find(in: prose(50) + dashes + prose(20) + zeros + prose(9) + dashes) == nil)
        // An empty table: 10 rows of 6 cells.
        let emptyRow: [TokenID] = [1, 2, 2, 2, 2, 3]
        #expect(find(in: prose(30) + (0..<10).flatMap { _ in emptyRow } + prose(30)) == nil)
        // A long table whose rows differ by a number.
        let rows = (0..<400).flatMap { row -> [TokenID] in
            [1, 20, 21, 22, 2, TokenID(100 + row), 2, 9, 9, 3]
        }
        #expect(find(in: rows) == nil)
        // A passage said twice.
        let passage = prose(400, seed: 9)
        #expect(find(in: passage + passage + prose(50)) == nil)
    }

    @Test func `one difference in a round begins anew`() {
        let round = (0..<20).map { TokenID($0) }
        let tokens = (0..<30).flatMap { (index: Int) -> [TokenID] in
            index % 3 == 2 ? round.dropLast() + [TokenID(1000 + index)] : round
        }
        #expect(find(in: tokens) == nil)
    }

    @Test func `limits can be set`() throws {
        var watch = RepetitionGuard(RepetitionGuard.Limits(tokens: 8, periods: 3))
        var found: RepetitionGuard.Loop?
        for index in 0..<20 where found == nil { found = watch.append(TokenID(index % 2)) }
        #expect(found?.period == 2)
        #expect(found?.keptTokens == 2)
        #expect(found?.repeatedTokens == 8)
    }

    @Test func `a long answer costs hardly more for each token than a short one`() {
        // Rounds that nearly repeat are the hardest: a Fibonacci word has long repetitions everywhere, none thrice.
        var (a, b): ([TokenID], [TokenID]) = ([0], [0, 1])
        while b.count < 60000 { (a, b) = (b, b + a) }
        // A separator now and then keeps its cubes below the limits.
        let tokens = b.enumerated().flatMap { index, token in
            index % 60 == 59 ? [token, TokenID(index)] : [token]
        }
        // This thread's processor time, the least of three: other tests run meanwhile.
        func nanoseconds(_ count: Int) -> UInt64 {
            (0..<3).map { _ in
                let begin = threadNanoseconds()
                #expect(find(in: tokens.prefix(count)) == nil)
                return threadNanoseconds() - begin
            }.min() ?? 0
        }
        let short = nanoseconds(6000)
        let long = nanoseconds(60000)
        // Ten times the tokens: quadratic work would be a hundred times as long.
        #expect(long < short * 45)
    }
    /// Processor time that this thread has had.
    private func threadNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
