import Records
import Testing

@Suite struct ValueTypeTests {
    @Test(arguments: [
        (Int64(0), 0, "0"), (5, 2, "0.05"), (-5, 2, "-0.05"), (2780, 2, "27.80"),
        (-123450, 2, "-1234.50"),
        (.min, 0, "-9223372036854775808"), (.min, 9, "-9223372036.854775808"),
        (7, 9, "0.000000007"),
    ])
    func `a decimal number is written with all its places`(units: Int64, scale: Int, text: String) {
        #expect(DecimalNumber(units: units, scale: scale).description == text)
    }

    @Test func `numbers are equal by value, hash alike and keep their places`() {
        let short = DecimalNumber(units: 15, scale: 1)
        let long = DecimalNumber(units: 150, scale: 2)
        #expect(short == long)
        #expect(Set([short, long]).count == 1)
        #expect(long.description == "1.50")
        #expect(DecimalNumber(units: 0, scale: 0) == DecimalNumber(units: 0, scale: 5))
    }

    @Test func `a tenth and two tenths are three tenths`() {
        let sum = DecimalNumber(units: 1, scale: 1).adding(DecimalNumber(units: 20, scale: 2))
        #expect(sum == DecimalNumber(units: 3, scale: 1))
    }

    @Test func `arithmetic beyond the range is nil, never a trap`() {
        let largest = DecimalNumber(units: .max, scale: 0)
        #expect(largest.adding(DecimalNumber(units: 1, scale: 0)) == nil)
        #expect(largest.adding(DecimalNumber(units: 1, scale: 2)) == nil)
        #expect(largest.multiplied(by: DecimalNumber(units: 2, scale: 0)) == nil)
        #expect(largest.rescaled(to: 2) == nil)
        #expect(DecimalNumber(units: 105, scale: 2).rescaled(to: 1) == nil)
        #expect(DecimalNumber(units: 110, scale: 2).rescaled(to: 1)?.units == 11)
    }

    @Test func `numbers of different places order by value`() {
        #expect(DecimalNumber(units: 199, scale: 2) < DecimalNumber(units: 2, scale: 0))
        #expect(DecimalNumber(units: -2, scale: 0) < DecimalNumber(units: -199, scale: 2))
        #expect(DecimalNumber(units: .max, scale: 9) < DecimalNumber(units: .max, scale: 0))
    }

    @Test(arguments: [
        (2024, 2, 29, true), (2023, 2, 29, false), (1900, 2, 29, false), (2000, 2, 29, true),
        (2025, 4, 31, false), (2025, 13, 1, false), (2025, 0, 1, false), (2025, 1, 0, false),
        (0, 1, 1, false), (10000, 1, 1, false),
    ])
    func `only days that the calendar has can be made`(
        year: Int,
        month: Int,
        day: Int,
        exists: Bool
    ) {
        #expect((CalendarDate(year: year, month: month, day: day) != nil) == exists)
    }

    @Test func `a date is written as ISO 8601 and ordered by time`() {
        let early = day(985, 1, 2)
        #expect(early.description == "0985-01-02")
        #expect(early < day(985, 1, 3))
        #expect(
            day(2024, 12, 31) < CalendarDate(
                year: 2025,
                month: 1,
                day: 1
            )!
        )
    }

    @Test(arguments: [
        (Int64(1234), 2, "EUR", Int64(1234)), (12, 0, "EUR", 1200), (1234, 0, "JPY", 1234),
        (1234, 3, "KWD", 1234), (125, 1, nil, 1250),
    ])
    func `minor units follow the currency's places`(
        units: Int64,
        scale: Int,
        currency: String?,
        minor: Int64
    ) {
        let money = Money(amount: DecimalNumber(units: units, scale: scale), currency: currency)
        #expect(money.minorUnits == minor)
    }

    @Test func `a fraction of a cent has no minor units`() {
        #expect(
            Money(amount: DecimalNumber(units: 1239, scale: 3), currency: "EUR").minorUnits == nil
        )
        #expect(
            Money(amount: DecimalNumber(units: 15, scale: 1), currency: "JPY").minorUnits == nil
        )
    }
}
