import EvidenceSearch
import Records
import Testing

@Suite struct ModelValuesTests {
    let record = [
        field("merchant", .text), field("date", .date(order: nil)), field("currency", .currency),
        field("subtotal", .money), field("tax", .money), field("total", .money),
        field("iban", .identifier), field("category", .label(["food", "travel"])),
        field("summary", .text),
        field(
            "items",
            .list([
                ListColumn(name: "name", type: .text), ListColumn(name: "price", type: .money),
            ])
        ),
    ]
    let pages = [
        page([
            "HOLLOW OAK BAKERY", "Date: 14/04/2025", "Sourdough   4.20", "Coffee   3.10",
            "Subtotal   7.30", "VAT   1.46", "TOTAL   8.76", "CASH   10.00", "Change   1.24",
        ])
    ]

    func candidates(_ values: [ModelValue], known: [Candidate] = []) -> [Candidate] {
        ModelValues(pages: pages, record: record, known: known).candidates(for: values)
    }

    func candidate(_ field: String, _ content: FieldContent, known: [Candidate] = []) throws
        -> Candidate
    {
        try #require(candidates([ModelValue(field: field, content: content)], known: known).first)
    }

    func rules(_ field: String, _ content: FieldContent, _ confidence: Double) -> Candidate {
        Candidate(
            field: field,
            content: content,
            printed: content.plain,
            confidence: confidence,
            evidence: [],
            reason: "a rule"
        )
    }

    @Test func `a value that is printed has its evidence and says where`() throws {
        let total = try candidate("total", money("8.76"))
        #expect(total.evidence.map(\.words) == ["8.76"])
        #expect(total.reason == "the model's answer, printed right of “TOTAL”")
        #expect(!total.isUnverified)
        #expect(total.features[.model] == 1)
        #expect(total.features[.key] == 1)
    }

    @Test func `a value that is printed nowhere is unverified and little believed`() throws {
        let invented = try candidate("total", money("8.96"))
        #expect(invented.isUnverified)
        #expect(invented.evidence.isEmpty)
        #expect(invented.reason == "the model's answer, printed nowhere on the page")
        #expect(invented.confidence < 0.5)
        #expect(invented.confidence < (try candidate("total", money("8.76"))).confidence)
    }

    @Test func `an amount beside another field's key word is believed less`() throws {
        let total = try candidate("total", money("8.76"))
        let subtotal = try candidate("total", money("7.30"))
        #expect(!subtotal.isUnverified)
        #expect(subtotal.confidence < total.confidence - 0.2)
    }

    @Test func `what the rules found too is surer than either alone`() throws {
        let alone = try candidate("total", money("8.76"))
        for confidence in [0.3, 0.6, 0.9] {
            let both = try candidate(
                "total",
                money("8.76"),
                known: [rules("total", money("8.76"), confidence)]
            )
            #expect(both.confidence >= alone.confidence)
            #expect(both.confidence > confidence)
            #expect(both.reason.hasSuffix("the rules found the same"))
        }
    }

    @Test func `what the rules contradict is believed less, the more the surer they are`() throws {
        let alone = try candidate("total", money("8.76"))
        let doubted = try candidate(
            "total",
            money("8.76"),
            known: [rules("total", money("10.00"), 0.5)]
        )
        let opposed = try candidate(
            "total",
            money("8.76"),
            known: [rules("total", money("10.00"), 0.95)]
        )
        #expect(alone.confidence > doubted.confidence)
        #expect(doubted.confidence > opposed.confidence)
        #expect(opposed.reason.contains("the rules found “10.00”"))
    }

    @Test
    func `a name that the rules read with a wrong letter does not speak against the right one`()
        throws
    {
        let name = FieldContent.text("Hollow Oak Bakery")
        let misread = try candidate(
            "merchant",
            name,
            known: [rules("merchant", .text("HOLLQW OAK BAKERV"), 0.8)]
        )
        let other = try candidate(
            "merchant",
            name,
            known: [rules("merchant", .text("THANK YOU"), 0.8)]
        )
        #expect(misread.confidence > other.confidence + 0.2)
        let digit = try candidate(
            "merchant",
            .text("Hollow Oak Bakery 24"),
            known: [rules("merchant", .text("Hollow Oak Bakery 21"), 0.8)]
        )
        #expect(digit.features[.rulesAgainst] == 0.8)
    }

    @Test func `a value never stands in place of a surer one, and both are kept`() throws {
        let rule = rules("total", money("8.76"), 0.97)
        let wrong = try candidate("total", money("10.00"), known: [rule])
        let standing = Record.choosing(from: [(rule, 1), (wrong, 2)], fields: record)
        #expect(standing.contents["total"] == money("8.76"))
    }

    @Test func `another model's answer is no second opinion`() throws {
        let alone = try candidate("total", money("8.76"))
        let repeated = try candidate("total", money("8.76"), known: [alone])
        #expect(repeated.confidence == alone.confidence)
    }

    @Test func `sums within the answer make its amounts surer`() throws {
        let alone = try candidate("tax", money("1.46"))
        let together = candidates([
            ModelValue(field: "subtotal", content: money("7.30")),
            ModelValue(field: "tax", content: money("1.46")),
            ModelValue(field: "total", content: money("8.76")),
        ])
        let tax = try #require(together.first { $0.field == "tax" })
        #expect(tax.confidence > alone.confidence)
        #expect(tax.reason.hasSuffix("sums agree with it"))
    }

    @Test func `a list has the evidence of its rows, and is surer where they add up`() throws {
        func list(_ prices: [String]) throws -> Candidate {
            let rows = zip(["Sourdough", "Coffee"], prices).map {
                ["name": FieldContent.text($0), "price": money($1)]
            }
            return try #require(
                candidates([
                    ModelValue(field: "items", content: .list(rows)),
                    ModelValue(field: "subtotal", content: money("7.30")),
                ]).first
            )
        }
        let right = try list(["4.20", "3.10"])
        #expect(right.evidence.map(\.box.y) == [60, 90])
        #expect(!right.isUnverified)
        #expect(right.features[.proof] == 1)
        let wrong = try list(["4.20", "3.15"])
        #expect(wrong.isUnverified)
        #expect(wrong.confidence < right.confidence)
        #expect(wrong.reason.contains("1 of 4 cells"))
    }

    @Test func `labels and words of the model's own are looked for nowhere`() {
        let made = candidates([
            ModelValue(field: "category", content: .label("food")),
            ModelValue(field: "summary", content: .text("A cheap lunch."), isComposed: true),
        ])
        #expect(made.map(\.isUnverified) == [false, false])
        #expect(made.map(\.evidence.isEmpty) == [true, true])
    }

    @Test func `a day that can be read in two ways stays open`() throws {
        let values = ModelValues(pages: [page(["Date: 03/04/2025"])], record: record)
        let made = values.candidates(for: [
            ModelValue(field: "date", content: try date(2025, 4, 3))
        ])
        #expect(made.count == 2)
        #expect(made.first?.content == (try date(2025, 4, 3)))
        #expect(Set(made.compactMap(\.assumedOrder)) == [.dayFirst, .monthFirst])
        let open = Record.choosing(from: made.map { ($0, 2) }, fields: record)
        #expect(open.ambiguousDates == ["date"])
        let known = Record.choosing(
            from: made.map { ($0, 2) },
            fields: record,
            dateOrder: .monthFirst
        )
        #expect(known.contents["date"] == (try date(2025, 3, 4)))
    }

    @Test func `where nothing was read, nothing is verified`() throws {
        let values = ModelValues(pages: [], record: record)
        let total = try #require(
            values.candidates(for: [ModelValue(field: "total", content: money("8.76"))]).first
        )
        #expect(total.isUnverified)
        #expect(total.reason == "the model's answer, with no text read to find it in")
    }

    @Test func `check digits speak for a code`() throws {
        let values = ModelValues(
            pages: [page(["IBAN GB82 WEST 1234 5698 7654 32"])],
            record: record
        )
        let made = values.candidates(for: [
            ModelValue(field: "iban", content: .identifier("GB82WEST12345698765432")),
            ModelValue(field: "nobody", content: .text("asked for this")),
        ])
        #expect(made.count == 1)
        #expect(made.first?.features[.proof] == 1)
        #expect(made.first?.reason.hasSuffix("its check digits are right") == true)
    }
}
