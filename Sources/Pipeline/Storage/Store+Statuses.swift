import GRDB
public import Jobs

extension Store {
    /// How many paths there are of each status now.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline.
    ///   - folders: the folders whose paths are counted.
    /// - Returns: the counts; a status that no path has is left out.
    /// - Throws: ``StoreError``.
    public func tally(
        pipeline: PipelineID,
        folders: [FolderID]
    ) throws(StoreError) -> [DocumentStatus: Int] {
        try read { db in
            let cursor = try db.rows(
                """
                SELECT \(Validity.now.status) AS path_status, count(*)
                FROM \(Validity.now.locationsWithOutcomes)
                WHERE l.pipeline = ? AND l.until_run IS NULL AND l.folder IN (\(list(folders)))
                GROUP BY path_status
                """,
                [pipeline.rawValue]
            )
            var counts: [DocumentStatus: Int] = [:]
            while let row = try cursor.next() { counts[try row.status(0)] = try row.int(1) }
            return counts
        }
    }

    /// Paths that ask for a person's attention, by folder and path.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline.
    ///   - run: the run whose state is looked at; nil for now.
    ///   - folders: the folders whose paths are looked at; nil for all.
    ///   - statuses: the statuses that count.
    ///   - limit: the most that are given.
    /// - Returns: the paths.
    /// - Throws: ``StoreError``.
    public func problems(
        pipeline: PipelineID,
        run: RunID? = nil,
        folders: [FolderID]? = nil,
        statuses: Set<DocumentStatus> = [.failed, .quarantined, .partial, .review],
        limit: Int
    ) throws(StoreError) -> [Problem] {
        try read { db in
            let validity = Validity(run)
            // The names come from a closed set and need no quoting.
            let names = statuses.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
            let cursor = try db.rows(
                """
                SELECT f.path, l.path, \(validity.status) AS path_status,
                    CASE WHEN l.status IS NULL THEN o.reason ELSE l.reason END,
                    CASE WHEN l.status IS NULL THEN o.detail ELSE l.detail END
                FROM \(validity.locationsWithOutcomes) JOIN folder f ON f.id = l.folder
                WHERE l.pipeline = ? AND \(validity.holds("l")) AND path_status IN (\(names))
                    \(folders.map { "AND l.folder IN (\(list($0)))" } ?? "")
                ORDER BY l.folder, l.path LIMIT ?
                """,
                [pipeline.rawValue, max(0, limit)]
            )
            var problems: [Problem] = []
            while let row = try cursor.next() {
                problems.append(
                    Problem(
                        folder: try row.text(0),
                        path: try row.bytes(1),
                        status: try row.status(2),
                        reason: try row.optionalText(3),
                        detail: try row.optionalText(4)
                    )
                )
            }
            return problems
        }
    }

    /// Gives failed and quarantined documents another chance in the next run, and those that a failed step left `partial`.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline.
    ///   - statuses: which documents besides: `failed`, `quarantined`, or others that are to be read again.
    ///   - matching: which of their paths, relative to the folder; nil for all.
    /// - Returns: how many paths the next run takes up again.
    /// - Throws: ``StoreError``.
    public func retry(
        pipeline: PipelineID,
        statuses: Set<DocumentStatus> = [.failed, .quarantined],
        matching: (([UInt8]) -> Bool)? = nil
    ) throws(StoreError) -> Int {
        try write { db in
            let cursor = try db.rows(
                """
                SELECT l.id, l.path, l.document, l.status, o.status,
                    o.status = 'partial' AND EXISTS (SELECT 1 FROM job j WHERE j.document = o.document
                        AND j.pipeline = o.pipeline AND j.status = 'failed') AS has_failed_step
                FROM \(Validity.now.locationsWithOutcomes)
                WHERE l.pipeline = ? AND l.until_run IS NULL
                """,
                [pipeline.rawValue]
            )
            var paths: [Int64] = []
            var documents: [Int64] = []
            while let row = try cursor.next() {
                let ofPath = try row.optionalStatus(3)
                let ofDocument = try row.optionalStatus(4)
                let hasFailedStep = try ofPath == nil && ofDocument == .partial && row.bool(5)
                guard let status = ofPath ?? ofDocument,
                    hasFailedStep || statuses.contains(status),
                    try matching?(row.bytes(1)) ?? true
                else { continue }
                paths.append(try row.int64(0))
                if ofPath == nil { documents.append(try row.int64(2)) }
            }
            for document in documents {
                try release(document, pipeline, in: db)
                try db.run(
                    "UPDATE job SET attempts = 0 WHERE document = ? AND pipeline = ? AND status = 'failed'",
                    [document, pipeline.rawValue]
                )
            }
            for path in paths {
                try db.run(
                    "UPDATE location SET is_trusted = 0 WHERE id = ? AND status IS NOT NULL",
                    [path]
                )
            }
            return paths.count
        }
    }

    /// Has a document taken up again by the next run, whatever became of it; what is stored of it stays.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline.
    ///   - document: the document.
    /// - Throws: ``StoreError``.
    public func takeUpAgain(
        pipeline: PipelineID,
        document: DocumentID
    ) throws(StoreError) {
        try write { db in try release(document.rawValue, pipeline, in: db) }
    }

    private func release(_ document: Int64, _ pipeline: PipelineID, in db: Database) throws {
        try db.run(
            """
            UPDATE outcome SET attempts = 0, plan_fingerprint = ''
            WHERE document = ? AND pipeline = ? AND until_run IS NULL
            """,
            [document, pipeline.rawValue]
        )
    }

    private func list(_ folders: [FolderID]) -> String {
        folders.map { String($0.rawValue) }.joined(separator: ", ")
    }
}
