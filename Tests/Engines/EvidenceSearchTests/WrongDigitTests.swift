import EvidenceSearch
import Records
import Testing

/// What is printed on a page that was read with certainty, with each of its digits in the place of every other.
@Suite struct WrongDigitTests {
    let search = EvidenceSearch(pages: [
        page([
            "CORNER SHOP", "Invoice 4711-0815", "Date 17.09.2024",
            "IBAN DE89 3704 0044 0532 0130 00",
            "Net   1.034,50", "Tax   196,56", "TOTAL   1.231,06",
        ])
    ])

    /// The text with one digit changed, every way.
    static func neighbours(of text: String) -> [String] {
        let signs = Array(text)
        return signs.indices.flatMap { place -> [String] in
            guard signs[place].isNumber else { return [] }
            return "0123456789".filter { $0 != signs[place] }.map { digit in
                var other = signs
                other[place] = digit
                return String(other)
            }
        }
    }

    @Test(arguments: ["1034.50", "196.56", "1231.06"])
    func `an amount is found, and none that differs in one digit`(amount: String) {
        #expect(search.find(money(amount), field: field("total", .money)) != nil)
        for other in Self.neighbours(of: amount) {
            #expect(search.find(money(other), field: field("total", .money)) == nil, "\(other)")
            #expect(search.find(.number(decimal(other)), field: field("n", .number)) == nil)
        }
    }

    @Test func `a day is found, and none that differs in one digit`() throws {
        let day = field("date", .date(order: nil))
        #expect(search.find(try date(2024, 9, 17), field: day) != nil)
        for other in Self.neighbours(of: "2024-09-17") {
            let parts = other.split(separator: "-").compactMap { Int($0) }
            guard let content = try? date(parts[0], parts[1], parts[2]) else { continue }
            #expect(search.find(content, field: day) == nil, "\(other)")
        }
    }

    @Test(arguments: ["4711-0815", "DE89370400440532013000"])
    func `a code is found, and none that differs in one digit`(code: String) {
        let number = field("invoice_number", .identifier)
        #expect(search.find(.identifier(code), field: number) != nil)
        for other in Self.neighbours(of: code) {
            #expect(search.find(.identifier(other), field: number) == nil, "\(other)")
        }
    }

    @Test func `a text with another digit is similar at most, and never a close match`() throws {
        for other in Self.neighbours(of: "Invoice 4711-0815") {
            let match = search.find(.text(other), field: field("note", .text))
            #expect((match?.similarity ?? 0) <= 0.75, "\(other)")
        }
    }
}
