import Imaging
import Jobs
import PipelineSpec
import Records
import Sandbox
import Testing

@testable import OCR

@Suite struct TextLayerTests {
    private let output = """
        <doc>
          <page width="612.000000" height="792.000000">
            <flow>
              <block xMin="72.0" yMin="72.0" xMax="200.0" yMax="90.0">
                <line xMin="72.0" yMin="72.0" xMax="200.0" yMax="90.0">
                  <word xMin="72.0" yMin="72.0" xMax="120.0" yMax="90.0">Fish</word>
                  <word xMin="125.0" yMin="72.0" xMax="200.0" yMax="90.0">&amp;&#32;Chips&lt;/word&gt;</word>
                </line>
              </block>
              <block xMin="72.0" yMin="100.0" xMax="200.0" yMax="110.0">
                <line xMin="72.0" yMin="100.0" xMax="200.0" yMax="110.0">
                  <word xMin="72.0" yMin="100.0" xMax="nan" yMax="110.0">broken</word>
                  <word xMin="72.0" yMin="100.0" xMax="100.0" yMax="110.0">7.50</word>
                </line>
              </block>
            </flow>
          </page>
          <page width="300.000000" height="400.000000">
          </page>
        </doc>
        """

    @Test func `words keep their text, their line and their block`() throws {
        let pages = TextLayerParser.parse(Array(output.utf8))
        #expect(pages.count == 2)
        let page = try #require(pages.first)
        #expect(page.words.map(\.text) == ["Fish", "& Chips</word>", "7.50"])
        #expect(page.words.map(\.line) == [0, 0, 1])
        #expect(page.words.map(\.block) == [0, 0, 1])
        #expect(pages[1].words.isEmpty)
    }

    @Test func `points become pixels at the resolution`() throws {
        let page = try #require(TextLayerParser.parse(Array(output.utf8)).first)
        let text = page.pageText(number: 3, dotsPerInch: 300)
        #expect(text.number == 3)
        #expect(text.width == 2550)
        #expect(text.height == 3300)
        #expect(text.words[0].box == Box(x: 300, y: 300, width: 200, height: 75))
        #expect(text.source == .textLayer)
    }

    @Test func `an answer cut anywhere gives no more than what came`() {
        for length in stride(from: 0, to: output.utf8.count, by: 7) {
            let pages = TextLayerParser.parse(Array(output.utf8.prefix(length)))
            #expect(pages.count <= 2)
        }
    }

    private func page(_ texts: [String], height: Double = 12) -> TextLayerPage {
        TextLayerPage(
            width: 612,
            height: 792,
            words: texts.enumerated().map { index, text in
                let x = 50 + Double(index % 8) * 60
                let y = 50 + Double(index / 8) * 14
                return .init(
                    text: text,
                    left: x,
                    top: y,
                    right: x + 50,
                    bottom: y + height,
                    block: 0,
                    line: index / 8
                )
            }
        )
    }

    @Test func `a page of words is usable`() {
        #expect(TextLayerJudgement.of(page(Array(repeating: "invoice", count: 60))) == .usable)
    }

    @Test func `a heading alone is thin`() {
        #expect(TextLayerJudgement.of(page(["Scanned", "by", "copier"])) == .thin)
    }

    @Test(arguments: ["\u{1}\u{2}\u{3}", "\u{E001}\u{E002}", "\u{FFFD}\u{FFFD}"])
    func `characters that stand for nothing are not a text layer`(text: String) {
        let layer = page(Array(repeating: text, count: 60))
        #expect(TextLayerJudgement.of(layer) == .unusable(.meaningless))
    }

    @Test func `signs alone are not a text layer, and no words are none`() {
        let signs = page(Array(repeating: "....", count: 60))
        #expect(TextLayerJudgement.of(signs) == .unusable(.signs))
        #expect(TextLayerJudgement.of(page([])) == .absent)
    }

    @Test func `words heaped in one place are not a text layer`() {
        var heap = page(Array(repeating: "word", count: 60))
        for index in heap.words.indices {
            heap.words[index].left = 0
            heap.words[index].top = 0
        }
        #expect(TextLayerJudgement.of(heap) == .unusable(.heaped))
    }

    private let letter = """
        The rental contract for the flat in Mill Lane begins on the first of March and ends when one of both parties gives
        notice in writing. The rent is due on the third working day of each month and is paid to the account named below.
        """

    private func layer(_ text: String) -> TextLayerPage {
        page(text.split(whereSeparator: \.isWhitespace).map(String.init))
    }

    @Test(arguments: [1, -1, 2, -29])
    func `codes of a font taken for letters are doubted`(shift: Int) {
        let scalars = letter.unicodeScalars.map { scalar in
            scalar.properties.isAlphabetic
                ? Unicode.Scalar(UInt8(Int(scalar.value) + shift)) : scalar
        }
        let shifted = layer(String(String.UnicodeScalarView(scalars)))
        #expect(TextLayerJudgement.of(shifted) == .doubtful(.unlikelyLetters))
    }

    @Test func `words that mix alphabets are doubted`() {
        let mixed = letter.replacing("e", with: "\u{3B5}").replacing("n", with: "\u{43D}")
        #expect(TextLayerJudgement.of(layer(mixed)) == .doubtful(.mixedScripts))
    }

    @Test(
        arguments: [
            "Der Mietvertrag für die Wohnung im Mühlweg beginnt am ersten März und endet, wenn eine der Parteien kündigt.",
            "Le contrat de location prend effet le premier mars et prend fin lorsque l'une des parties donne congé par écrit.",
            "Umowa najmu mieszkania zaczyna się pierwszego marca i kończy się, gdy jedna ze stron wypowie ją na piśmie.",
            "Hợp đồng thuê nhà bắt đầu từ ngày một tháng ba và chấm dứt khi một trong hai bên thông báo bằng văn bản.",
            "Η σύμβαση μίσθωσης του διαμερίσματος αρχίζει την πρώτη Μαρτίου και λήγει με γραπτή ειδοποίηση.",
            "Договор аренды квартиры вступает в силу первого марта и заканчивается по письменному уведомлению.",
            "房屋 租赁 合同 自 三月 一日 起 生效 任何 一方 书面 通知 后 终止 租金 于 每月 第三个 工作日 支付",
            "1.234,56 98,00 7.010,20 12 4711 0,99 19% 7% 1.000,00 55,10 3 12,40 88,20 17,00 1,10 4,30",
        ]
    )
    func `no language and no table is doubted`(text: String) {
        let words = Array(repeating: text, count: 4).joined(separator: " ")
        #expect(TextLayerJudgement.of(layer(words)) == .usable)
    }

    @Test func `dots that lead to a page number are no reason to doubt`() {
        let entry = "Chapter " + String(repeating: ".", count: 60) + " 12 "
        #expect(TextLayerJudgement.of(layer(String(repeating: entry, count: 20))) == .usable)
    }

    @Test func `strips of a scan cover the page together, a logo does not`() {
        let thin = page(["Scanned"])
        let strip = PagePicture(page: 1, widthInPoints: 612, heightInPoints: 150)
        let logo = PagePicture(page: 1, widthInPoints: 100, heightInPoints: 80)
        #expect(thin.isMostlyCovered(by: [strip, strip, strip]))
        #expect(!thin.isMostlyCovered(by: [logo]))
    }
}

@Suite struct PDFFactsTests {
    @Test func `pages and sizes are read, turned pages turned`() throws {
        let facts = try #require(
            PDFFacts.parse(
                """
                Title:           Pages: 99
                Pages:           2
                Encrypted:       no
                Page    1 size:  612 x 792 pts (letter)
                Page    1 rot:   0
                Page    2 size:  612 x 792 pts (letter)
                Page    2 rot:   90
                """
            )
        )
        #expect(facts.pageCount == 2)
        #expect(facts.pageSizes[1] == .init(width: 612, height: 792))
        #expect(facts.pageSizes[2] == .init(width: 792, height: 612))
        #expect(PDFFacts.parse("Title: x") == nil)
    }

    @Test func `a password is told from damage`() {
        #expect(PDFFacts.refusal("Command Line Error: Incorrect password\n").reason == .encrypted)
        let damage = PDFFacts.refusal("Syntax Error: Couldn't read xref table\n")
        #expect(damage.reason == .corrupt)
        #expect(damage.detail.contains("xref"))
    }

    @Test func `pictures have the size that they have on the page`() {
        let pictures = PagePicture.parse(
            """
            page   num  type   width height color comp bpc  enc interp  object ID x-ppi y-ppi size ratio
            --------------------------------------------------------------------------------------------
               1     0 image    2550  3300  gray    1   8  jpeg   no         8  0   300   300  500K 6.1%
               1     1 smask    2550  3300  gray    1   8  image  no         9  0   300   300  500K 6.1%
               2     2 image     100   100  rgb     3   8  image  no   [inline]     100   100  100B 0.3%
            """
        )
        #expect(pictures.map(\.page) == [1, 2])
        #expect(pictures[0].widthInPoints == 612)
        #expect(pictures[1].heightInPoints == 72)
    }

    @Test func `a large page is drawn at a lower resolution`() {
        let a4 = PDFFacts.PageSize(width: 595, height: 842)
        #expect(PDFReader.resolution(for: a4, pixelLimit: 120_000_000) == 300)
        let plan = PDFFacts.PageSize(width: 2384, height: 3370)
        let resolution = PDFReader.resolution(for: plan, pixelLimit: 120_000_000)
        #expect((100..<300).contains(resolution))
        let pixels = plan.width * plan.height * Double(resolution * resolution) / (72 * 72)
        #expect(pixels <= Double(PDFReader.drawnPixels))
        #expect(PDFReader.resolution(for: nil, pixelLimit: 1) == 300)
    }

    @Test func `batches hold every page that is not stored, in order`() {
        #expect(PDFReader.batches(of: 120, without: []) == [1...50, 51...100, 101...120])
        #expect(PDFReader.batches(of: 60, without: Set(1...20)) == [21...60])
        #expect(PDFReader.batches(of: 3, without: [1, 2, 3]).isEmpty)
    }
}
