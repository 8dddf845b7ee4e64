import EvidenceSearch
import Records
import Testing

@Suite struct EvidenceSearchTests {
    let receipt = EvidenceSearch(pages: [
        page([
            "HOLLOW OAK BAKERY LTD.", "12 Mill Lane, Little", "Hampden HP16 9PQ", "",
            "Invoice INV-2025/0418", "Date: 3 Apr 2025 14:02", "", "Sourdough large   4.20",
            "Café crème   3.10", "Subtotal   7.30", "VAT 20%   1.46", "TOTAL   GBP 1.234,56",
        ])
    ])

    // MARK: Texts

    @Test(arguments: [
        ("HOLLOW OAK BAKERY LTD.", EvidenceMatch.Method.exact),
        ("Hollow Oak Bakery Ltd", .spelling),
        ("HollowOak Bakery", .spelling), ("Cafe creme", .spelling), ("Café crème", .exact),
        ("Little Hampden", .exact), ("12 Mill Lane, Little Hampden", .exact),
    ])
    func `a text is found in any case, spacing and accents, and over lines`(
        text: String,
        method: EvidenceMatch.Method
    ) throws {
        let match = try #require(receipt.find(.text(text), field: field("merchant", .text)))
        #expect(match.method == method)
        #expect(match.similarity == 1)
        #expect(match.places == 1)
    }

    @Test func `evidence has one place for each line, with the words as they were read`() throws {
        let match = try #require(
            receipt.find(.text("12 Mill Lane, Little Hampden"), field: field("address", .text))
        )
        #expect(match.evidence.map(\.words) == ["12 Mill Lane, Little", "Hampden"])
        #expect(match.evidence.map(\.box.y) == [30, 60])
        #expect(match.evidence.allSatisfy { $0.page == 1 })
    }

    @Test func `a word that a hyphen parts at a line's end is one word`() throws {
        let search = EvidenceSearch(pages: [page(["Bezahlt mit der Kunden-", "karte der Filiale"])])
        let match = try #require(search.find(.text("Kundenkarte"), field: field("paid", .text)))
        #expect(match.similarity == 1)
        #expect(match.evidence.count == 2)
    }

    @Test(arguments: [
        ("Sourdough", "S0URD0UGH"), ("Illinois", "I11inois"), ("Modern Barn", "Modem Bam"),
        ("clever close", "dever dose"), ("Sparkasse", "5parka55e"),
    ])
    func `letters that look alike are found with less similarity`(text: String, read: String) throws
    {
        let search = EvidenceSearch(pages: [page(["Welcome to", read, "Thank you"])])
        let match = try #require(search.find(.text(text), field: field("name", .text)))
        #expect(match.method == .shapes)
        #expect(match.similarity < 1 && match.similarity > 0.7)
        #expect(match.printed == read)
    }

    @Test func `a text of which a part is printed is judged by how much`() throws {
        let search = EvidenceSearch(pages: [page(["THE OLD MILL", "Fresh bread daily", "Oxford"])])
        let whole = try #require(search.find(.text("The Old Mill"), field: field("m", .text)))
        let most = try #require(search.find(.text("The Old Mill Inn"), field: field("m", .text)))
        #expect(most.method == .part)
        #expect(most.similarity < 0.9 && most.similarity > 0.6)
        #expect(whole.similarity > most.similarity)
        #expect(search.find(.text("The Bear Hotel Woodstock"), field: field("m", .text)) == nil)
    }

    @Test func `words that stand apart are found by their share`() throws {
        let search = EvidenceSearch(pages: [
            page(["BIG STORE   Tel 0123", "all for your home   Kuala", "MEGAMART   branch Lumpur"])
        ])
        let match = try #require(
            search.find(.text("Big Store Megamart Kuala Lumpur"), field: field("merchant", .text))
        )
        #expect(match.method == .part)
        #expect(match.similarity < 0.95)
    }

    @Test func `a short text is not found inside other words`() {
        #expect(receipt.find(.text("Low"), field: field("merchant", .text)) == nil)
        #expect(receipt.find(.text("oak"), field: field("merchant", .text)) != nil)
    }

    @Test func `a house number with another digit is not the same address`() throws {
        let same = try #require(receipt.find(.text("12 Mill Lane"), field: field("address", .text)))
        let other = try #require(
            receipt.find(.text("17 Mill Lane"), field: field("address", .text))
        )
        #expect(same.similarity == 1)
        #expect(other.similarity <= 0.75)
        #expect(other.method == .part)
    }

    @Test func `Chinese is found without spaces, over words and lines`() throws {
        let search = EvidenceSearch(pages: [page(["北京 饭店 有限", "公司 欢迎您", "合计 ￥38.50"])])
        let match = try #require(search.find(.text("北京饭店有限公司"), field: field("merchant", .text)))
        #expect(match.similarity == 1)
        #expect(match.evidence.count == 2)
        #expect(search.find(.text("上海酒楼"), field: field("merchant", .text)) == nil)
        #expect(search.find(.currency("CNY"), field: field("currency", .currency)) != nil)
    }

    // MARK: Numbers

    @Test(arguments: ["1234.56", "1234.560", "7.30", "4.2"])
    func `an amount is found by its value`(amount: String) throws {
        let match = try #require(receipt.find(money(amount), field: field("total", .money)))
        #expect(match.similarity == 1)
    }

    @Test(arguments: ["1234.57", "1234.5", "12345.6", "123456", "7.31", "73.0", "1.23"])
    func `an amount with another digit is not found`(amount: String) {
        #expect(receipt.find(money(amount), field: field("total", .money)) == nil)
    }

    @Test func `a digit may only differ where the reader was unsure and the shapes are alike`()
        throws
    {
        let lines = ["TOTAL 58.30", "CASH 60.00"]
        let unsure = EvidenceSearch(pages: [page(lines, unsure: ["58.30"])])
        let sure = EvidenceSearch(pages: [page(lines)])
        let total = field("total", .money)
        let match = try #require(unsure.find(money("53.30"), field: total))
        #expect(match.hasDoubtfulDigit)
        #expect(match.similarity < 0.8)
        #expect(sure.find(money("53.30"), field: total) == nil)
        #expect(unsure.find(money("52.30"), field: total) == nil)
        #expect(unsure.find(money("53.80"), field: total) == nil)
    }

    @Test(arguments: ["5O.l0", "S0.10", "50 .10", "50. 10"])
    func `letters and spaces in a number are seen through`(read: String) throws {
        let search = EvidenceSearch(pages: [page(["TOTAL " + read, "Thank you"])])
        let match = try #require(search.find(money("50.10"), field: field("total", .money)))
        #expect(match.method == .shapes)
    }

    @Test func `of several places the one beside the field's key word is taken`() throws {
        let search = EvidenceSearch(pages: [
            page(["Coffee 5.00", "Tea 5.00", "TOTAL 5.00", "CASH 5.00", "CHANGE 0.00"])
        ])
        let match = try #require(search.find(money("5.00"), field: field("total", .money)))
        #expect(match.places == 4)
        #expect(match.key?.printed == "TOTAL")
        #expect(match.key?.isOfField == true)
        #expect(match.evidence.first?.box.y == 60)
        let cash = try #require(search.find(money("5.00"), field: field("cash", .money)))
        #expect(cash.key?.printed == "CASH")
    }

    @Test func `an amount beside another field's key word says so`() throws {
        let search = EvidenceSearch(pages: [page(["SUBTOTAL 7.30", "TAX 1.46", "TOTAL 8.76"])])
        let match = try #require(search.find(money("7.30"), field: field("total", .money)))
        #expect(match.key?.isOfField == false)
    }

    // MARK: Days

    @Test(arguments: [
        "3 Apr 2025", "03.04.2025", "2025-04-03", "2025年4月3日", "April 3rd, 2025", "03/04/25",
    ])
    func `a day is found however it is written`(print: String) throws {
        let search = EvidenceSearch(pages: [page(["Date: " + print])])
        let match = try #require(
            search.find(try date(2025, 4, 3), field: field("date", .date(order: .dayFirst)))
        )
        #expect(match.similarity == 1)
        #expect(match.key?.isOfField == true)
        let other = try date(2025, 4, 8)
        #expect(search.find(other, field: field("date", .date(order: .dayFirst))) == nil)
    }

    @Test func `a day that can be read in two ways has both readings`() throws {
        let search = EvidenceSearch(pages: [page(["Date: 03/04/2025"])])
        let open = try #require(
            search.find(try date(2025, 4, 3), field: field("date", .date(order: nil)))
        )
        #expect(open.dayReadings.count == 2)
        let day = field("date", .date(order: .monthFirst))
        #expect(search.find(try date(2025, 4, 3), field: day) == nil)
        #expect(search.find(try date(2025, 3, 4), field: day)?.dayReadings == [])
    }

    // MARK: Codes and currencies

    @Test(arguments: ["INV-2025/0418", "inv 2025 0418", "INV20250418"])
    func `a code is found whatever its signs`(code: String) throws {
        let number = field("invoice_number", .identifier)
        let match = try #require(receipt.find(.identifier(code), field: number))
        #expect(match.similarity == 1)
        #expect(match.key?.isOfField == true)
    }

    @Test(arguments: ["INV-2025/0419", "INV-2025/041", "2025/04180", "NV-2025/0418X"])
    func `a code with another sign is not found`(code: String) {
        #expect(receipt.find(.identifier(code), field: field("invoice_number", .identifier)) == nil)
    }

    @Test func `a code in a bar code is found there`() throws {
        let symbol = Symbol(
            format: .ean13,
            text: "4006381333931",
            box: Box(x: 10, y: 10, width: 200, height: 60),
            confidence: 1
        )
        let search = EvidenceSearch(pages: [page(["Pencil HB"], symbols: [symbol])])
        let match = try #require(
            search.find(.identifier("4006381333931"), field: field("barcode", .identifier))
        )
        #expect(match.method == .symbol)
        #expect(match.evidence.first?.box == symbol.box)
    }

    @Test(arguments: [
        ("GBP", "TOTAL £7.30", true), ("GBP", "Total GBP 7.30", true),
        ("EUR", "Summe 7,30 €", true),
        ("EUR", "TOTAL £7.30", false), ("MYR", "RM53.30", true), ("CAD", "Total $7.30", true),
        ("CHF", "Total Fr. 12.-", true), ("NOK", "Sum kr 12,50", true), ("JPY", "Sum 12,50", false),
    ])
    func `a currency is found by its sign or code`(code: String, line: String, isFound: Bool) {
        let search = EvidenceSearch(pages: [page([line])])
        let match = search.find(.currency(code), field: field("currency", .currency))
        #expect((match != nil) == isFound)
    }

    // MARK: What a reader may do

    @Test func `nothing is found where nothing was read`() {
        let search = EvidenceSearch(pages: [])
        #expect(search.isEmpty)
        #expect(search.find(.text("anything"), field: field("merchant", .text)) == nil)
        #expect(search.find(money("1.00"), field: field("total", .money)) == nil)
    }

    @Test func `boxes and confidences beyond reason do no harm`() {
        let word = Word(
            text: "TOTAL",
            box: Box(x: .max, y: .min, width: .max, height: -5),
            confidence: .nan,
            block: -1,
            line: .max
        )
        var amount = word
        amount.text = "5.00"
        amount.confidence = .infinity
        let text = PageText(
            number: .max,
            width: 0,
            height: 0,
            words: [word, amount],
            source: .program
        )
        let search = EvidenceSearch(pages: [text])
        #expect(search.find(.text("Total"), field: field("merchant", .text)) != nil)
        #expect(search.find(money("5.00"), field: field("total", .money)) != nil)
    }

    @Test func `a value of hundreds of pages is found quickly, and so is one that is not there`() {
        let pages = (1...300).map { number in
            page(
                (0..<30).map { "Article \(number * 100 + $0) of the collection \($0).95" },
                number: number
            )
        }
        let search = EvidenceSearch(pages: pages)
        let clock = ContinuousClock()
        let time = clock.measure {
            for number in 0..<50 {
                let name = "Article \(15_000 + number % 30) of the collection"
                #expect(search.find(.text(name), field: field("name", .text)) != nil)
                _ = search.find(
                    .text("Nothing of the sort \(number) here"),
                    field: field("n", .text)
                )
            }
        }
        #expect(time < .seconds(60), "\(time)")
    }
}
