import PipelineSpec
import Testing

@testable import OCR

@Suite struct ReadingStrategyTests {
    /// Lines of words, each read with one confidence.
    private func page(_ confidence: Double, lines: Int = 12) -> [RawWord] {
        (0..<lines).flatMap { line in
            ["wholemeal", "bread", "rolls", "fresh", "daily"].enumerated().map { column, text in
                RawWord(
                    text: text,
                    left: column * 100,
                    top: line * 30,
                    right: column * 100 + 90,
                    bottom: line * 30 + 20,
                    confidence: confidence,
                    block: 0,
                    line: line
                )
            }
        }
    }

    /// The looks that a strategy takes after the first, each giving the same words.
    private func looks(
        _ layout: ReadStep.Layout,
        _ steps: [ReadStep.Preparation] = ReadStep.Preparation.best,
        first: [RawWord],
        further: [RawWord]? = nil
    ) throws -> [Look] {
        var looks: [Look] = []
        _ = try ReadingStrategy(layout: layout, steps: steps).outcome(after: first) { look in
            looks.append(look)
            return further ?? first
        }
        return looks
    }

    @Test func `a page that reads surely is read once`() throws {
        #expect(try looks(.block, first: page(95)).isEmpty)
    }

    @Test func `a page of some doubt is read in another tone, of more doubt in a third`() throws {
        let twice = try looks(.block, first: page(85))
        #expect(twice.map(\.tone) == [.darkened])
        #expect(twice.allSatisfy { $0.segmentation == .block })
        let thrice = try looks(.block, first: page(60))
        #expect(thrice.map(\.tone) == [.darkened, .plain])
        #expect(Set(thrice.map(\.capitalHeight)).count == 2)
    }

    @Test(arguments: ReadStep.Layout.allCases)
    func `without reread there is one reading, if need be another for the layout`(
        layout: ReadStep.Layout
    ) throws {
        let taken = try looks(layout, ReadStep.Preparation.fast, first: page(60, lines: 3))
        #expect(taken.count <= (layout == .auto ? 1 : 0))
        #expect(taken.allSatisfy { $0.tone == .stretched })
    }

    @Test(arguments: ReadStep.Layout.allCases, [5.0, 30, 60, 80, 95])
    func `no page is read more than four times`(
        layout: ReadStep.Layout,
        confidence: Double
    ) throws {
        for lines in [1, 3, 12, 40] {
            let first = page(confidence, lines: lines)
            #expect(try looks(layout, first: first).count <= 3)
            #expect(try looks(layout, first: first, further: page(95, lines: lines)).count <= 3)
        }
    }

    @Test func `nothing read is not read again`() throws {
        #expect(try looks(.block, first: []).isEmpty)
        #expect(try looks(.sparse, first: []).isEmpty)
    }

    @Test func `scattered text is read with an eye for lines and for words`() throws {
        let strategy = ReadingStrategy(layout: .auto, steps: ReadStep.Preparation.best)
        var seen: [TesseractHandle.Segmentation] = []
        let outcome = try strategy.outcome(after: page(55, lines: 3)) { look in
            seen.append(look.segmentation)
            return page(85, lines: 3)
        }
        #expect(outcome.isScattered)
        #expect(seen == [.column, .sparse, .column])
    }

    @Test func `columns of words are read as a page, whose order no vote changes`() throws {
        let columns = (0..<20).flatMap { line in
            [0, 600].map { x in
                RawWord(
                    text: "the-quick-brown-fox",
                    left: x,
                    top: line * 30,
                    right: x + 400,
                    bottom: line * 30 + 20,
                    confidence: 80,
                    block: 0,
                    line: line
                )
            }
        }
        let taken = try looks(.auto, first: columns)
        #expect(taken.map(\.segmentation) == [.page, .page])
    }

    @Test func `what is not asked for is not done to the picture`() {
        let plain = ReadingStrategy(layout: .page, steps: []).firstLook
        #expect(plain.tone == .plain && plain.capitalHeight == nil)
        #expect(plain.second.capitalHeight == nil)
        let best = ReadingStrategy(layout: .block, steps: ReadStep.Preparation.best).firstLook
        #expect(best.tone == .stretched && best.capitalHeight == 20)
    }
}
