import Foundation
import Jobs
import PipelineSpec
import Records
import Testing

@testable import OCR

/// Text layers of whole PDFs, good and bad.
@Suite(
    .enabled(if: Docket.isBuilt, "needs the docket binary beside the tests"),
    .enabled(if: Docket.has("pdftotext"), "needs poppler-utils"),
    .serialized
)
struct PDFTextLayerTests {
    private let letter = [
        "The rental contract for the flat in Mill Lane begins on the first of",
        "March and ends when one of both parties gives notice in writing. The",
        "rent is due on the third working day of each month and is paid to the",
        "account named below. Heating, water and the cleaning of the stairs are",
        "paid for in advance and settled once a year. Pets need the consent of",
        "the landlord, which is not refused without reason.",
    ]

    private func read(_ pdf: DrawnPDF) async throws -> PageText {
        let engine = try ReadEngine.built()
        let reading = try await engine.read(pdf, step: ReadStep(prepare: [.orient]))
        await engine.shutdown()
        return try #require(reading.pages.first)
    }

    @Test func `codes taken for letters are read from the print, and the page says why`()
        async throws
    {
        let page = try await read(DrawnPDF(lines: letter, meaning: { $0 + 1 }))
        #expect(page.source == .tesseract)
        #expect(page.text.contains("rental contract"))
        #expect(page.warnings.contains { $0.contains("its letters make no words") })
    }

    @Test func `characters without a meaning are read from the print`() async throws {
        let page = try await read(DrawnPDF(lines: letter, meaning: { 0xE000 + $0 }))
        #expect(page.text.contains("rental contract"))
        #expect(page.warnings.contains { $0.contains("its characters stand for nothing") })
    }

    @Test func `odd words that are printed so are kept`() async throws {
        let codes = Array(repeating: "XKZ PWM LCD QVGA HDMI DVB FPGA JTAG BGA SMD PCB", count: 4)
        let page = try await read(DrawnPDF(lines: codes, size: 14))
        #expect(page.source == .textLayer)
        #expect(page.warnings.isEmpty)
    }

    @Test func `letters of another alphabet are a good layer`() async throws {
        let greek = try await read(
            DrawnPDF(
                lines: letter,
                meaning: { (0x61...0x79).contains($0) ? 0x3B1 + $0 - 0x61 : $0 }
            )
        )
        #expect(greek.source == .textLayer)
    }

    private func scan() throws -> (jpeg: Data, width: Int, height: Int) {
        let path = Docket.fixture("receipts/hardware.jpg")
        let jpeg = try Data(contentsOf: URL(fileURLWithPath: path))
        // Height and width stand five bytes into the frame header.
        let frame = try #require(jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
        func number(at place: Int) -> Int { Int(jpeg[place]) << 8 | Int(jpeg[place + 1]) }
        return (jpeg, number(at: frame + 7), number(at: frame + 5))
    }

    @Test func `a heading over a scan does not stand for it`() async throws {
        let pdf = DrawnPDF(
            lines: ["Scanned on 3 May 2026"],
            x: 20,
            y: 828,
            size: 8,
            picture: try scan()
        )
        let page = try await read(pdf)
        #expect(page.source == .tesseract)
        #expect(page.text.localizedCaseInsensitiveContains("total"))
        #expect(page.warnings.contains { $0.contains("covers only part of the print") })
    }

    @Test func `invisible words beside the print do not stand for it`() async throws {
        // The lower half of the page is bare, and full of words that nobody sees.
        var pdf = DrawnPDF(lines: letter + letter + letter, y: 400, isInvisible: true)
        pdf.picture = try scan()
        let page = try await read(pdf)
        #expect(page.source == .tesseract)
        #expect(!page.text.contains("rental"))
        #expect(page.warnings.count == 1)
    }

    @Test(arguments: [0, 90, 180, 270])
    func `a page that the PDF turns has its words upright and in place`(rotation: Int) async throws
    {
        let page = try await read(DrawnPDF(lines: letter, rotation: rotation))
        #expect(page.source == .textLayer)
        #expect(page.turnedBy == (360 - rotation) % 360)
        #expect(page.width == 2480 && page.height == 3509)
        let word = try #require(page.words.first)
        #expect(word.text == "The")
        // 72 points from the left, 760 from below.
        #expect(abs(word.box.x - 300) <= 2)
        #expect(abs(word.box.maxY - 342) <= 20)
        #expect(word.box.width > word.box.height)
    }
}

@Suite struct TextLayerPlacingTests {
    private func page(_ places: [(String, Double, Double)]) -> TextLayerPage {
        TextLayerPage(
            width: 600,
            height: 800,
            words: places.map { text, x, y in
                .init(text: text, left: x, top: y, right: x + 10, bottom: y + 20, block: 0, line: 0)
            }
        )
    }

    @Test func `words that go down lie on their right side`() {
        let page = page([
            ("one", 500, 10), ("two", 500, 40), ("three", 500, 70), ("four", 500, 100),
        ])
        #expect(page.turnsToUpright == 3)
        let turned = page.turned(by: 3)
        #expect(turned.width == 800 && turned.height == 600)
        #expect(turned.words[0].left == 10 && turned.words[0].top == 90)
    }

    @Test func `Hebrew from right to left and Chinese from top to bottom are upright`() {
        let hebrew = page([
            ("שלום", 500, 10), ("לכם", 400, 10), ("היום", 300, 10), ("כאן", 200, 10),
        ])
        let chinese = page([("合计", 500, 10), ("金额", 500, 40), ("日期", 500, 70), ("单号", 500, 100)])
        #expect(hebrew.turnsToUpright == 0)
        #expect(chinese.turnsToUpright == 0)
    }

    @Test func `turning four times changes nothing`() {
        let first = page([("one", 20, 30), ("two", 50, 30)])
        #expect(first.turned(by: 1).turned(by: 1).turned(by: 2) == first)
        #expect(first.turned(by: 3).turned(by: 1) == first)
    }
}

@Suite struct TextLayerComparisonTests {
    private func page(_ words: [(String, Int)], width: Int = 1000) -> PageText {
        PageText(
            number: 1,
            width: width,
            height: width,
            words: words.map { text, y in
                Word(
                    text: text,
                    box: Box(
                        x: width / 10,
                        y: y * width / 1000,
                        width: width / 10,
                        height: width / 50
                    ),
                    confidence: 0.95,
                    block: 0,
                    line: y
                )
            },
            source: .tesseract
        )
    }

    @Test func `a layer that the print repeats is borne out, one that it does not is not`() {
        let layer = page([("XKZ-1120", 100), ("PWM", 200), ("QVGA", 300)])
        let same = page([("XKZ-1120", 100), ("PWM", 200), ("QVCA", 300)], width: 3000)
        let other = page([("Rental", 100), ("contract", 200), ("QVGA", 300)], width: 3000)
        let right = TextLayerComparison(layer: layer, reading: same)
        let wrong = TextLayerComparison(layer: layer, reading: other)
        #expect(right.bearsOut(against: .unlikelyLetters))
        #expect(!wrong.bearsOut(against: .unlikelyLetters))
        #expect(!right.bearsOut(against: .besideThePrint))
    }

    @Test func `print without words decides only when it can be read`() {
        let layer = page([("Letter", 100), ("Page", 200)])
        let photo = page([("Letter", 100), ("Page", 200)])
        let scan = page([("Letter", 100), ("Page", 200), ("contract", 500), ("landlord", 700)])
        #expect(
            TextLayerComparison(layer: layer, reading: photo).bearsOut(against: .partOfThePage)
        )
        #expect(
            !TextLayerComparison(layer: layer, reading: scan).bearsOut(against: .partOfThePage)
        )
    }
}
