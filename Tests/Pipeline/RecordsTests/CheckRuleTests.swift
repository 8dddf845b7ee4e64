import Records
import Testing

@Suite struct CheckRuleTests {
    static let record: [FieldDefinition] = [
        FieldDefinition(name: "merchant", type: .text),
        FieldDefinition(name: "date", type: .date(order: nil)),
        FieldDefinition(name: "due_date", type: .date(order: nil)),
        FieldDefinition(name: "total", type: .money),
        FieldDefinition(name: "net", type: .money),
        FieldDefinition(name: "tax", type: .money),
        FieldDefinition(name: "sum", type: .money),
        FieldDefinition(name: "count", type: .number),
        FieldDefinition(
            name: "items",
            type: .list([
                ListColumn(name: "name", type: .text), ListColumn(name: "price", type: .money),
            ])
        ),
    ]
    let today = day(2025, 3, 31)

    func outcome(_ rule: String, _ values: [String: FieldContent]) throws -> CheckResult {
        try CheckRule(rule, record: Self.record).evaluate(values: values, today: today)
    }

    func money(_ units: Int64, _ scale: Int = 2, _ currency: String? = nil) -> FieldContent {
        .money(Money(amount: DecimalNumber(units: units, scale: scale), currency: currency))
    }

    func date(_ year: Int, _ month: Int, _ dayOfMonth: Int) -> FieldContent {
        .date(day(year, month, dayOfMonth))
    }

    @Test
    func
        `a total that is the sum of its items passes, and one that is not fails with both numbers`()
        throws
    {
        let items: FieldContent = .list([["price": money(1000)], ["price": money(240)]])
        #expect(
            try outcome("total is sum of items.price", ["total": money(1240), "items": items])
                .outcome
                == .passed
        )
        let wrong = try outcome(
            "total is the sum of items.price",
            ["total": money(1290), "items": items]
        )
        #expect(wrong.outcome == .failed)
        #expect(wrong.detail == "total is 12.90, items.price sum to 12.40")
        #expect(wrong.rule == "total is the sum of items.price")
    }

    @Test(arguments: [
        ("net + tax = total", true), ("total - tax = net", true), ("total = net", false),
        ("-tax + total is net", true), ("net <= total", true), ("total <= net", false),
        ("total is at least 0", true), ("total is at most 0", false),
        ("total is above 11.89", true),
        ("total > 11.90", false), ("total < 11.90", false), ("total is below 11.91", true),
        ("total>=11.90", true), ("sum = 5", true), ("count = 3.0", true), ("count = 3.001", false),
    ])
    func `sums and relations hold by value`(rule: String, holds: Bool) throws {
        let values: [String: FieldContent] = [
            "net": money(1000), "tax": money(190), "total": money(119, 1), "sum": money(5, 0),
            "count": .number(DecimalNumber(units: 3, scale: 0)),
        ]
        #expect(try outcome(rule, values).outcome == (holds ? .passed : .failed))
    }

    @Test(arguments: [
        (Int64(11904), 3, "EUR", true), (11905, 3, "EUR", true), (11906, 3, "EUR", false),
        (1191, 2, "EUR", false), (1191, 2, "JPY", true), (11901, 3, "KWD", false),
    ])
    func `amounts are equal within half a minor unit of their currency`(
        units: Int64,
        scale: Int,
        currency: String,
        isEqual: Bool
    ) throws {
        let result = try outcome(
            "total = net",
            ["total": money(units, scale, currency), "net": money(1190)]
        )
        #expect(result.outcome == (isEqual ? .passed : .failed))
    }

    @Test func `tenths add up exactly`() throws {
        let rows = (0..<10).map { _ in ["price": money(1, 1)] }
        #expect(
            try outcome("total = sum of items.price", ["total": money(1, 0), "items": .list(rows)])
                .outcome == .passed
        )
    }

    @Test(arguments: [
        "net + tax = total", "total is sum of items.price", "date is not in the future",
    ])
    func `a rule that lacks a value is not applicable and says which`(rule: String) throws {
        let result = try outcome(rule, ["net": money(1), "tax": money(1), "items": .list([])])
        #expect(result.outcome == .notApplicable)
        #expect(result.detail.hasSuffix("has no value"))
    }

    @Test func `a row without a price makes the sum not applicable`() throws {
        let items: FieldContent = .list([["price": money(1)], ["name": .text("bag")]])
        let result = try outcome(
            "total is sum of items.price",
            ["total": money(1), "items": items]
        )
        #expect(result.outcome == .notApplicable)
        #expect(result.detail == "items.price of row 2 has no value")
    }

    @Test func `amounts of two currencies fail rather than compare`() throws {
        let result = try outcome(
            "total = net",
            ["total": money(100, 2, "USD"), "net": money(100, 2, "EUR")]
        )
        #expect(result.outcome == .failed)
        #expect(result.detail == "amounts in EUR and USD do not compare")
    }

    @Test func `a sum beyond the range fails rather than traps`() throws {
        let result = try outcome(
            "net + tax = total",
            ["net": money(.max), "tax": money(.max), "total": money(1)]
        )
        #expect(result.outcome == .failed)
    }

    @Test func `today is not the future, tomorrow is`() throws {
        #expect(
            try outcome("date is not in the future", ["date": date(2025, 3, 31)]).outcome == .passed
        )
        let tomorrow = try outcome("date is not in the future", ["date": date(2025, 4, 1)])
        #expect(tomorrow.outcome == .failed)
        #expect(tomorrow.detail == "date is 2025-04-01, today is 2025-03-31")
    }

    @Test func `dates compare with dates`() throws {
        let values = ["date": date(2025, 3, 1), "due_date": date(2025, 2, 1)]
        #expect(try outcome("date <= due_date", values).outcome == .failed)
        #expect(try outcome("due_date is below date", values).outcome == .passed)
    }

    @Test(arguments: [
        ("", 0), ("total", 5), ("total is", 8), ("totl = 5", 0), ("total = nett", 8),
        ("total = items.price", 8), ("total = sum of items.cost", 21), ("total = sum of net", 15),
        ("total = sum of items.name", 21), ("total = merchant", 8), ("total = date", 8),
        ("date = 5", 0), ("total is not in the future", 0), ("date is not in the past", 15),
        ("total == 5", 7), ("total * = 5", 8), ("total = 5 5", 10), ("total = 1.2.3", 8),
        ("total = 5.", 8), ("date + total = 5", 0), ("total = 12345678901234567890", 8),
        ("total ≤ 5", 6), ("= 5", 0), ("total = sum of items", 20), ("date - due_date = 0", 0),
    ])
    func `a wrong rule says where it goes wrong`(rule: String, offset: Int) {
        #expect(throws: CheckRuleFault.self) { try CheckRule(rule, record: Self.record) }
        do throws(CheckRuleFault) {
            _ = try CheckRule(rule, record: Self.record)
        } catch {
            #expect(error.offset == offset, "\(error)")
        }
    }
}
