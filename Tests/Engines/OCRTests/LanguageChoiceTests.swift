import Jobs
import PipelineSpec
import Records
import Testing

@testable import OCR

/// Words of one line as a recogniser gives them, each ten pixels a letter wide.
private func reading(_ text: String, confidence: Double = 90) -> [RawWord] {
    var words: [RawWord] = []
    for (line, row) in text.split(separator: "\n").enumerated() {
        var x = 0
        for word in row.split(separator: " ") {
            let width = 20 * word.count
            words.append(
                RawWord(
                    text: String(word),
                    left: x,
                    top: 30 * line,
                    right: x + width,
                    bottom: 30 * line + 20,
                    confidence: confidence,
                    block: 0,
                    line: line
                )
            )
            x += width + 8
        }
    }
    return words
}

@Suite struct LanguageChoiceTests {
    private let all = LanguageChoice(names: ["eng", "deu", "fra", "spa", "nor", "chi_sim"])

    private func chosen(_ text: String, confidence: Double = 90) -> String {
        all.better(than: 0, for: reading(text, confidence: confidence)).map { all.names[$0] }
            ?? "eng"
    }

    // Read as English: without accents, or with what comes nearest.
    @Test(
        arguments: [
            (
                "deu",
                "Backerei Sonne\nBrotchen 0,80\nSumme EUR 2,40\nMwSt 7% 0,16\nVielen Dank fir Ihren Einkauf"
            ),
            (
                "fra",
                "Boulangerie du Lac\nPain 1,20\nTOTAL TTC 3,40\ndont TVA 0,18\nMerci de votre visite"
            ),
            (
                "spa",
                "Panaderia Sol\nPan 1,20\nIMPORTE TOTAL 3,40\nIVA incluido\nGracias por su visita"
            ),
            (
                "nor",
                "Bakeriet AS\nLoff 39,90\nSum 2 varer 79,80\nHerav mva 15%\nTakk for besoket, velkommen tilbake"
            ),
            (
                "eng",
                "The Sun Bakery\nBread 1.20\nTotal 3.40\nCash 5.00\nChange 1.60\nThank you, please come again"
            ),
        ]
    )
    func `a receipt's own words tell its language`(language: String, text: String) {
        #expect(chosen(text) == language)
    }

    @Test(
        arguments: [
            "", "12.50", "Cafe de la Paix\nTotal 12.50\nCash 20.00\nChange 7.50", "kr 35,00",
            "PAN 1.20",
            "Restaurant Zur Post\nTable 4\nSubtotal 20.00\nTax 1.60\nTotal 21.60",
        ]
    )
    func `little evidence stays with the first language`(text: String) {
        #expect(chosen(text) == "eng")
    }

    @Test func `words that are not sure are no evidence`() {
        let text = "Summe EUR 2,40\nVielen Dank fur Ihren Einkauf"
        #expect(chosen(text) == "deu")
        #expect(chosen(text, confidence: 40) == "eng")
    }

    @Test func `one word that is repeated is not many`() {
        #expect(chosen(Array(repeating: "Summe", count: 50).joined(separator: "\n")) == "eng")
    }

    @Test func `the first language is left from any other side too`() {
        let german = LanguageChoice(names: ["deu", "eng"])
        let english = reading("Thank you, please come again\nTotal 3.40\nCash 5.00\nChange 1.60")
        #expect(german.better(than: 0, for: english) == 1)
        #expect(german.better(than: 0, for: reading("Vielen Dank fur Ihren Einkauf")) == nil)
    }

    @Test func `two models in one entry have the words of both`() {
        let both = LanguageChoice(names: ["eng+deu", "fra"])
        #expect(
            both.better(than: 0, for: reading("Summe EUR\nVielen Dank fur Ihren Einkauf")) == nil
        )
        #expect(both.better(than: 0, for: reading("Merci de votre visite\ndont TVA du total")) == 1)
    }

    @Test func `a language alone is never left`() {
        let alone = LanguageChoice(names: ["eng"])
        #expect(alone.better(than: 0, for: reading("Vielen Dank fur Ihren Einkauf")) == nil)
        #expect(alone.otherScripts(than: 0, for: reading("BAMERWE", confidence: 10)).isEmpty)
    }

    @Test func `another script is tried where next to nothing was read surely`() {
        let junk = reading("BAMERWE BAD ARIS\nAHA 2025-05-18\nSER 12.80", confidence: 30)
        #expect(all.otherScripts(than: 0, for: junk) == [5])
        #expect(all.otherScripts(than: 0, for: reading("Sourdough loaf 4.20")).isEmpty)
        #expect(all.otherScripts(than: 0, for: reading("12.80 3.40 9.99", confidence: 30)).isEmpty)
        let latin = LanguageChoice(names: ["eng", "deu"])
        #expect(latin.otherScripts(than: 0, for: junk).isEmpty)
    }

    @Test func `a script is kept when most letters are of it and sure`() {
        #expect(all.isRead(in: 5, by: reading("青 禾 便 利 店\n合计 45.50")))
        #expect(!all.isRead(in: 5, by: reading("青 禾 便 利 店\n合计 45.50", confidence: 40)))
        #expect(!all.isRead(in: 5, by: reading("一 Sourdough loaf 丨 of bread")))
    }

    @Test func `every table of words holds words that can be found`() {
        for (language, _) in LanguageWords.table {
            let words = Language.words(of: language)
            #expect(words.count > 60)
            #expect(words.allSatisfy { $0.utf8.allSatisfy { (0x61...0x7A).contains($0) } })
        }
    }
}

@Suite struct EastAsianTextTests {
    private func joined(_ text: String) -> [String] {
        EastAsianText.joined(reading(text)).map(\.text)
    }

    @Test func `signs that stand beside each other are one word`() {
        #expect(joined("合 计 45.50") == ["合计", "45.50"])
        #expect(joined("微 信 支 付") == ["微信支付"])
        #expect(joined("东京 タ ワ ー") == ["东京タワー"])
    }

    @Test func `punctuation belongs to its text, Latin words and numbers stand alone`() {
        #expect(joined("每 一 个 手机 ， 邮件") == ["每一个手机，邮件"])
        #expect(joined("2 x 矿泉 水 6.00") == ["2", "x", "矿泉水", "6.00"])
        #expect(joined("Total 3.40 EUR") == ["Total", "3.40", "EUR"])
        #expect(joined("합계 금액") == ["합계", "금액"])
    }

    @Test func `columns and lines stay apart`() {
        var words = reading("数量 单价")
        words[1].left += 60
        words[1].right += 60
        #expect(EastAsianText.joined(words).map(\.text) == ["数量", "单价"])
        #expect(joined("合\n计") == ["合", "计"])
    }

    @Test func `box and confidence are those of all signs`() throws {
        var words = reading("便利 店")
        words[0].confidence = 90
        words[1].confidence = 60
        let word = try #require(EastAsianText.joined(words).first)
        #expect(word.left == words[0].left && word.right == words[1].right)
        #expect(word.confidence == 80)
    }

    @Test func `what the Chinese model reads for the sign of the yuan is one before amounts only`()
    {
        #expect(joined("合计 半 45.50") == ["合计", "¥", "45.50"])
        #expect(joined("合计 羊45.50") == ["合计", "¥45.50"])
        #expect(joined("半 价") == ["半价"])
        #expect(joined("羊 肉 45.50") == ["羊肉", "45.50"])
        #expect(joined("半 12") == ["半", "12"])
    }
}

/// Languages of whole pages, which poppler draws for the purpose: their text layer says nothing.
@Suite(
    .enabled(if: Docket.isBuilt, "needs the docket binary beside the tests"),
    .enabled(if: Docket.has("pdftotext"), "needs poppler-utils"),
    .serialized
)
struct PageLanguageTests {
    private let installed = LanguageModels.installed().languages

    private func printed(_ lines: [String]) -> DrawnPDF {
        DrawnPDF(lines: lines, size: 14, meaning: { 0xE000 + $0 })
    }

    private let german = [
        "Bäckerei Grünwald, Hauptstraße 7", "Brötchen 4 x 0,40   1,60", "Käsekuchen   2,80",
        "Summe EUR   4,40", "Rückgeld   0,60", "Vielen Dank für Ihren Einkauf!",
    ]
    private let english = [
        "The Green Bakery, 7 Main Street", "Rolls 4 x 0.40   1.60", "Cheese cake   2.80",
        "Total   4.40", "Change   0.60", "Thank you, please come again!",
    ]

    @Test func `each page is read in its language, whatever was read before`() async throws {
        try #require(Set(["deu", "fra"]).isSubset(of: installed))
        let engine = try ReadEngine.built()
        let step = ReadStep(languages: ["eng", "fra", "deu"], prepare: [])
        var languages: [String?] = []
        var texts: [String] = []
        for lines in [english, german, english, german] {
            let reading = try await engine.read(printed(lines), step: step)
            languages.append(reading.pages.first?.language)
            texts.append(reading.text)
        }
        let alone = try await engine.read(
            printed(german),
            step: ReadStep(languages: ["deu"], prepare: [])
        )
        await engine.shutdown()
        #expect(languages == ["eng", "deu", "eng", "deu"])
        #expect(texts[0] == texts[2] && texts[1] == texts[3])
        #expect(texts[1] == alone.text)
        #expect(texts[1].contains("für Ihren"))
    }

    @Test func `two models in one entry read together`() async throws {
        try #require(installed.contains("deu"))
        let engine = try ReadEngine.built()
        let step = ReadStep(languages: ["eng+deu"], prepare: [])
        let reading = try await engine.read(printed(german), step: step)
        await engine.shutdown()
        #expect(reading.pages.first?.language == "eng+deu")
        #expect(reading.text.contains("für Ihren"))
    }

    @Test func `a Chinese receipt is found among English ones and has no spaces between its signs`()
        async throws
    {
        try #require(installed.contains("chi_sim"))
        let engine = try ReadEngine.built()
        let step = ReadStep(languages: ["eng", "deu", "chi_sim"])
        let reading = try await engine.read(
            Docket.fixture("receipts/chinese.png"),
            as: .png,
            step: step
        )
        let receipt = try await engine.read(
            Docket.fixture("receipts/bakery.png"),
            as: .png,
            step: step
        )
        await engine.shutdown()
        #expect(reading.pages.first?.language == "chi_sim")
        #expect(reading.pages.first?.words.contains { $0.text == "合计" } == true)
        #expect(reading.text.contains("青禾便利店"))
        #expect(reading.text.contains("¥"))
        #expect(receipt.pages.first?.language == "eng")
    }
}
