import GRDB
import Jobs
import PipelineSpec
import Records
import Scanning
import Testing

@testable import Storage

@Suite struct ViewTests {
    private func rows(_ test: TestStore, _ sql: String) throws -> [String] {
        try test.store.read { db in
            try Row.fetchAll(db, sql: sql).map { row in
                row.databaseValues.map(shown).joined(separator: "|")
            }
        }
    }

    private func shown(_ value: DatabaseValue) -> String {
        switch value.storage {
        case .null: "NULL"
        case .int64(let number): String(number)
        case .double(let number): String(number)
        case .string(let text): text
        case .blob(let data): "\(data.count) bytes"
        }
    }

    @Test func `the view has a row a document and a column a field`() throws {
        let test = try TestStore()
        test.pipeline = TestStore.pipeline(fields: ["total", "items", "status", "it's \"odd\""])
        let run = try test.begin()
        let document = try test.process("b.jpg", "b", total: "1.00")
        try test.process("a.jpg", "a", total: "2.00")
        try test.place("copy of b.jpg", "b")
        let rows = [
            [
                "name": FieldContent.text("Tea"),
                "price": .number(DecimalNumber(units: 120, scale: 2)),
            ]
        ]
        let list = Candidate(
            field: "items",
            content: .list(rows),
            printed: "",
            confidence: 1,
            evidence: [],
            reason: ""
        )
        try test.find(
            document,
            [test.candidate("total", "1.00"), list, test.candidate("it's \"odd\"", "x")]
        )
        try test.conclude(document, .review, reason: "sum")
        try test.store.recordPathStatus(
            run: run.run,
            pipeline: run.pipeline,
            folder: run.folders[0],
            [PathStatus(path: [0x7A], stamp: nil, status: .failed, reason: "empty")]
        )
        let columns =
            "path, folder, status, reason, needs_review, total, items, \"it's \"\"odd\"\"\", field_status"
        #expect(
            try self.rows(test, "SELECT \(columns) FROM receipts ORDER BY path") == [
                "a.jpg|/scans|done|NULL|0|2.00|NULL|NULL|NULL",
                "b.jpg|/scans|review|sum|1|1.00|[{\"name\":\"Tea\",\"price\":\"1.20\"}]|x|NULL",
                "z|/scans|failed|empty|0|NULL|NULL|NULL|NULL",
            ]
        )
        try test.store.correct(
            pipeline: run.pipeline,
            document: document,
            field: "total",
            content: .text("7"),
            at: "2025"
        )
        #expect(try self.rows(test, "SELECT total FROM receipts WHERE path = 'b.jpg'") == ["7"])
    }

    @Test func `the view follows the record and the name in the pipeline`() throws {
        let test = try TestStore()
        try test.begin()
        let version = try rows(test, "PRAGMA schema_version")
        try test.begin()
        #expect(
            try rows(test, "PRAGMA schema_version") == version,
            "nothing changed, nothing is written"
        )
        test.pipeline = TestStore.pipeline(table: "tills", fields: ["merchant"])
        try test.begin()
        #expect(try rows(test, "SELECT merchant FROM tills") == [])
        #expect(try rows(test, "SELECT name FROM sqlite_master WHERE name = 'receipts'") == [])
    }

    @Test(arguments: ["location", "TEXT", "text_index_data", "sqlite_x", "receipts", "mine"])
    func `no table or other view is ever replaced`(name: String) throws {
        let test = try TestStore()
        try test.begin()
        try test.store.database.write { db in
            try db.execute(sql: "CREATE VIEW mine AS SELECT 1 AS one")
        }
        test.pipeline = TestStore.pipeline("invoices", table: name)
        #expect(throws: StoreError.viewNameTaken(name)) { try test.begin() }
        let mine = try rows(test, "SELECT one FROM mine")
        #expect(mine == ["1"])
        #expect(try test.store.pipelineNames() == ["receipts"])
    }
}
