import FieldRules
import Records
import Testing

@Suite struct AmountTests {
    private let total = FieldDefinition(name: "total", type: .money)

    private func best(_ text: String, _ field: FieldDefinition? = nil) -> Candidate? {
        FieldFinder.candidates(for: field ?? total, in: Pages.text(text)).first
    }

    @Test(arguments: [
        ("Total 1.234,56", "1234.56"), ("Total 1,234.56", "1234.56"), ("Total 1'234.56", "1234.56"),
        ("Total 27,80", "27.80"), ("Total 12.-", "12.00"), ("Total 12,--", "12.00"),
        ("Total RM 53.30", "53.30"), ("Total RM53.30", "53.30"), ("Total $4.11", "4.11"),
        ("Total: 5,00 A", "5.00"), ("Total 5,00A", "5.00"), ("Total -5,00", "-5.00"),
        ("Total 5,00-", "-5.00"), ("Total ¥100", "100"), ("合计：¥100.00", "100.00"),
        ("Total EUR 1 234,56", "1234.56"), ("TOTAL:53.30", "53.30"), ("Total .70", "0.70"),
        ("Total 1.234.567,89 €", "1234567.89"), ("Total 66,49 EUR", "66.49"),
        ("Summe EUR 28,81", "28.81"), ("Zu zahlen EURO 18,01", "18.01"),
        ("Å betale kr 249,90", "249.90"), ("Net à payer 29.99", "29.99"),
        ("Importe total 12,50", "12.50"),
    ])
    func `an amount is read by its meaning, however it is printed`(line: String, value: String) {
        #expect(best("Shop\n\(line)")?.content.plain == value)
    }

    @Test func `the sign that yen and yuan share is told by the script of the page`() throws {
        let chinese = "青禾便利店\n日期 : 2025-05-18\n矿泉水 6.00\n合计 ¥ 45.50\n谢谢惠顾"
        let japanese = "青空ストア\n日付 2025-05-18\n合計 ¥ 45.50\nありがとうございます"
        guard case .money(let yuan)? = best(chinese)?.content,
            case .money(let yen)? = best(japanese)?.content
        else {
            Issue.record("no amount was found")
            return
        }
        #expect(yuan.currency == "CNY")
        #expect(yen.currency == "JPY")
    }

    @Test func `the printed text stays beside the value`() throws {
        let candidate = try #require(best("Shop\nTotal RM 1,053.30"))
        #expect(candidate.printed == "RM 1,053.30")
        #expect(
            candidate.content
                == .money(Money(amount: DecimalNumber(units: 105_330, scale: 2), currency: "MYR"))
        )
        #expect(candidate.evidence.first?.words == "RM 1,053.30")
    }

    @Test func `three digits behind a separator are decided by the other amounts`() {
        #expect(best("Coffee 3,50\nTotal 1.234,00\nNumber 1.234")?.content.plain == "1234.00")
        let weight = FieldDefinition(name: "weight", type: .number)
        #expect(best("Coffee 3.50\nMilk 2.20\nWeight 1.234", weight)?.content.plain == "1.234")
        #expect(best("Kaffee 3,50\nMilch 2,20\nWeight 1.234", weight)?.content.plain == "1234")
    }

    @Test func `an amount that the page cannot decide is less sure`() throws {
        let field = FieldDefinition(name: "weight", type: .number)
        let open = try #require(best("Weight 1.234", field))
        let certain = try #require(best("Weight 1.23", field))
        #expect(open.score < certain.score * 0.8)
    }

    @Test func `letters read for digits are repaired inside numbers only, and cost confidence`()
        throws
    {
        let repaired = try #require(best("Shop\nTotal 1O.5O"))
        let clean = try #require(best("Shop\nTotal 10.50"))
        #expect(repaired.content.plain == "10.50")
        #expect(repaired.printed == "1O.5O")
        #expect(repaired.score < clean.score)
        #expect(best("Shop\nTotal BOOS") == nil)
    }

    @Test(arguments: [
        "Total 10.07.13", "Total 192.168.1.1", "Total 03-7859", "Total 12:49",
        "Total 1234567890123456789012",
        "Total 12.5%", "Total 1,5 kg",
    ])
    func `days, codes, times, rates and weights are no amounts`(line: String) {
        #expect(best("Shop\n\(line)") == nil)
    }
}
