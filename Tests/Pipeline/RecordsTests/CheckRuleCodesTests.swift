import Records
import Testing

/// Rules on codes, on choices, on days beside each other, and with products.
@Suite struct CheckRuleCodesTests {
    static let record: [FieldDefinition] = [
        FieldDefinition(name: "ean", type: .identifier),
        FieldDefinition(name: "iban", type: .text),
        FieldDefinition(name: "merchant", type: .text),
        FieldDefinition(name: "currency", type: .currency),
        FieldDefinition(name: "kind", type: .label(["food", "travel"])),
        FieldDefinition(name: "date", type: .date(order: nil)),
        FieldDefinition(name: "due", type: .date(order: nil)),
        FieldDefinition(name: "net", type: .money),
        FieldDefinition(name: "tax", type: .money),
        FieldDefinition(name: "price", type: .money),
        FieldDefinition(name: "total", type: .money),
        FieldDefinition(name: "quantity", type: .number),
        FieldDefinition(
            name: "items",
            type: .list([
                ListColumn(name: "quantity", type: .number),
                ListColumn(name: "price", type: .money),
            ])
        ),
    ]

    func outcome(_ rule: String, _ values: [String: FieldContent]) throws -> CheckResult {
        try CheckRule(rule, record: Self.record).evaluate(values: values, today: day(2025, 3, 31))
    }

    func money(_ units: Int64) -> FieldContent {
        .money(Money(amount: DecimalNumber(units: units, scale: 2)))
    }

    func number(_ units: Int64, _ scale: Int = 0) -> FieldContent {
        .number(DecimalNumber(units: units, scale: scale))
    }

    // MARK: Check digits

    @Test(arguments: [
        ("4006381333931", CheckResult.Outcome.passed), ("4006381333932", .failed),
        ("4 006381 333931", .passed), ("96385074", .passed), ("036000291452", .passed),
        ("GB82 WEST 1234 5698 7654 32", .passed), ("GB82 WEST 1234 5698 7654 33", .failed),
        ("DE 136695976", .passed), ("DE136695977", .failed), ("0-306-40615-2", .passed),
        ("080442957X", .passed), ("978-0-306-40615-7", .passed), ("340123450000000017", .passed),
        ("340123450000000018", .failed),
        ("CHE-116.281.710 MWST", .passed), ("CHE-116.281.711 TVA", .failed),
        ("ESX1234567L", .notApplicable), ("hello", .failed), ("", .failed),
    ])
    func `a code is held against the check digits of its own kind`(
        code: String,
        expected: CheckResult.Outcome
    ) throws {
        let result = try outcome("ean has a valid check digit", ["ean": .identifier(code)])
        #expect(result.outcome == expected, "\(result.detail)")
    }

    @Test func `a kind that is named is the only one that counts`() throws {
        let iban = ["iban": FieldContent.text("4006381333931")]
        #expect(try outcome("iban has valid check digits", iban).outcome == .passed)
        let result = try outcome("iban is a valid IBAN", iban)
        #expect(result.outcome == .failed)
        #expect(
            result.detail
                == "iban is 4006381333931, which has not the form of the IBAN that it should be"
        )
        #expect(try outcome("iban is a valid EAN", iban).outcome == .passed)
    }

    @Test func `a code that is missing makes its rule not applicable`() throws {
        let result = try outcome("ean has a valid check digit", [:])
        #expect(result.outcome == .notApplicable)
        #expect(result.detail == "ean has no value")
    }

    @Test func `every digit of an article number counts`() throws {
        let code = Array("4006381333931")
        for place in code.indices {
            for digit in "0123456789" where digit != code[place] {
                var other = code
                other[place] = digit
                #expect(CheckedCode.articleNumber.verdict(on: String(other)) == .wrong)
            }
        }
    }

    // MARK: Choices

    @Test(arguments: [
        ("currency is one of EUR, CHF", true), ("currency is one of chf or eur", true),
        ("currency is one of USD", false), ("currency is not one of USD, GBP", true),
        ("merchant is one of \"Hollow Oak\", 'The Mill'", true),
        ("merchant is one of Hollow, Oak", false), ("kind is one of food", true),
        ("quantity is one of 1, 2.0, 3", true), ("total is one of 5", false),
    ])
    func `a field is one of several, in any case and by value`(rule: String, holds: Bool) throws {
        let values: [String: FieldContent] = [
            "currency": .currency("EUR"), "merchant": .text("hollow oak"), "kind": .label("food"),
            "quantity": number(2), "total": money(501),
        ]
        #expect(try outcome(rule, values).outcome == (holds ? .passed : .failed))
    }

    // MARK: Days

    @Test(arguments: [
        ("due is not before date", true), ("due is after date", true), ("date is before due", true),
        ("date is not after due", true), ("due is before date", false), ("date is due", false),
        ("date is not due", true), ("date is after 2024-12-31", true),
        ("date is before 2025-03-01", false), ("2025-03-01 <= date", true),
    ])
    func `days compare with days, of fields and of the rule`(rule: String, holds: Bool) throws {
        let values: [String: FieldContent] = [
            "date": .date(day(2025, 3, 1)), "due": .date(day(2025, 3, 15)),
        ]
        let result = try outcome(rule, values)
        #expect(result.outcome == (holds ? .passed : .failed), "\(result.detail)")
    }

    @Test func `a day that is missing makes the order of two not applicable`() throws {
        let values: [String: FieldContent] = ["date": .date(day(2025, 3, 1))]
        #expect(try outcome("due is not before date", values).outcome == .notApplicable)
    }

    // MARK: Products

    @Test(arguments: [
        ("total = quantity * price", true), ("total = 2 * price + 0.05", false),
        ("tax = 0.19 * net", true), ("tax = net * 0.07", false),
        ("total is the sum of items.price * items.quantity", true),
        ("total != net", true), ("total is not 7.50", false),
    ])
    func `products are exact and equal within half a cent`(rule: String, holds: Bool) throws {
        let values: [String: FieldContent] = [
            "quantity": number(3), "price": money(250), "total": money(750), "net": money(1005),
            "tax": money(191),
            "items": .list([
                ["quantity": number(2), "price": money(300)],
                ["quantity": number(15, 1), "price": money(100)],
            ]),
        ]
        let result = try outcome(rule, values)
        #expect(result.outcome == (holds ? .passed : .failed), "\(result.detail)")
    }

    @Test func `a product names its factors`() throws {
        let values: [String: FieldContent] = [
            "quantity": number(3), "price": money(250), "total": money(700),
        ]
        #expect(
            try outcome("total = quantity * price", values).detail
                == "total is 7.00, quantity * price is 7.50"
        )
    }

    @Test func `a product beyond the range fails rather than traps`() throws {
        let values: [String: FieldContent] = [
            "quantity": number(.max), "price": money(.max), "total": money(1),
        ]
        #expect(try outcome("total = quantity * price", values).outcome == .failed)
    }

    // MARK: Mistakes

    @Test func `no wording and no values bring a check down`() {
        let words = [
            "total", "-net", "quantity * price", "0.1 * tax", "items", "date", "2020-01-31",
            "sum of items.price", "the sum of items.price * items.quantity", "ean", "+", "-", "*",
            "=", "is", "<=", "is not", "is before", "is one of", "is a valid IBAN", "5", "'x'",
            "has a valid check digit", "is not in the future", "currency", ", EUR",
        ]
        let contents: [FieldContent] = [
            money(.max), money(.min), number(.max), number(1, 9), .date(day(2025, 1, 1)),
            .text(""), .list([]), .list([["price": money(.min), "quantity": number(.min, 9)]]),
        ]
        var state: UInt64 = 7
        func draw(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(count))
        }
        var read = 0
        for _ in 0..<20_000 {
            let wording = (0..<(2 + draw(4))).map { _ in words[draw(words.count)] }
                .joined(separator: " ")
            guard let rule = try? CheckRule(wording, record: Self.record) else { continue }
            read += 1
            for _ in 0..<4 {
                var values: [String: FieldContent] = [:]
                for field in Self.record where draw(4) > 0 {
                    values[field.name] = contents[draw(contents.count)]
                }
                let result = rule.evaluate(values: values, today: day(2025, 3, 31))
                #expect(!result.detail.isEmpty)
            }
        }
        #expect(read > 50)
    }

    @Test(arguments: [
        ("total has a valid check digit", 0), ("ean has a check digit", 8),
        ("ean is a valid VIN", 15), ("date is one of 5", 0), ("kind is one of foot", 15),
        ("currency is one of", 18), ("currency is one of EUR CHF", 23), ("total = net * price", 14),
        ("total = date * 2", 8), ("merchant is one of \"open", 24), ("total ! 5", 6),
        ("date = 2025-02-30", 0), ("total = 2025-01-01", 8),
        ("total = sum of items.price * items.price", 29),
    ])
    func `a wrong rule says where it goes wrong`(rule: String, offset: Int) {
        do throws(CheckRuleFault) {
            _ = try CheckRule(rule, record: Self.record)
            Issue.record("\(rule) was read")
        } catch {
            #expect(error.offset == offset, "\(error)")
        }
    }
}
