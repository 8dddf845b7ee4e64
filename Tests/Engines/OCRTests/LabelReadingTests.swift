import Imaging
import Records
import Testing

@testable import OCR

@Suite struct LetterChainTests {
    /// Marks in a row: left edge, upper edge, width, height.
    private func marks(_ boxes: [(Int, Int, Int, Int)]) -> [InkMark] {
        boxes.map { InkMark(left: $0.0, top: $0.1, right: $0.0 + $0.2, bottom: $0.1 + $0.3) }
            .sorted { $0.left < $1.left }
    }

    private func chains(_ boxes: [(Int, Int, Int, Int)]) -> [LetterChain] {
        LetterChain.chains(of: marks(boxes), width: 1000, height: 800, isInverted: false)
    }

    @Test func `letters of one line are chained, another line and a frame are not`() throws {
        let line = (0..<6).map { (100 + 24 * $0, 100, 18, 30) }
        let below = (0..<4).map { (100 + 24 * $0, 160, 18, 30) }
        let found = chains(line + below + [(80, 80, 900, 500)]).filter(\.isLine)
        #expect(found.map(\.marks.count).sorted() == [4, 6])
    }

    @Test func `a leaning line is followed and its lean is known`() throws {
        let found = chains((0..<8).map { (100 + 24 * $0, 100 + 3 * $0, 18, 30) })
        let chain = try #require(found.first)
        #expect(found.count == 1)
        #expect(abs(chain.slope - 0.125) < 0.01)
    }

    @Test func `raised decimals are told from the whole`() throws {
        let chain = LetterChain(
            marks: marks([
                (100, 100, 40, 80), (150, 100, 40, 80), (200, 100, 24, 46), (230, 100, 24, 46),
            ]),
            isInverted: false
        )
        let parts = try #require(chain.raisedParts)
        #expect(parts.tall.right == 190)
        #expect(parts.small.left == 200)
        let level = LetterChain(
            marks: marks((0..<4).map { (100 + 50 * $0, 100, 40, 80) }),
            isInverted: false
        )
        #expect(level.raisedParts == nil)
    }

    @Test
    func `small digits at the upper right of large ones make a price, at the lower right not`() {
        let whole = [(100, 100, 40, 80), (150, 100, 40, 80)]
        let upper = [(196, 102, 16, 30), (216, 102, 16, 30)]
        let lower = upper.map { ($0.0, 150, $0.2, $0.3) }
        #expect(RaisedPrice.pairs(among: chains(whole + upper)).count == 1)
        #expect(RaisedPrice.pairs(among: chains(whole + lower)).isEmpty)
    }
}

@Suite struct LabelLineTests {
    private func line(_ text: String, x: Int, confidence: Double) -> LabelLine {
        LabelLine([
            Word(
                text: text,
                box: Box(x: x, y: 10, width: 100, height: 20),
                confidence: confidence,
                block: 0,
                line: 0
            )
        ])
    }

    @Test func `of readings of one place the surest stays, other places stay too`() {
        let best = LabelLine.best(of: [
            line("BISCVITS", x: 0, confidence: 0.5), line("BISCUITS", x: 2, confidence: 0.9),
            line("PEAS", x: 300, confidence: 0.8),
        ])
        #expect(Set(best.map { $0.words[0].text }) == ["BISCUITS", "PEAS"])
    }

    @Test func `a few letters that nobody is sure of are no print`() {
        #expect(!line("wy", x: 0, confidence: 0.9).isPrint)
        #expect(!line("BISCUITS", x: 0, confidence: 0.5).isPrint)
        #expect(line("BISCUITS", x: 0, confidence: 0.7).isPrint)
        #expect(line("90", x: 0, confidence: 0.9).isPrint)
    }
}
