import Grammar
import Testing

@Suite struct AnswerParsingTests {
    private static let receipt = AnswerSchema.object([
        .init("merchant", .nullable(.text(atMost: 20))),
        .init("date", .nullable(.date)),
        .init("total", .nullable(.number(digits: 6, decimals: 2))),
        .init("currency", .nullable(.choice(["EUR", "USD"]))),
        .init(
            "items",
            .list(
                of: .object([
                    .init("name", .text(atMost: 10)),
                    .init("price", .number(digits: 4, decimals: 2)),
                ]),
                atMost: 2
            )
        ),
    ])

    private func fault(_ text: String, _ schema: AnswerSchema) -> AnswerFault? {
        do {
            _ = try schema.parse(text)
            return nil
        } catch {
            return error
        }
    }

    @Test func `an answer is read with its numbers as they were written`() throws {
        let text =
            #"{"merchant": "Café \"Süd\" 😀", "date": "2024-02-29", "total": 12.50, "#
            + #""currency": null, "items": [{"name": "Tea", "price": 3}]}"#
        let value = try Self.receipt.parse(text)
        #expect(value["merchant"] == .text("Café \"Süd\" 😀"))
        #expect(value["date"] == .text("2024-02-29"))
        #expect(value["total"] == .number("12.50"))
        #expect(value["currency"] == .null)
        #expect(
            value["items"]
                == .list([.object([.init("name", .text("Tea")), .init("price", .number("3"))])])
        )
        #expect(value.json == text)
    }

    @Test func `space may be anywhere and keys in any order`() throws {
        let schema = AnswerSchema.object([
            .init("a", .date), .init("b", .nullable(.list(of: .date, atMost: 2))),
        ])
        let value = try schema.parse(
            "\r\n { \"b\" :\t[ \"1999-12-31\" , \"2000-02-29\" ],\"a\":\"2024-04-30\"}\n"
        )
        #expect(value.json == #"{"a": "2024-04-30", "b": ["1999-12-31", "2000-02-29"]}"#)
    }

    @Test(arguments: [
        (#"\u0041\ud83d\ude00\/"#, "A😀/"), (#"a\n\r\n\tb"#, "a b"), (#"\u2028x\u0085"#, " x "),
        ("\u{2028}x", " x"), (#"\\n"#, #"\n"#), ("", ""),
    ])
    func `escapes are resolved and line breaks become a space`(json: String, text: String) throws {
        #expect(try AnswerSchema.text(atMost: 4).parse("\"\(json)\"") == .text(text))
    }

    @Test func `each thing that is wrong is told with its place`() {
        let cases: [(String, AnswerFault.Reason, String)] = [
            ("", .malformed(expected: "a value"), ""),
            ("I think: {}", .malformed(expected: "a value"), ""),
            ("[]", .otherKind(expected: "an object", found: "a list"), ""),
            ("{}", .missingKey("merchant"), ""),
            (#"{"merchant": null, "merchant": null}"#, .repeatedKey("merchant"), ""),
            (#"{"vendor": null}"#, .foreignKey("vendor"), ""),
            (#"{"merchant": "123456789012345678901"}"#, .tooLong(limit: 20), "merchant"),
            (
                #"{"merchant": "a\#u{1}b"}"#,
                .malformed(expected: "no control character inside a text"), "merchant"
            ),
            (#"{"merchant": "a\u0007b"}"#, .controlCharacter(7), "merchant"),
            (
                #"{"merchant": "\ud83d"}"#,
                .malformed(expected: "two surrogates, the high one first"), "merchant"
            ),
            (
                #"{"merchant": "\ude00\ud83d"}"#,
                .malformed(expected: "two surrogates, the high one first"), "merchant"
            ),
            (#"{"merchant": "\x41"}"#, .malformed(expected: "an escape"), "merchant"),
            (#"{"merchant": "a"#, .malformed(expected: "the end of a text"), "merchant"),
            (#"{"merchant": nul}"#, .malformed(expected: "null"), "merchant"),
            (#"{"merchant": 5}"#, .otherKind(expected: "a text", found: "a number"), "merchant"),
            (#"{"date": "2025-02-30"}"#, .noDay("2025-02-30"), "date"),
            (#"{"date": "1900-02-29"}"#, .noDay("1900-02-29"), "date"),
            (#"{"date": "24-1-5"}"#, .noDay("24-1-5"), "date"),
            (#"{"date": "0999-01-05"}"#, .noDay("0999-01-05"), "date"),
            (#"{"date": "2024-01-05T12:00:00"}"#, .noDay("2024-01-05T"), "date"),
            (#"{"total": 1234567}"#, .tooManyDigits(limit: 6), "total"),
            (#"{"total": 1.234}"#, .tooManyDigits(limit: 2), "total"),
            (#"{"total": 01}"#, .malformed(expected: "a number without leading zeros"), "total"),
            (#"{"total": 1e5}"#, .malformed(expected: "a number without exponent"), "total"),
            (#"{"total": 1.}"#, .malformed(expected: "a digit"), "total"),
            (#"{"total": -}"#, .malformed(expected: "a digit"), "total"),
            (#"{"currency": "GBP"}"#, .noChoice("GBP"), "currency"),
            (
                #"{"currency": true}"#, .otherKind(expected: "a text", found: "true or false"),
                "currency"
            ),
            (
                #"{"items": [{"name": "x", "price": 1}, {"name": "y", "price": "2"}]}"#,
                .otherKind(expected: "a number", found: "a text"), "items[1].price"
            ),
            (
                #"{"items": [{"name": "x", "price": 1}, {"name": "x", "price": 1}, {"#,
                .tooManyEntries(limit: 2), "items"
            ),
            (#"{"items": [,]}"#, .malformed(expected: "a value"), "items[0]"),
            (#"{"items": []"#, .malformed(expected: "',' or '}'"), ""),
            (#"{"items": [],}"#, .malformed(expected: "a value"), ""),
        ]
        for (text, reason, place) in cases {
            let found = fault(text, Self.receipt)
            #expect(found?.reason == reason, "\(text)")
            #expect(found?.place == place, "\(text)")
        }
        #expect(
            fault("null x", .nullable(.date)) == AnswerFault(.textAfterwards, place: "", offset: 5)
        )
    }

    @Test func `foreign text is refused without being kept, however long and deep`() {
        let deep = String(repeating: "[", count: 1_000_000)
        #expect(fault(deep, Self.receipt)?.offset == 0)
        let long = "{\"" + String(repeating: "k", count: 1_000_000) + "\": 1}"
        #expect(
            fault(long, Self.receipt)?.reason
                == .foreignKey(String(repeating: "k", count: 40) + "…")
        )
        let digits = "{\"total\": " + String(repeating: "9", count: 1_000_000) + "}"
        #expect(fault(digits, Self.receipt)?.reason == .tooManyDigits(limit: 6))
        var schema = AnswerSchema.date
        for _ in 0..<100 { schema = .list(of: schema, atMost: 1) }
        #expect(fault(deep, schema)?.reason == .tooDeep(limit: 32))
    }

    @Test func `a server is given the schema in its own words`() {
        #expect(
            Self.receipt.jsonSchema
                == #"{"type": "object", "properties": {"merchant": {"anyOf": [{"type": "string", "maxLength": 20}, {"type": "null"}]}, "#
                + #""date": {"anyOf": [{"type": "string", "pattern": "^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"}, {"type": "null"}]}, "#
                + #""total": {"anyOf": [{"type": "number", "minimum": -999999.99, "maximum": 999999.99}, {"type": "null"}]}, "#
                + #""currency": {"anyOf": [{"type": "string", "enum": ["EUR", "USD"]}, {"type": "null"}]}, "#
                + #""items": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 10}, "#
                + #""price": {"type": "number", "minimum": -9999.99, "maximum": 9999.99}}, "required": ["name", "price"], "additionalProperties": false}, "maxItems": 2}}, "#
                + #""required": ["merchant", "date", "total", "currency", "items"], "additionalProperties": false}"#
        )
        #expect(
            AnswerSchema.number(digits: 3, decimals: 0).jsonSchema
                == #"{"type": "integer", "minimum": -999, "maximum": 999}"#
        )
    }
}
