import Jobs
import PipelineSpec
import Records
import Sandbox
import Testing

@testable import OCR

@Suite struct ReadingDecisionTests {
    private func word(
        _ text: String,
        x: Int = 0,
        y: Int = 0,
        width: Int? = nil,
        confidence: Double = 90,
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

    @Test func `only long and confident words are sure`() {
        let quality = ReadingQuality([
            word("TOTAL"), word("ab"), word("smudge", confidence: 40), word("总"), word("£12.50"),
        ])
        #expect(quality.sureCharacters == 5 + 1 + 4)
        #expect(quality.characters == 5 + 2 + 6 + 1 + 4)
    }

    @Test func `a page number is a clear word, a speck is not`() {
        #expect(ReadingQuality([word("42", confidence: 95)]).hasClearWord)
        #expect(ReadingQuality([word("七", confidence: 95)]).hasClearWord)
        #expect(!ReadingQuality([word("i", confidence: 99)]).hasClearWord)
        #expect(!ReadingQuality([word("..", confidence: 99)]).hasClearWord)
        #expect(!ReadingQuality([word("smudge", confidence: 70)]).hasClearWord)
    }

    @Test func `junk suggests a turned page, print does not`() {
        #expect(ReadingQuality([]).suggestsTurnedPage)
        let print = (0..<30).map { _ in word("receipt") }
        #expect(!ReadingQuality(print).suggestsTurnedPage)
        let junk = (0..<100).map { _ in word("xxxxxxxx", confidence: 20) }
        #expect(!ReadingQuality(print + junk).suggestsTurnedPage)
        #expect(ReadingQuality(Array(print.prefix(6)) + junk).suggestsTurnedPage)
    }

    @Test func `a label is read line by line where that is clearly surer`() {
        let block = ReadingQuality((0..<10).map { _ in word("label", confidence: 60) })
        let column = ReadingQuality((0..<8).map { _ in word("label", confidence: 80) })
        let few = ReadingQuality([word("label", confidence: 95)])
        let sure = ReadingQuality((0..<10).map { _ in word("label", confidence: 78) })
        #expect(block.suggestsScatteredText)
        #expect(column.isBetter(thanBlock: block))
        #expect(!few.isBetter(thanBlock: sure))
        #expect(!column.isBetter(thanBlock: sure))
        #expect(!ReadingQuality((0..<100).map { _ in word("receipt") }).suggestsScatteredText)
    }

    @Test func `two columns of words divide, a column of amounts does not`() {
        let columns = (0..<20).flatMap { line in
            [
                word("the quick brown fox", x: 0, y: line * 30, width: 400, line: line),
                word("jumps over a lazy dog", x: 500, y: line * 30, width: 400, line: line),
            ]
        }
        #expect(ColumnTest.dividedShare(of: columns) > 0.9)
        let receipt = (0..<20).flatMap { line in
            [
                word("wholemeal bread rolls", x: 0, y: line * 30, width: 400, line: line),
                word("1234567890123.50", x: 500, y: line * 30, width: 400, line: line),
            ]
        }
        #expect(ColumnTest.dividedShare(of: receipt) == 0)
        #expect(ColumnTest.dividedShare(of: []) == 0)
    }

    @Test func `a box comes back to where it was before scaling`() {
        var placement = Placement(width: 1000, height: 800)
        placement.scale = 2
        #expect(
            placement.box(left: 200, top: 100, right: 400, bottom: 140)
                == Box(x: 100, y: 50, width: 100, height: 20)
        )
    }

    @Test func `a box comes back to where it was before straightening`() {
        var placement = Placement(width: 1000, height: 1000)
        placement.radians = .pi / 2
        // A quarter turn clockwise takes the right middle to the lower middle.
        let box = placement.box(left: 490, top: 890, right: 510, bottom: 910)
        #expect(box == Box(x: 890, y: 490, width: 20, height: 20))
    }

    @Test func `no box leaves the page`() {
        let placement = Placement(width: 100, height: 50)
        #expect(
            placement.box(left: -1000, top: 40, right: 1000, bottom: 400)
                == Box(x: 0, y: 40, width: 100, height: 10)
        )
    }
}

@Suite struct AnswerCheckTests {
    private let limits = PageLimits(bytes: 1000, pixels: 1_000_000)

    private func page(_ words: [Word], width: Int = 100, height: Int = 100) -> ReadPage {
        ReadPage(
            width: width,
            height: height,
            words: words,
            isBlank: false,
            turnedBy: 0,
            warnings: [],
            isCutShort: false
        )
    }

    @Test func `what is out of bounds is brought back`() throws {
        let wild = Word(
            text: "a\u{1B}[31m\u{0}b",
            box: Box(x: -5, y: 90, width: .max, height: .max),
            confidence: .nan,
            block: -7,
            line: 99
        )
        let empty = Word(
            text: "\u{7}",
            box: Box(x: 0, y: 0, width: 1, height: 1),
            confidence: 2,
            block: 0,
            line: 0
        )
        let checked = try AnswerCheck.checked(page([wild, empty]), limits: limits)
        #expect(
            checked.words == [
                Word(
                    text: "a[31mb",
                    box: Box(x: 0, y: 90, width: 100, height: 10),
                    confidence: 0,
                    block: 0,
                    line: 0
                )
            ]
        )
    }

    @Test func `symbols are brought onto the page, and those that say nothing are dropped`() throws
    {
        func symbol(_ text: String, _ box: Box) -> Symbol {
            Symbol(format: .qrCode, text: text, box: box, confidence: 7)
        }
        var wild = page([])
        wild.symbols = [
            symbol("a\u{1B}\u{0}b\u{1D}c", Box(x: 90, y: -5, width: .max, height: .max)),
            symbol("\u{7}", Box(x: 0, y: 0, width: 1, height: 1)),
        ]
        wild.symbols += (0..<300).map { symbol("\($0)", Box(x: 0, y: 0, width: 1, height: 1)) }
        let checked = try AnswerCheck.checked(wild, limits: limits).symbols
        #expect(checked.count < 100)
        #expect(checked.first?.text == "ab\u{1D}c")
        #expect(checked.first?.box == Box(x: 90, y: 0, width: 10, height: 100))
        #expect(checked.first?.confidence == 1)
        wild.symbols = [symbol(String(repeating: "x", count: 1_000_000), wild.symbols[0].box)]
        let long = try AnswerCheck.checked(wild, limits: limits).symbols
        #expect(long.first?.text.utf8.count == AnswerCheck.symbolLength)
    }

    @Test(arguments: [(0, 10), (-1, -1), (10_000, 10_000), (Int.max, Int.max)])
    func `a page of impossible size is nonsense`(size: (Int, Int)) {
        #expect(throws: AnswerCheck.Nonsense.self) {
            try AnswerCheck.checked(page([], width: size.0, height: size.1), limits: limits)
        }
    }

    @Test func `a turn by any angle but a quarter is nonsense`() {
        var odd = page([])
        odd.turnedBy = 45
        #expect(throws: AnswerCheck.Nonsense.self) {
            try AnswerCheck.checked(odd, limits: limits)
        }
    }
}

@Suite struct ProcessEndTests {
    @Test(
        arguments: [
            (ProcessEnd.exited(86), FailureReason.outOfMemory), (.exited(1), .crashed),
            (.signalled(11), .crashed), (.signalled(24), .timeout), (.signalled(25), .tooLarge),
            (.signalled(31), .crashed), (.signalled(9), .crashed),
        ]
    )
    func `the end of a process has a reason`(end: ProcessEnd, reason: FailureReason) {
        let failure = JobFailure.ending(of: "the reader", end: end, cause: nil, errors: "")
        #expect(failure.reason == reason)
    }

    @Test func `who was ended for time is not called crashed`() {
        let late = JobFailure.ending(
            of: "pdftoppm",
            end: .signalled(9),
            cause: .timeout(milliseconds: 60_000),
            errors: ""
        )
        #expect(late == JobFailure(.timeout, "pdftoppm took longer than 60 s"))
        let still = JobFailure.ending(
            of: "the reader",
            end: .signalled(9),
            cause: .stalled(milliseconds: 1500),
            errors: ""
        )
        #expect(still == JobFailure(.stalled, "the reader made no progress for 1500 ms"))
    }

    @Test func `messages from outside are one plain line`() {
        #expect(PlainLine.of("a\u{1B}[2J\n\tb\u{202E}c") == "a [2J b c")
        #expect(PlainLine.of(String(repeating: "x", count: 5000)).count == 300)
    }
}

@Suite struct LanguageModelsTests {
    @Test func `a missing language names its package`() {
        let models = LanguageModels(folder: "/nowhere")
        #expect(
            throws: JobFailure(
                .missingEngine,
                "language 'chi_sim' is not installed; apt install tesseract-ocr-chi-sim"
            )
        ) {
            try models.require(["chi_sim"])
        }
    }

    @Test(arguments: ["../eng", "eng+", "", "a b", "eng+../deu"])
    func `a name that is no name is never looked up`(name: String) {
        #expect(throws: JobFailure.self) { try LanguageModels.installed().require([name]) }
    }

    @Test func `English is installed and has a digest that stays`() throws {
        let models = LanguageModels.installed()
        #expect(models.languages.contains("eng"))
        #expect(!models.languages.contains("osd"))
        let digest = models.digest(of: ["eng"])
        #expect(digest == models.digest(of: ["eng"]))
        #expect(digest.count == "eng@".count + 8)
        #expect(LanguageModels(folder: "/nowhere").digest(of: ["eng"]) == "eng@missing")
    }
}
