import Records
import Testing

@testable import Reporting

@Suite struct ComparisonTests {
    private func money(_ units: Int64, _ scale: Int) -> FieldContent {
        .money(Money(amount: DecimalNumber(units: units, scale: scale)))
    }

    @Test func `texts are compared by their letters and digits`() {
        let name = FieldContent.text("Mr. D.I.Y. (Kuchai) SDN BHD")
        #expect(TruthComparison.isRight(name, ["MR D I Y KUCHAI Sdn Bhd"]) == true)
        #expect(TruthComparison.isRight(name, ["MR D I Y Sdn Bhd"]) == false)
        #expect(TruthComparison.isRight(.text("ＡＢＣ"), ["abc"]) == true, "full width")
        #expect(TruthComparison.isRight(.text("Knackebrot"), ["Knäckebrot"]) == false)
    }

    @Test func `one of several spellings is enough, and none accepted makes any value wrong`() {
        #expect(TruthComparison.isRight(.text("aldi"), ["ALDI", "Aldi GmbH & Co. KG"]) == true)
        #expect(TruthComparison.isRight(.text("aldi"), []) == false)
    }

    @Test(arguments: [
        "1234.5", "1234.50", "1,234.50", "1.234,50", "1234,50", "RM 1,234.50", "1 234,50 €",
    ])
    func `an amount is the same however it is written`(text: String) {
        #expect(TruthComparison.isRight(money(123_450, 2), [text]) == true)
    }

    @Test func `amounts differ by sign and by a cent, and a word is no amount`() {
        #expect(TruthComparison.isRight(money(520, 2), ["-5.20"]) == false)
        #expect(TruthComparison.isRight(money(520, 2), ["5.21"]) == false)
        #expect(TruthComparison.isRight(money(520, 2), ["unknown"]) == nil)
        #expect(TruthComparison.isRight(money(1_234_000, 3), ["1,234"]) == true)
    }

    @Test func `days are compared as days, and only ISO days are clear enough`() throws {
        let day = try #require(CalendarDate(year: 2018, month: 5, day: 11))
        #expect(TruthComparison.isRight(.date(day), ["2018-05-11"]) == true)
        #expect(TruthComparison.isRight(.date(day), ["2018-11-05"]) == false)
        #expect(TruthComparison.isRight(.date(day), ["11/5/2018"]) == nil)
    }
}
