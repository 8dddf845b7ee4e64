import Foundation
import GRDB
import Jobs
import PipelineSpec
import Records
import Scanning
import SystemPackage
import Testing

@testable import Storage

@Suite struct DatabaseFileTests {
    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    private func write(_ bytes: Data, _ test: TestStore) throws -> String {
        let path = test.folder + "/other.sqlite"
        try bytes.write(to: URL(fileURLWithPath: path))
        return path
    }

    /// A closed database with a few hundred pages in it.
    private func filled() throws -> (TestStore, Data) {
        let test = try TestStore()
        try test.begin()
        for number in 0..<60 {
            try test.read(
                try test.place("\(number).jpg", "\(number)"),
                String(repeating: "word\(number) ", count: 200)
            )
        }
        try test.store.close()
        return (test, try Data(contentsOf: URL(fileURLWithPath: test.path)))
    }

    @Test func `all files of a database are readable by their owner only`() throws {
        let previous = umask(0)
        defer { umask(previous) }
        let test = try TestStore()
        try test.begin()
        let lock = try RunLock.acquire(databasePath: test.path, pipeline: "receipts")
        for suffix in ["", "-wal", "-shm", ".lock"] {
            #expect(try mode(test.path + suffix) == 0o600, "\(suffix)")
        }
        withExtendedLifetime(lock) {}
    }

    @Test func `what is no database is said to be none and stays as it is`() throws {
        let test = try TestStore()
        let text = Data(String(repeating: "merchant,total\n", count: 50).utf8)
        let path = try write(text, test)
        for mode in [Store.Mode.create, .existing, .readOnly] {
            #expect(throws: StoreError.notADatabase(path: path)) {
                try Store(path: path, mode: mode)
            }
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == text)
        let missing = test.folder + "/missing.sqlite"
        #expect(throws: StoreError.missing(path: missing)) {
            try Store(path: missing, mode: .existing)
        }
        #expect(throws: StoreError.missing(path: missing)) {
            try Store(path: missing, mode: .readOnly)
        }
        #expect(!FileManager.default.fileExists(atPath: missing))
        let nowhere = test.folder + "/no/such/folder.sqlite"
        #expect(throws: StoreError.self) { try Store(path: nowhere, mode: .create) }
        #expect(throws: StoreError.self) { try Store(path: test.folder, mode: .create) }
    }

    @Test func `an empty file becomes a database only where one is made`() throws {
        let test = try TestStore()
        let path = try write(Data(), test)
        #expect(throws: StoreError.cannotOpen(path: path, detail: "the file is empty")) {
            try Store(path: path, mode: .readOnly)
        }
        #expect(try Store(path: path, mode: .create).runs().isEmpty)
    }

    @Test func `a database of another program is left alone`() throws {
        let test = try TestStore()
        let path = test.folder + "/other.sqlite"
        let queue = try DatabaseQueue(path: path)
        try queue.write { db in try db.execute(sql: "CREATE TABLE photo (id)") }
        try queue.close()
        #expect(throws: StoreError.foreign(path: path)) { try Store(path: path, mode: .create) }
    }

    @Test func `a database of a later version is not touched`() throws {
        let test = try TestStore()
        try test.store.database.write { db in try db.execute(sql: "PRAGMA user_version = 99") }
        for mode in [Store.Mode.create, .readOnly] {
            #expect(throws: StoreError.newer(path: test.path, version: 99)) {
                try test.reopen(mode)
            }
        }
    }

    @Test(arguments: [50, 4096, 20_000, 100_000])
    func `a truncated database is said to be corrupt when it is opened`(length: Int) throws {
        let (test, bytes) = try filled()
        try #require(bytes.count > length)
        let path = try write(bytes.prefix(length), test)
        for mode in [Store.Mode.create, .readOnly] {
            let error = #expect(throws: StoreError.self) { try Store(path: path, mode: mode) }
            guard case .corrupt(path, _)? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test func `damage inside is found by check`() throws {
        let (test, bytes) = try filled()
        var damaged = bytes
        for offset in stride(from: 4096 * 4, to: bytes.count - 4096, by: 4096) {
            damaged.replaceSubrange(
                offset..<(offset + 200),
                with: Data(repeating: 0xA5, count: 200)
            )
        }
        let path = try write(damaged, test)
        do {
            let store = try Store(path: path, mode: .existing)
            let problems = try store.check()
            #expect(!problems.isEmpty)
        } catch {
            guard case .corrupt(path, _) = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test func `check names contradictions between rows`() throws {
        let test = try TestStore()
        let run = try test.begin()
        let document = try test.process("a.jpg", "a", total: "1.00")
        try test.store.finishRun(
            run.run,
            state: .finished,
            tally: Tally(found: 3, counts: [.done: 1]),
            summary: "{}",
            at: "2025"
        )
        #expect(try test.store.check() == [.conservation(run: run.run, found: 3, accounted: 1)])
        try test.store.database.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    PRAGMA foreign_keys = OFF;
                    UPDATE run SET found = 1;
                    INSERT INTO outcome (pipeline, document, status, attempts, plan_fingerprint,
                        engine_fingerprint, needs_review, from_run, until_run)
                    SELECT pipeline, document, status, 0, '', '', 0, from_run, from_run + 1 FROM outcome;
                    UPDATE page SET job = 77;
                    PRAGMA foreign_keys = ON;
                    """
            )
        }
        let problems = try test.store.check()
        #expect(problems.contains(.danglingRows(table: "page", refersTo: "job", count: 1)))
        #expect(problems.contains { if case .overlap("outcome", _) = $0 { true } else { false } })
        _ = document
    }

    @Test func `a full disk undoes what was being written and leaves the rest usable`() throws {
        let test = try TestStore()
        let run = try test.begin()
        let document = try test.process("a.jpg", "a", total: "1.00")
        let before = try test.dump()
        try test.store.database.writeWithoutTransaction { db in
            let count = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(count + 2)")
        }
        let long = (0..<20_000).map { "word\($0)" }.joined(separator: " ")
        let state = try test.store.documentState(pipeline: run.pipeline, document: document)
        let job = try #require(state.jobs.first).id
        #expect(throws: StoreError.diskFull(path: test.path)) {
            try test.store.storePage(job, .read(test.page(long, number: 2)), milliseconds: 1)
        }
        #expect(try test.dump() == before)
        try test.store.database.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA max_page_count = 1073741823")
        }
        try test.store.storePage(job, .read(test.page(long, number: 2)), milliseconds: 1)
        #expect(try test.store.pages(pipeline: run.pipeline, document: document).count == 2)
        #expect(try test.store.check() == [])
    }

    @Test func `reading leaves no files behind and changes nothing`() throws {
        let (test, bytes) = try filled()
        try test.reopen(.readOnly)
        #expect(try test.store.search("word7", limit: 5).count == 1)
        #expect(throws: StoreError.readOnly(path: test.path)) { try test.begin() }
        #expect(try test.store.check() == [])
        try test.store.close()
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: test.folder) == ["docket.sqlite"]
        )
        #expect(try Data(contentsOf: URL(fileURLWithPath: test.path)) == bytes)
    }

    @Test(.enabled(if: getuid() != 0, "root may write everywhere"))
    func `a database in a folder that may not be written to can be read`() throws {
        let (test, _) = try filled()
        let manager = FileManager.default
        try manager.setAttributes([.posixPermissions: 0o400], ofItemAtPath: test.path)
        try manager.setAttributes([.posixPermissions: 0o500], ofItemAtPath: test.folder)
        defer { try? manager.setAttributes([.posixPermissions: 0o700], ofItemAtPath: test.folder) }
        try test.reopen(.readOnly)
        #expect(try test.store.search("word7", limit: 5).count == 1)
        #expect(throws: StoreError.readOnly(path: test.path)) { try test.reopen(.create) }
        let new = test.folder + "/new.sqlite"
        #expect(throws: StoreError.readOnly(path: new)) { try Store(path: new, mode: .create) }
    }

    @Test func `another process may read while one writes`() throws {
        let test = try TestStore()
        try test.begin()
        try test.process("a.jpg", "a", total: "1.00")
        let reader = try Store(path: test.path, mode: .readOnly)
        var seen: [String] = []
        try reader.exportRows(pipeline: "receipts") { row in
            // The writer goes on in the middle of an export, which does not see it.
            _ = try test.process("b.jpg", "b", total: "2.00")
            seen.append(row.path)
        }
        #expect(seen == ["a.jpg"])
        try reader.exportRows(pipeline: "receipts") { row in seen.append(row.path) }
        #expect(seen == ["a.jpg", "a.jpg", "b.jpg"])
    }

    @Test func `an export passes on what its taker throws, and names unknown pipelines and runs`()
        throws
    {
        struct Stop: Error {}
        let test = try TestStore()
        try test.begin()
        try test.process("a.jpg", "a", total: "1.00")
        #expect(throws: Stop.self) {
            try test.store.exportRows(pipeline: "receipts") { _ in throw Stop() }
        }
        #expect(throws: StoreError.noSuchPipeline("recipes", known: ["receipts"])) {
            try test.store.exportRows(pipeline: "recipes") { _ in }
        }
        #expect(throws: StoreError.noSuchRun(RunID(rawValue: 9))) {
            try test.lines(ExportSelection(run: RunID(rawValue: 9)))
        }
    }

    @Test func `a second run is refused while the first one lives, and told which it is`() throws {
        let test = try TestStore()
        var lock: RunLock? = try RunLock.acquire(databasePath: test.path, pipeline: "receipts")
        #expect(throws: RunLockError.held(by: getpid(), pipeline: "receipts")) {
            try RunLock.acquire(databasePath: test.path, pipeline: "invoices")
        }
        // By whatever name the database is reached.
        let link = test.folder + "/link.sqlite"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: test.path)
        #expect(throws: RunLockError.self) {
            try RunLock.acquire(databasePath: link, pipeline: "x")
        }
        #expect(RunLock.holdingProcess(databasePath: link) == getpid())
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(RunLock.holdingProcess(databasePath: link) == nil)
        #expect(RunLock.holdingProcess(databasePath: "/no/such") == nil)
        _ = try RunLock.acquire(databasePath: link, pipeline: "x")
        #expect(throws: RunLockError.cannotLock(path: "/no/such.lock", .noSuchFileOrDirectory)) {
            try RunLock.acquire(databasePath: "/no/such", pipeline: "x")
        }
    }
}
