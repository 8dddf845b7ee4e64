import GRDB
import Jobs
public import PipelineSpec
import Records

/// A pipeline that has run, as the database knows it.
public struct StoredPipeline: Sendable {
    /// The row.
    public var id: PipelineID
    /// The pipeline's name.
    public var name: String
    /// Its folders, in the order in which they were first seen.
    public var folders: [StoredFolder]
}

/// An input folder of a pipeline.
public struct StoredFolder: Sendable {
    /// The row.
    public var id: FolderID
    /// The folder, absolute.
    public var path: String
}

extension Store {
    /// Begins a run: registers pipeline, folders and view where they are new or changed, and notes that earlier runs have died.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline; its latest form is kept under its name.
    ///   - folders: the folders of this run, absolute.
    ///   - planFingerprint: fingerprint of the plan.
    ///   - date: the time, ISO 8601 in UTC, always in the same form.
    /// - Returns: the rows that the run works with.
    /// - Throws: ``StoreError``, in particular ``StoreError/viewNameTaken(_:)``.
    public func beginRun(
        pipeline: Pipeline,
        folders: [String],
        planFingerprint: String,
        at date: String
    ) throws(StoreError) -> StartedRun {
        try write(.run) { db in
            let id = try registered(pipeline, in: db)
            let folderIDs = try folders.map { path in
                let known = try db.row(
                    "SELECT id FROM folder WHERE pipeline = ? AND path = ?",
                    [id, path]
                )
                return try known?.int64(0)
                    ?? db.insert("INSERT INTO folder (pipeline, path) VALUES (?, ?)", [id, path])
            }
            try PipelineView(pipeline: pipeline, id: id).update(in: db)
            var interrupted: [RunID] = []
            let dead = try db.rows("SELECT id FROM run WHERE state = 'running' ORDER BY id")
            while let row = try dead.next() {
                interrupted.append(RunID(rawValue: try row.int64(0)))
            }
            try db.run("UPDATE run SET state = 'interrupted' WHERE state = 'running'")
            let run = try db.insert(
                """
                INSERT INTO run (pipeline, started_at, state, plan_fingerprint)
                VALUES (?, ?, 'running', ?)
                """,
                [id, date, planFingerprint]
            )
            return StartedRun(
                run: RunID(rawValue: run),
                pipeline: PipelineID(rawValue: id),
                folders: folderIDs.map { FolderID(rawValue: $0) },
                interruptedRuns: interrupted
            )
        }
    }

    /// Ends a run.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - state: how far it got.
    ///   - tally: its conservation line.
    ///   - summary: the runner's own summary as JSON.
    ///   - date: the time, in the form of `beginRun`.
    /// - Throws: ``StoreError``.
    public func finishRun(
        _ run: RunID,
        state: RunState,
        tally: Tally,
        summary: String,
        at date: String
    ) throws(StoreError) {
        try write(.end) { db in
            try db.run(
                """
                UPDATE run SET finished_at = ?, state = ?, summary = ?, found = ?, done = ?, partial = ?,
                    review = ?, failed = ?, quarantined = ?, duplicate = ?, skipped = ?, waiting = ?
                WHERE id = ?
                """,
                [
                    date, state.rawValue, summary, tally.found, tally[.done], tally[.partial],
                    tally[.review], tally[.failed], tally[.quarantined], tally[.duplicate],
                    tally[.skipped], tally[.waiting], run.rawValue,
                ]
            )
        }
    }

    /// Runs, the latest first.
    ///
    /// - Parameters:
    ///   - name: a pipeline's name; nil for all pipelines.
    ///   - limit: the most that are given.
    /// - Returns: the runs.
    /// - Throws: ``StoreError``.
    public func runs(pipeline name: String? = nil, limit: Int = 100) throws(StoreError)
        -> [RunSummary]
    {
        try read { db in
            let cursor = try db.rows(
                Self.runQuery + " WHERE ?1 IS NULL OR p.name = ?1 ORDER BY r.id DESC LIMIT ?2",
                [name, max(0, limit)]
            )
            var runs: [RunSummary] = []
            while let row = try cursor.next() { runs.append(try RunSummary(row)) }
            return runs
        }
    }

    /// One run.
    ///
    /// - Parameter run: its number.
    /// - Returns: the run.
    /// - Throws: ``StoreError/noSuchRun(_:)`` among others.
    public func run(_ run: RunID) throws(StoreError) -> RunSummary {
        try read { db in
            guard let row = try db.row(Self.runQuery + " WHERE r.id = ?", [run.rawValue]) else {
                throw StoreError.noSuchRun(run)
            }
            return try RunSummary(row)
        }
    }

    /// A pipeline by its name.
    ///
    /// - Parameter name: its name.
    /// - Returns: the pipeline, or nil when it has never run.
    /// - Throws: ``StoreError``.
    public func pipeline(named name: String) throws(StoreError) -> StoredPipeline? {
        try pipelines().first { $0.name == name }
    }

    /// All pipelines that have run, by name.
    ///
    /// - Returns: the pipelines.
    /// - Throws: ``StoreError``.
    public func pipelines() throws(StoreError) -> [StoredPipeline] {
        try read { db in
            var pipelines: [StoredPipeline] = []
            let cursor = try db.rows(
                """
                SELECT p.id, p.name, f.id, f.path FROM pipeline p LEFT JOIN folder f ON f.pipeline = p.id
                ORDER BY p.name, f.id
                """
            )
            while let row = try cursor.next() {
                let id = PipelineID(rawValue: try row.int64(0))
                if pipelines.last?.id != id {
                    pipelines.append(StoredPipeline(id: id, name: try row.text(1), folders: []))
                }
                if let folder = try row.optionalInt64(2) {
                    pipelines[pipelines.count - 1].folders.append(
                        StoredFolder(id: FolderID(rawValue: folder), path: try row.text(3))
                    )
                }
            }
            return pipelines
        }
    }

    /// Names of all pipelines that have run.
    ///
    /// - Returns: the names, sorted.
    /// - Throws: ``StoreError``.
    public func pipelineNames() throws(StoreError) -> [String] { try pipelines().map(\.name) }

    private func registered(_ pipeline: Pipeline, in db: Database) throws -> Int64 {
        let spec = try JSONColumn.text(StoredSpec(pipeline))
        guard let row = try db.row("SELECT id, spec FROM pipeline WHERE name = ?", [pipeline.name])
        else {
            return try db.insert(
                "INSERT INTO pipeline (name, spec) VALUES (?, ?)",
                [pipeline.name, spec]
            )
        }
        if try row.text(1) != spec {
            try db.run("UPDATE pipeline SET spec = ? WHERE id = ?", [spec, try row.int64(0)])
        }
        return try row.int64(0)
    }

    private static let runQuery = """
        SELECT r.id, p.name, r.started_at, r.finished_at, r.state, r.plan_fingerprint, r.summary, r.found,
            r.done, r.partial, r.review, r.failed, r.quarantined, r.duplicate, r.skipped, r.waiting
        FROM run r JOIN pipeline p ON p.id = r.pipeline
        """
}

extension RunSummary {
    fileprivate init(_ row: Row) throws {
        id = RunID(rawValue: try row.int64(0))
        pipeline = try row.text(1)
        startedAt = try row.text(2)
        finishedAt = try row.optionalText(3)
        state = try named(RunState.self, row.text(4))
        planFingerprint = try row.text(5)
        summary = try row.optionalText(6)
        if let found = try row.optionalInt(7) {
            let statuses: [DocumentStatus] = [
                .done, .partial, .review, .failed, .quarantined, .duplicate, .skipped, .waiting,
            ]
            var counts: [DocumentStatus: Int] = [:]
            for (offset, status) in statuses.enumerated() {
                counts[status] = try row.optionalInt(8 + offset) ?? 0
            }
            tally = Tally(found: found, counts: counts)
        }
    }
}

/// What the database keeps of a pipeline, for whoever asks later what a run was told to do.
private struct StoredSpec: Encodable {
    var file: String
    var description: String?
    var folders: [String]
    var include: [String]
    var exclude: [String]
    var limits: Limits
    var record: [FieldDefinition]
    var steps: [Step]
    var table: String

    init(_ pipeline: Pipeline) {
        file = pipeline.file
        description = pipeline.description
        folders = pipeline.input.folders
        include = pipeline.input.include
        exclude = pipeline.input.exclude
        limits = pipeline.input.limits
        record = pipeline.record
        steps = pipeline.steps
        table = pipeline.table
    }
}
