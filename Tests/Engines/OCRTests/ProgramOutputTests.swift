import Records
import Testing

@testable import OCR

@Suite struct ProgramOutputTests {
    private func parse(_ text: String) -> ProgramOutput {
        ProgramOutput.parse(Array(text.utf8), width: 1000, height: 500)
    }

    @Test func `hOCR gives words, boxes and confidence`() {
        let output = parse(
            """
            <?xml version="1.0"?>
            <div class='ocr_page' title='bbox 0 0 1000 500'>
             <div class='ocr_carea' title="bbox 10 10 300 60">
              <span class='ocr_line' title="bbox 10 10 300 30; baseline 0 0">
               <span class='ocrx_word' title='bbox 10 10 100 30; x_wconf 96'><strong>Caf&eacute;</strong></span>
               <span class='ocrx_word' title='bbox 110 10 300 30; x_wconf 41'>R&amp;B</span>
              </span>
              <span class='ocr_line' title="bbox 10 40 300 60">
               <span class='ocrx_word' title='bbox 10 40 100 60'>12.50</span>
               <span class='ocrx_word' title='bbox 10 40 100'>lost</span>
              </span>
             </div>
            </div>
            """
        )
        #expect(output.form == .hocr)
        #expect(output.words.map(\.text) == ["Caf&eacute;", "R&B", "12.50"])
        #expect(output.words.map(\.line) == [0, 0, 1])
        #expect(output.words.map(\.confidence) == [96, 41, 50])
        #expect(output.words[1].right == 300)
    }

    @Test func `TSV is understood by the names of its columns`() {
        let output = parse(
            """
            level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext
            1\t1\t0\t0\t0\t0\t0\t0\t1000\t500\t-1\t
            5\t1\t1\t1\t1\t1\t10\t20\t30\t12\t91.5\tTOTAL
            5\t1\t1\t1\t1\t2\t50\t20\t30\t12\t80\t9.99
            5\t1\t2\t1\t1\t1\t10\t60\t30\t12\t80\tThanks
            """
        )
        #expect(output.form == .tsv)
        #expect(output.words.map(\.text) == ["TOTAL", "9.99", "Thanks"])
        #expect(output.words.map(\.line) == [0, 0, 1])
        #expect(output.words.map(\.block) == [0, 0, 1])
        #expect(output.words[0].bottom == 32)
    }

    @Test func `plain text is spread over the page`() {
        let output = parse("one two\nthree\n")
        #expect(output.form == .text)
        #expect(output.words.map(\.text) == ["one", "two", "three"])
        #expect(output.words.map(\.line) == [0, 0, 1])
        #expect(output.words[2].top == 250)
        #expect(output.words.allSatisfy { $0.right <= 1000 && $0.bottom <= 500 })
    }

    @Test(arguments: ["", " \n", "<", "<html>", "left\ttop\twidth\theight\ttext\n1e99\t1\t1\t1\tx"])
    func `an answer without words is no failure`(text: String) {
        #expect(parse(text).words.isEmpty)
    }
}

@Suite struct PlainTextPageTests {
    @Test func `words lie in cells of a character`() throws {
        let page = PlainTextPage.page(of: "Milk  1.20\n\nTotal\t9\n")
        #expect(page.words.map(\.text) == ["Milk", "1.20", "Total", "9"])
        #expect(page.words[1].box == Box(x: 6, y: 0, width: 4, height: 1))
        #expect(page.words[3].box == Box(x: 8, y: 2, width: 1, height: 1))
        #expect(page.words.map(\.line) == [0, 0, 1, 1])
        #expect(page.words.map(\.block) == [0, 0, 1, 1])
        #expect(page.width == 10)
        #expect(page.height == 3)
    }

    private static let spellings: [[UInt8]] = {
        let utf8 = Array("Größe".utf8)
        let littleEndian = "Größe".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let bigEndian = "Größe".utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        let latin: [UInt8] = [0x47, 0x72, 0xF6, 0xDF, 0x65]
        return [
            utf8, [0xEF, 0xBB, 0xBF] + utf8, [0xFF, 0xFE] + littleEndian, [0xFE, 0xFF] + bigEndian,
            littleEndian, bigEndian, latin,
        ]
    }()

    @Test(arguments: spellings)
    func `text is decoded by its marks or by what it can be`(bytes: [UInt8]) {
        let page = PlainTextPage.page(from: bytes, byteCount: bytes.count)
        #expect(page?.words.map(\.text) == ["Größe"])
    }

    @Test func `a long file is cut short and says so`() throws {
        let line = Array("0123456789 é\n".utf8)
        let bytes = Array(repeating: line, count: PlainTextPage.byteLimit / line.count + 10)
            .flatMap(\.self)
        let page = try #require(PlainTextPage.page(from: bytes, byteCount: bytes.count))
        #expect(page.isCutShort)
        #expect(page.warnings.count == 1)
        #expect(!page.words.contains { $0.text.contains("\u{FFFD}") })
    }

    @Test func `white space is a blank page, zero bytes are no text`() {
        #expect(PlainTextPage.page(from: Array(" \n\n".utf8), byteCount: 3)?.isBlank == true)
        #expect(PlainTextPage.page(from: [UInt8](repeating: 0, count: 64), byteCount: 64) == nil)
    }
}
