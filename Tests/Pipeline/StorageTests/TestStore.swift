import Foundation
import Jobs
import PipelineSpec
import Records
import Scanning
import Testing

@testable import Storage

/// A database in a folder of its own, with the steps that a runner takes made short.
final class TestStore {
    let folder: String
    var path: String { folder + "/docket.sqlite" }
    private(set) var store: Store
    var pipeline = TestStore.pipeline()
    private(set) var started: StartedRun?
    private var clock = 0

    init() throws {
        folder = NSTemporaryDirectory() + "docket-storage-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        store = try Store(path: folder + "/docket.sqlite", mode: .create)
    }

    deinit {
        try? store.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    func reopen(_ mode: Store.Mode = .existing) throws {
        try store.close()
        store = try Store(path: path, mode: mode)
    }

    static func pipeline(
        _ name: String = "receipts",
        table: String? = nil,
        fields: [String] = ["total", "date"]
    )
        -> Pipeline
    {
        Pipeline(
            name: name,
            description: nil,
            file: "/p/\(name).yaml",
            input: InputSpec(
                folders: ["/scans"],
                include: ["**/*"],
                exclude: [],
                settle: .seconds(2),
                limits: .standard
            ),
            record: fields.map {
                FieldDefinition(name: $0, type: $0 == "items" ? .list([]) : .text)
            },
            steps: [.read(ReadStep()), .find(FindStep(fields: fields))],
            table: table ?? name
        )
    }

    func tick() -> String {
        clock += 1
        return "2025-06-01T00:00:" + (clock < 10 ? "0" : "") + "\(clock)Z"
    }

    @discardableResult
    func begin(folders: [String] = ["/scans"]) throws -> StartedRun {
        let run = try store.beginRun(
            pipeline: pipeline,
            folders: folders,
            planFingerprint: "plan",
            at: tick()
        )
        started = run
        return run
    }

    func finish() throws {
        let run = try #require(started)
        let counts = try store.tally(pipeline: run.pipeline, folders: run.folders)
        try store.finishRun(
            run.run,
            state: .finished,
            tally: Tally(found: counts.values.reduce(0, +), counts: counts),
            summary: "{}",
            at: tick()
        )
    }

    func stamp(_ number: Int) -> FileStamp {
        FileStamp(device: .max, inode: UInt64(number), size: number, modified: 1, changed: 2)
    }

    @discardableResult
    func place(_ path: String, _ bytes: String, folder: Int = 0, stamp number: Int = 1) throws
        -> DocumentID
    {
        let run = try #require(started)
        return try store.recordLocation(
            run: run.run,
            pipeline: run.pipeline,
            folder: run.folders[folder],
            path: Array(path.utf8),
            stamp: stamp(number),
            isTrusted: true,
            sha256: hash(bytes),
            byteCount: bytes.utf8.count,
            kind: .jpeg
        )
    }

    func hash(_ bytes: String) -> String {
        let digits = bytes.utf8.map { String($0, radix: 16) }.joined()
        return digits + String(repeating: "0", count: max(0, 64 - digits.count))
    }

    func page(_ text: String, number: Int = 1) -> PageText {
        let words = text.split(separator: " ").enumerated().map { index, word in
            Word(
                text: String(word),
                box: Box(x: index, y: 2, width: 3, height: 4),
                confidence: 0.1 + 0.2,
                block: 0,
                line: 0
            )
        }
        return PageText(number: number, width: 100, height: 200, words: words, source: .tesseract)
    }

    /// Reads a document as one page of text.
    @discardableResult
    func read(_ document: DocumentID, _ text: String, fingerprint: String = "r1") throws -> JobID {
        let run = try #require(started)
        let job = try store.beginJob(
            run: run.run,
            pipeline: run.pipeline,
            document: document,
            stepIndex: 0,
            verb: "read",
            fingerprint: fingerprint,
            engineVersion: "e"
        )
        try store.storePage(job.id, .read(page(text)), milliseconds: 1)
        try store.finishJob(
            run: run.run,
            job.id,
            JobResult(route: "tesseract", pageCount: 1),
            milliseconds: 1
        )
        return job.id
    }

    /// Finds values; the first candidate of each field is chosen by `conclude`.
    func find(
        _ document: DocumentID,
        _ candidates: [Candidate],
        fingerprint: String = UUID().uuidString
    ) throws {
        let run = try #require(started)
        let job = try store.beginJob(
            run: run.run,
            pipeline: run.pipeline,
            document: document,
            stepIndex: 1,
            verb: "find",
            fingerprint: fingerprint,
            engineVersion: "e"
        )
        try store.finishJob(
            run: run.run,
            job.id,
            JobResult(route: "rules", candidates: candidates),
            milliseconds: 1
        )
    }

    func conclude(_ document: DocumentID, _ status: DocumentStatus = .done, reason: String? = nil)
        throws
    {
        let run = try #require(started)
        var chosen: [String: ValueID] = [:]
        for stored in try store.candidates(pipeline: run.pipeline, document: document)
        where chosen[stored.candidate.field] == nil {
            chosen[stored.candidate.field] = stored.id
        }
        try store.finishDocument(
            run: run.run,
            pipeline: run.pipeline,
            document: document,
            status: status,
            reason: reason,
            detail: nil,
            attempts: 0,
            planFingerprint: "plan",
            engineFingerprint: "engines",
            confidence: 0.9,
            needsReview: status == .review,
            chosen: Set(chosen.values)
        )
    }

    func candidate(_ field: String, _ text: String, confidence: Double = 0.9) -> Candidate {
        Candidate(
            field: field,
            content: .text(text),
            printed: text,
            confidence: confidence,
            evidence: [Evidence(page: 1, box: Box(x: 1, y: 2, width: 3, height: 4), words: text)],
            reason: "beside \"TOTAL\""
        )
    }

    @discardableResult
    func process(_ path: String, _ bytes: String, total: String) throws -> DocumentID {
        let document = try place(path, bytes)
        try read(document, "TOTAL \(total)")
        try find(document, [candidate("total", total)])
        try conclude(document)
        return document
    }

    func rows(_ selection: ExportSelection = ExportSelection()) throws -> [ExportRow] {
        var rows: [ExportRow] = []
        try store.exportRows(pipeline: pipeline.name, selection) { rows.append($0) }
        return rows
    }

    /// Rows as `path status total`.
    func lines(_ selection: ExportSelection = ExportSelection()) throws -> [String] {
        try rows(selection).map { row in
            "\(row.path) \(row.status) \(row.values["total"]?.content.plain ?? "-")"
        }
    }

    /// Everything that the tables hold, for finding out whether anything was written.
    func dump(except tables: Set<String> = []) throws -> [String] {
        try store.read { db in
            let names = [
                "pipeline", "folder", "run", "document", "location", "outcome", "job", "page",
                "text", "answer",
                "value", "correction", "check_result", "resolution",
            ]
            return try names.filter { !tables.contains($0) }.flatMap { name in
                try db.rows("SELECT * FROM \(name) ORDER BY rowid").mapToText(name)
            }
        }
    }
}
