import Records
import Storage
import Testing

@testable import Reporting

@Suite struct ReportTests {
    private static let record = [
        FieldDefinition(name: "merchant", type: .text),
        FieldDefinition(name: "date", type: .date(order: nil)),
        FieldDefinition(name: "total", type: .money),
    ]

    private func value(_ content: FieldContent, _ confidence: Double, corrected: Bool = false)
        -> ExportValue
    {
        ExportValue(
            content: content,
            printed: "",
            confidence: confidence,
            evidence: [],
            reason: "",
            isCorrection: corrected
        )
    }

    private func total(_ units: Int64, _ confidence: Double = 0.9) -> ExportValue {
        value(.money(Money(amount: DecimalNumber(units: units, scale: 2))), confidence)
    }

    private func report(
        _ truth: String,
        names: [String: String] = [:],
        _ rows: [String: [String: ExportValue]?]
    ) throws -> CalibrationReport {
        try CalibrationReport(
            record: Self.record,
            truth: try TruthFile(truth, path: "t.jsonl"),
            names: names
        ) { take in
            for (path, values) in rows.sorted(by: { $0.key < $1.key }) { take(path, values) }
        }
    }

    @Test func `values are right, wrong or missing, and what is not known does not count`() throws {
        let report = try report(
            """
            {"file": "a.jpg", "total": "5.20"}
            {"file": "b.jpg", "total": "7.00"}
            {"file": "c.jpg", "total": "8.00"}
            {"file": "d.jpg", "total": null}
            {"file": "e.jpg", "total": null}
            {"file": "f.jpg"}
            """,
            [
                "a.jpg": ["total": total(520)], "b.jpg": ["total": total(701)], "c.jpg": [:],
                "d.jpg": ["total": total(100)], "e.jpg": [:], "f.jpg": ["total": total(900)],
            ]
        )
        let field = try #require(report.fields.first)
        #expect(report.fields.count == 1)
        #expect(field.known == 4 && field.found == 3 && field.right == 1 && field.missing == 1)
        #expect(report.values.count == 3)
        #expect(report.documents == 6)
    }

    @Test func `a key of another name is read as the field that --map says`() throws {
        let truth = #"{"file": "a.jpg", "company": "Aldi", "colour": "red"}"#
        let rows = ["a.jpg": ["merchant": value(.text("ALDI"), 0.8)]]
        let report = try report(truth, names: ["company": "merchant"], rows)
        #expect(report.values.map(\.isRight) == [true])
        #expect(report.otherKeys == ["colour"])
        #expect(throws: TruthFault.self) { try self.report(truth, rows) }
        #expect(throws: TruthFault.unknownField("shop", fields: ["merchant", "date", "total"])) {
            try self.report(truth, names: ["company": "shop"], rows)
        }
        #expect(
            throws: TruthFault.unknownKey("firm", path: "t.jsonl", keys: ["colour", "company"])
        ) { try self.report(truth, names: ["firm": "merchant"], rows) }
    }

    @Test func `the day beside a printed date counts, and a date that is not clear is left out`()
        throws
    {
        let day = try #require(CalendarDate(year: 2018, month: 3, day: 16))
        let rows = [
            "a.jpg": ["date": value(.date(day), 0.9)], "b.jpg": ["date": value(.date(day), 0.9)],
        ]
        let report = try report(
            """
            {"file": "a.jpg", "date": "16-03-18", "date_iso": "2018-03-16"}
            {"file": "b.jpg", "date": "9/2/2017", "date_iso": null}
            """,
            rows
        )
        #expect(report.values.map(\.isRight) == [true])
        #expect(report.fields.first?.unreadable == ["9/2/2017"])
        #expect(report.otherKeys == [])
    }

    @Test func `a document is known by its path, or by its name where only one has it`() throws {
        let report = try report(
            """
            {"file": "a.jpg", "total": "5.20"}
            {"file": "x/b.jpg", "total": "5.20"}
            {"file": "b.jpg", "total": "5.20"}
            {"file": "gone.jpg", "total": "5.20"}
            """,
            [
                "old/a.jpg": ["total": total(520)], "x/b.jpg": ["total": total(520)],
                "y/b.jpg": ["total": total(521)],
            ]
        )
        #expect(report.documents == 2)
        #expect(report.values.map(\.isRight) == [true, true])
        #expect(report.unknownFiles == ["b.jpg", "gone.jpg"])
    }

    @Test func `a copy of a document counts once`() throws {
        let report = try report(
            """
            {"file": "a.jpg", "total": "5.20"}
            {"file": "copy/a-again.jpg", "total": "5.20"}
            """,
            ["a.jpg": ["total": total(520)], "copy/a-again.jpg": nil]
        )
        #expect(report.documents == 1)
        #expect(report.unknownFiles == [])
    }

    @Test func `a truth of other documents is a mistake, and corrections say nothing`() throws {
        #expect(throws: TruthFault.noDocument(path: "t.jsonl", files: ["z.jpg"])) {
            try self.report(#"{"file": "z.jpg", "total": "1"}"#, ["a.jpg": [:]])
        }
        let report = try report(
            """
            {"file": "a.jpg", "total": "5.20"}
            {"file": "b.jpg", "total": "5.20"}
            """,
            [
                "a.jpg": ["total": total(520)],
                "b.jpg": [
                    "total": value(.number(DecimalNumber(units: 5, scale: 0)), 1, corrected: true)
                ],
            ]
        )
        #expect(report.corrections == 1)
        #expect(report.values.count == 1)
    }
}
