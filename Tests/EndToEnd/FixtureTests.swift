import Foundation
import Testing

/// The pipelines that come with Docket over the documents that come with it.
@Suite(.serialized)
struct FixtureTests {
    /// Fields that must at least be right in `fixtures/receipts`, so that a wrong expected file is noticed.
    private static let leastRight = [
        "date": 16, "total": 16, "currency": 14, "merchant": 12, "address": 6,
    ]

    /// A table without what differs between machines: the folder, and the last digits of a
    /// confidence, which depend on the processor's own instructions inside Tesseract.
    private static func steady(_ table: String, folder: String) -> String {
        table.replacing(Project.fixture(folder).path, with: "FOLDER")
            .replacing(/,[01]\.\d+,(true|false),/) { ",CONFIDENCE,\($0.1)," }
    }

    @Test func `the receipts become the table that is expected, byte for byte`() async throws {
        let place = try Workplace()
        let pipeline = Project.pipeline("receipts")
        let run = try await place.docket("run", pipeline, "--quiet")
        #expect(run.status == 0, run.words)
        #expect(run.output.isEmpty && run.errors.isEmpty, "--quiet is quiet")
        let export = try await place.docket("export", pipeline)
        #expect(export.status == 0, export.words)
        let table = Self.steady(export.output, folder: "receipts")
        try compare(table, with: "receipts.csv")
        try checkAgainstTruth(Table(table).rows)

        let check = try await place.docket("check", "--files")
        #expect(check.status == 0, check.words)
    }

    @Test func `the labels become the table that is expected, byte for byte`() async throws {
        let place = try Workplace()
        let pipeline = Project.pipeline("labels")
        let run = try await place.docket("run", pipeline, "--quiet")
        #expect(run.status == 0, run.words)
        let export = try await place.docket("export", pipeline)
        let table = Self.steady(export.output, folder: "labels")
        try compare(table, with: "labels.csv")
        #expect(Table(table).rows.count == (try Project.truth("labels").count))
    }

    @Test func `every broken or odd file ends as it must, and harms no other`() async throws {
        let place = try Workplace()
        let command = try place.start([
            "run", Project.pipeline("scans"), "--input", Project.fixture("broken").path, "--json",
        ])
        let summary = try RunSummary(try await command.end(within: 240))
        #expect(summary.status == 1, summary.ended.words)
        #expect(summary.isConserved, summary.ended.words)
        let leftOver = try await command.leftOver()
        #expect(leftOver.isEmpty, "processes left behind: \(leftOver)")
        #expect(summary.ended.seconds < 180)

        let export = try await place.docket("export", Project.pipeline("scans"))
        let rows = Dictionary(grouping: Table(export.output).rows) { $0["path"] ?? "" }
        let truth = try Project.truth("broken")
        #expect(summary["found"] == truth.count)
        #expect(Set(rows.keys) == Set(truth.compactMap { ($0["file"] as? String).map(Self.shown) }))
        for file in truth {
            let name = try #require(file["file"] as? String)
            let row = try #require(rows[Self.shown(name)]?.first, "no row for \(name)")
            #expect(
                rows[Self.shown(name)]?.count == 1,
                "\(name) stands in the export more than once"
            )
            try judge(row, against: file, name: name, in: StoredRows(place.database))
        }
    }

    /// A name as exports show it.
    private static func shown(_ name: String) -> String { name.replacing("\n", with: "\\x0A") }

    private func judge(
        _ row: [String: String],
        against file: [String: Any],
        name: String,
        in stored: StoredRows
    ) throws {
        let status = row["status"] ?? ""
        let reason = row["reason"] ?? ""
        let reasons = file["reasons"] as? [String] ?? []
        let words = "\(name) is \(status) (\(reason)): \(file["what"] ?? "")"
        switch file["expect"] as? String {
        case "read":
            #expect(status == "done" || status == "review", Comment(rawValue: words))
            let wanted = file["text_contains"] as? String ?? ""
            let hash = row["document"] ?? ""
            let text = try stored.strings(
                """
                SELECT t.text FROM text t JOIN page p ON p.id = t.page JOIN job j ON j.id = p.job
                JOIN document d ON d.id = j.document WHERE d.sha256 = '\(hash)'
                """
            )
            .joined(separator: " ")
            #expect(text.contains(wanted), "\(name) was read as: \(text)")
        case "failed":
            #expect(status == "failed", Comment(rawValue: words))
            #expect(reasons.contains(reason), Comment(rawValue: words))
        case "either":
            if status == "failed" {
                #expect(reasons.contains(reason), Comment(rawValue: words))
            } else {
                #expect(["partial", "review", "done"].contains(status), Comment(rawValue: words))
            }
        default: Issue.record("\(name): the truth does not say how it must end")
        }
        if let never = file["never"] as? String {
            #expect(status != never, Comment(rawValue: words))
        }
    }

    private func checkAgainstTruth(_ rows: [[String: String]]) throws {
        let rowsByPath = Dictionary(rows.map { ($0["path"] ?? "", $0) }) { first, _ in first }
        var right: [String: Int] = [:]
        var wrong: [String] = []
        let truth = try Project.truth("receipts")
        #expect(rows.count == truth.count)
        for file in truth {
            let name = try #require(file["file"] as? String)
            let row = try #require(rowsByPath[name], "no row for \(name)")
            if let original = file["duplicate_of"] as? String {
                #expect(row["status"] == "duplicate")
                #expect(row["duplicate_of"] == "FOLDER/\(original)")
                continue
            }
            if file["blank"] as? Bool == true {
                #expect(row["status"] == "done" && row["total"] == "", "a blank page is a result")
                continue
            }
            for field in Self.leastRight.keys.sorted() {
                let wanted = Self.compared(file[field] as? String ?? "")
                if Self.compared(row[field] ?? "") == wanted {
                    right[field, default: 0] += 1
                } else {
                    wrong.append("\(name) \(field): \(row[field] ?? "") instead of \(wanted)")
                }
            }
        }
        let count = "\(right)\n" + wrong.joined(separator: "\n")
        print("right of 16 receipts: \(count)")
        for (field, least) in Self.leastRight {
            #expect(right[field, default: 0] >= least, "\(field): \(count)")
        }
    }

    private static func compared(_ text: String) -> String {
        text.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "." }
    }

    /// Compares with a committed file, or writes it where `DOCKET_RECORD_EXPECTED=1` asks for that.
    private func compare(_ text: String, with name: String) throws {
        let file = Project.fixture("expected/\(name)")
        if ProcessInfo.processInfo.environment["DOCKET_RECORD_EXPECTED"] == "1" {
            try text.write(to: file, atomically: true, encoding: .utf8)
            print("recorded \(file.path)")
            return
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        guard text != expected else { return }
        let former = expected.split(separator: "\n", omittingEmptySubsequences: false)
        let present = text.split(separator: "\n", omittingEmptySubsequences: false)
        let changes = present.difference(from: former).map { change in
            switch change {
            case .insert(_, let line, _): "now:    \(line)"
            case .remove(_, let line, _): "before: \(line)"
            }
        }
        Issue.record(
            """
            \(name) is not what was recorded; when the change is meant, record it anew with
            DOCKET_RECORD_EXPECTED=1 scripts/run-tests --filter FixtureTests
            \(changes.joined(separator: "\n"))
            """
        )
    }
}
