import Records
import Testing

@Suite struct RecordTests {
    let fields = [
        FieldDefinition(name: "merchant", type: .text, isRequired: true),
        FieldDefinition(name: "date", type: .date(order: nil), isRequired: true),
    ]

    func text(_ text: String, _ confidence: Double, step: Int = 1) -> (Candidate, Int) {
        let candidate = Candidate(
            field: "merchant",
            content: .text(text),
            printed: text,
            confidence: confidence,
            evidence: [],
            reason: ""
        )
        return (candidate, step)
    }

    func date(
        _ month: Int,
        _ dayOfMonth: Int,
        _ confidence: Double,
        order: DateOrder? = nil,
        printed: String = "03/04/2025",
        page: Int = 1
    ) -> (Candidate, Int) {
        let candidate = Candidate(
            field: "date",
            content: .date(day(2025, month, dayOfMonth)),
            printed: printed,
            confidence: confidence,
            evidence: [
                Evidence(page: page, box: Box(x: 0, y: 0, width: 9, height: 9), words: printed)
            ],
            reason: "",
            assumedOrder: order
        )
        return (candidate, 1)
    }

    func record(
        _ candidates: [(Candidate, Int)],
        corrections: [String: FieldContent] = [:],
        order: DateOrder? = nil
    ) -> Record {
        .choosing(
            from: candidates.map { (candidate: $0.0, stepIndex: $0.1) },
            corrections: corrections,
            fields: fields,
            dateOrder: order
        )
    }

    @Test func `the candidate of highest confidence stands`() {
        let record = record([text("a", 0.5), text("b", 0.9, step: 2), text("c", 0.7, step: 3)])
        #expect(record.values["merchant"]?.content == .text("b"))
        #expect(record.chosenIndices == [1])
    }

    @Test
    func `a later candidate of equal confidence displaces nothing, in whatever order they come`() {
        #expect(
            record([text("a", 0.8, step: 1), text("b", 0.8, step: 2)]).contents["merchant"]
                == .text("a")
        )
        #expect(
            record([text("b", 0.8, step: 2), text("a", 0.8, step: 1)]).contents["merchant"]
                == .text("a")
        )
        #expect(record([text("a", 0.8), text("b", 0.8)]).contents["merchant"] == .text("a"))
    }

    @Test func `a correction outranks all, also an ambiguous date`() {
        let corrected = FieldContent.date(day(2025, 5, 1))
        let record = record(
            [text("a", 1), date(3, 4, 1, order: .monthFirst), date(4, 3, 1, order: .dayFirst)],
            corrections: ["merchant": .text("z"), "date": corrected, "other": .text("x")]
        )
        #expect(record.contents == ["merchant": .text("z"), "date": corrected])
        #expect(record.values["merchant"]?.source == .correction)
        #expect(record.ambiguousDates.isEmpty)
        #expect(record.chosenIndices.isEmpty)
    }

    @Test func `a date that can be read in two ways stays empty until an order is known`() {
        let readings = [date(3, 4, 0.9, order: .monthFirst), date(4, 3, 0.9, order: .dayFirst)]
        let undecided = record(readings)
        #expect(undecided.values["date"] == nil)
        #expect(undecided.ambiguousDates == ["date"])
        let dayFirst = record(readings, order: .dayFirst)
        #expect(dayFirst.contents["date"]?.plain == "2025-04-03")
        #expect(dayFirst.ambiguousDates.isEmpty)
        #expect(record(readings, order: .monthFirst).contents["date"]?.plain == "2025-03-04")
    }

    @Test func `the folder's order goes before the field's own`() {
        let own = [FieldDefinition(name: "date", type: .date(order: .monthFirst))]
        let readings = [date(3, 4, 0.9, order: .monthFirst), date(4, 3, 0.9, order: .dayFirst)]
            .map { (candidate: $0.0, stepIndex: $0.1) }
        #expect(
            Record.choosing(from: readings, fields: own).contents["date"]?.plain == "2025-03-04"
        )
        #expect(
            Record.choosing(from: readings, fields: own, dateOrder: .dayFirst).contents["date"]?
                .plain
                == "2025-04-03"
        )
    }

    @Test
    func `a weaker clear date does not stand in for a stronger ambiguous one, a stronger one does`()
    {
        let readings = [date(3, 4, 0.9, order: .monthFirst), date(4, 3, 0.9, order: .dayFirst)]
        let weaker = record(readings + [date(5, 20, 0.5, printed: "20 May 2025")])
        #expect(weaker.values["date"] == nil)
        #expect(weaker.ambiguousDates == ["date"])
        let stronger = record(readings + [date(5, 20, 0.95, printed: "20 May 2025")])
        #expect(stronger.contents["date"]?.plain == "2025-05-20")
        #expect(stronger.ambiguousDates.isEmpty)
    }

    @Test func `readings of different places are not each other's twins`() {
        let record = record([
            date(3, 4, 0.9, order: .monthFirst, page: 1),
            date(4, 3, 0.8, order: .dayFirst, page: 2),
        ])
        #expect(record.contents["date"]?.plain == "2025-03-04")
    }
}
