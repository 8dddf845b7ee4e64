import Testing

@testable import OCR

/// A word as a reading has it, twenty steps high.
private func word(
    _ text: String,
    x: Int,
    y: Int = 0,
    width: Int? = nil,
    confidence: Double = 80,
    line: Int = 0
) -> RawWord {
    RawWord(
        text: text,
        left: x,
        top: y,
        right: x + (width ?? text.count * 10),
        bottom: y + 20,
        confidence: confidence,
        block: 0,
        line: line
    )
}

extension [RawWord] {
    fileprivate var text: String {
        TextLine.lines(of: self).map { $0.words.map(\.text).joined(separator: " ") }
            .joined(separator: "\n")
    }
}

@Suite struct ReadingVoteTests {
    private func voted(_ readings: [RawWord]..., mayInsert: Bool = true) -> [RawWord] {
        ReadingVote.voted(readings, mayInsert: mayInsert)
    }

    @Test func `one reading stays as it is`() {
        let reading = [word("bread", x: 0), word("4.20", x: 100)]
        #expect(voted(reading) == reading)
        #expect(voted([], []) == [])
    }

    @Test func `the surer word wins in its place`() {
        let result = voted(
            [word("T0TAL", x: 0, confidence: 50), word("12.50", x: 100, confidence: 90)],
            [word("TOTAL", x: 1, confidence: 80), word("12.60", x: 101, confidence: 60)]
        )
        #expect(result.text == "TOTAL 12.50")
    }

    @Test func `two that agree outvote a surer third`() {
        let result = voted(
            [word("bread", x: 0, confidence: 62)],
            [word("broad", x: 0, confidence: 75)],
            [word("bread", x: 0, confidence: 60)]
        )
        #expect(result.text == "bread")
    }

    @Test func `agreement raises confidence, difference and silence lower it`() throws {
        let result = voted(
            [word("same", x: 0), word("here", x: 100), word("only", x: 200)],
            [word("same", x: 0), word("hare", x: 100, confidence: 20)]
        )
        let confidence = Dictionary(uniqueKeysWithValues: result.map { ($0.text, $0.confidence) })
        let same = try #require(confidence["same"])
        let here = try #require(confidence["here"])
        let only = try #require(confidence["only"])
        #expect(same > 80 && same <= 100)
        #expect(here < 80)
        #expect(only < here && only > 0)
    }

    @Test func `words that one reading divides are compared as a whole`() {
        let result = voted(
            [word("TOTAL:12.50", x: 0, width: 110, confidence: 40), word("EUR", x: 120)],
            [
                word("TOTAL:", x: 0, width: 60, confidence: 90),
                word("12.50", x: 65, width: 45, confidence: 90), word("EUR", x: 120),
            ]
        )
        #expect(result.text == "TOTAL: 12.50 EUR")
    }

    @Test func `a line that only the second reading has is put where it lies, if it is sure`() {
        let first = [word("above", x: 0, y: 0, line: 0), word("below", x: 0, y: 100, line: 1)]
        let second = [
            word("between", x: 0, y: 50, confidence: 80, line: 0),
            word("grain", x: 0, y: 150, confidence: 30, line: 1),
        ]
        #expect(voted(first, second).text == "above\nbetween\nbelow")
        #expect(voted(first, second, mayInsert: false).text == "above\nbelow")
        #expect(voted(first, second).map(\.line) == [0, 1, 2])
    }

    @Test func `the order of the first reading stays`() {
        let first = [
            word("right", x: 500, y: 0, line: 0), word("left", x: 0, y: 0, confidence: 20, line: 1),
        ]
        let second = [word("Left", x: 0, y: 0, line: 0), word("Right", x: 500, y: 0, line: 1)]
        #expect(voted(first, second, mayInsert: false).text.lowercased() == "right\nleft")
    }

    @Test func `words of neighbouring lines do not get into each other`() {
        // The boxes of a skewed page's lines overlap.
        let first = (0..<4).map { word("line\($0)", x: 0, y: $0 * 12, confidence: 70, line: $0) }
        let second = (0..<4).map { word("Line\($0)", x: 0, y: $0 * 12, confidence: 75, line: $0) }
        let text = voted(first, second).text
        #expect(text.lowercased() == "line0\nline1\nline2\nline3")
    }

    @Test func `a page of nothing but grain is not compared word by word`() {
        let grain = (0..<30_000).map { word(",", x: $0 % 200 * 10, y: $0 / 200 * 2, line: 0) }
        #expect(voted(grain, grain) == grain)
    }

    @Test func `an amount with the page's decimal sign is preferred`() {
        func page(_ last: String, _ confidence: Double) -> [RawWord] {
            ["4.20", "3.10", "7.30"].enumerated().map { word($1, x: 0, y: $0 * 40, line: $0) }
                + [word(last, x: 0, y: 200, confidence: confidence, line: 3)]
        }
        #expect(voted(page("10,00", 80), page("10.00", 70)).text.hasSuffix("10.00"))
        // Without a custom of the page the surer one stays.
        #expect(
            voted(
                [word("10,00", x: 0, confidence: 80)],
                [word("10.00", x: 0, confidence: 70)]
            ).text == "10,00"
        )
    }

    @Test func `a word that the page has elsewhere is preferred to one it has not`() {
        let elsewhere = word("59.90", x: 0, y: 100, confidence: 95, line: 1)
        let result = voted(
            [word("59.80", x: 0, confidence: 75), elsewhere],
            [word("59.90", x: 0, confidence: 68), elsewhere]
        )
        #expect(result.text == "59.90\n59.90")
    }
}

@Suite struct MarkFilterTests {
    @Test func `grain, rules and marks at the edges are left out`() {
        let words = [
            word("|", x: 0, y: 0, confidence: 30, line: 0),
            word("Bread", x: 50, y: 0, confidence: 90, line: 0),
            word("2", x: 150, y: 0, confidence: 40, line: 0),
            word("4.20", x: 200, y: 0, confidence: 90, line: 0),
            word("~.", x: 300, y: 0, confidence: 20, line: 0),
            word("-----~--=---", x: 0, y: 40, confidence: 60, line: 1),
            word("ewlk", x: 0, y: 80, confidence: 9, line: 2),
            word("TOTAL", x: 0, y: 120, confidence: 35, line: 3),
        ]
        #expect(MarkFilter.print(in: words).text == "Bread 2 4.20\nTOTAL")
    }

    @Test func `what is sure stays, however short`() {
        let words = [word("7", x: 0, confidence: 90), word("%", x: 20, confidence: 60)]
        #expect(MarkFilter.print(in: words) == words)
        #expect(MarkFilter.print(in: []) == [])
    }
}
