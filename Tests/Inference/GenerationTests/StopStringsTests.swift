import Generation
import Testing

@Suite struct StopStringsTests {
    private func run(_ stops: [String], _ pieces: [String]) -> (shown: [String], stopped: Bool) {
        var strings = StopStrings(stops)
        var shown: [String] = []
        for piece in pieces {
            let (text, isStopped) = strings.append(piece)
            shown.append(text)
            if isStopped { return (shown, true) }
        }
        return (shown + [strings.finish()], false)
    }

    @Test func `text without stop strings passes through piece by piece`() {
        #expect(run([], ["ab", "c"]).shown == ["ab", "c", ""])
        #expect(run([""], ["ab", "c"]).shown == ["ab", "c", ""])
    }

    @Test func `a stop string within a piece ends the text before it`() {
        let result = run(["END"], ["one ", "two END three"])
        #expect(result.shown == ["one ", "two "])
        #expect(result.stopped)
    }

    @Test func `a stop string across pieces is held back and never shown`() {
        let result = run(["\n\n"], ["line", "\n", "\nmore"])
        #expect(result.shown == ["line", "", ""])
        #expect(result.stopped)
    }

    @Test func `what was held back is shown when it turns out to be no stop string`() {
        let result = run(["STOP"], ["a ST", "O", "RM"])
        #expect(result.shown == ["a ", "", "STORM", ""])
        #expect(!result.stopped)
    }

    @Test func `what is held back at the end is shown`() {
        let result = run(["STOP"], ["a ST"])
        #expect(result.shown == ["a ", "ST"])
    }

    @Test func `a beginning inside a failed match is found`() {
        #expect(run(["aab"], ["aa", "ab", "x"]).shown.joined() == "a")
        #expect(run(["abab!"], ["ababab!"]).shown.joined() == "ab")
    }

    @Test func `of several stop strings the first to be complete counts, the longest of those`() {
        #expect(run(["xyz", "y"], ["wxyz"]).shown == ["wx"])
        #expect(run(["bc", "abc"], ["1abc"]).shown == ["1"])
    }

    @Test func `characters of several bytes are never cut`() {
        let result = run(["é!"], ["caf", "é", "?", "é", "!"])
        #expect(result.shown.joined() == "café?")
        #expect(result.stopped)
    }

    @Test func `a long text of near matches takes linear time`() {
        var strings = StopStrings([String(repeating: "a", count: 5000) + "b"])
        let clock = ContinuousClock()
        let seconds = clock.measure {
            for _ in 0..<200 { _ = strings.append(String(repeating: "a", count: 1000)) }
        }
        // A comparison from each place anew would take 10⁹ steps.
        #expect(seconds < .seconds(20))
        #expect(strings.finish().utf8.count == 5000)
    }
}
