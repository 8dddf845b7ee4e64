import GRDB
import Jobs

/// A job about to be begun or skipped, before it is compared with what is stored under its place.
struct JobRow {
    let run: RunID
    let pipeline: PipelineID
    let document: DocumentID
    let stepIndex: Int
    let verb: String
    let fingerprint: String

    struct Known {
        var id: Int64
        var status: JobStatus
        var fingerprint: String
        var attempts: Int
        var reason: String?
        var verb: String
    }

    func known(in db: Database) throws -> Known? {
        let row = try db.row(
            """
            SELECT id, status, fingerprint, attempts, reason, verb FROM job
            WHERE document = ? AND pipeline = ? AND step_index = ?
            """,
            [document.rawValue, pipeline.rawValue, stepIndex]
        )
        guard let row else { return nil }
        return Known(
            id: try row.int64(0),
            status: try named(JobStatus.self, row.text(1)),
            fingerprint: try row.text(2),
            attempts: try row.int(3),
            reason: try row.optionalText(4),
            verb: try row.text(5)
        )
    }

    /// Writes the row anew, its pages gone, and what a model answered too unless `keepsAnswers`; gives its number.
    func replace(
        _ known: Known?,
        status: JobStatus,
        attempts: Int,
        engineVersion: String = "",
        route: String = "",
        routeReason: String = "",
        reason: String? = nil,
        keepsAnswers: Bool = false,
        in db: Database
    ) throws -> Int64 {
        if let known {
            let id = known.id
            try db.run("DELETE FROM page WHERE job = ?", [id])
            if !keepsAnswers || known.verb != verb {
                try db.run("DELETE FROM answer WHERE job = ?", [id])
            }
            try db.run(
                """
                UPDATE job SET verb = ?, status = ?, attempts = ?, reason = ?, detail = NULL, page = NULL,
                    fingerprint = ?, engine_version = ?, route = ?, route_reason = ?, milliseconds = 0,
                    peak_bytes = 0, page_count = NULL, unread_pages = 0, doubts = '[]', run = ?
                WHERE id = ?
                """,
                [
                    verb, status.rawValue, attempts, reason, fingerprint, engineVersion, route,
                    routeReason, run.rawValue, id,
                ]
            )
            return id
        }
        return try db.insert(
            """
            INSERT INTO job (pipeline, document, step_index, verb, status, attempts, reason, fingerprint,
                engine_version, route, route_reason, milliseconds, peak_bytes, unread_pages, run)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?)
            """,
            [
                pipeline.rawValue, document.rawValue, stepIndex, verb, status.rawValue, attempts,
                reason,
                fingerprint, engineVersion, route, routeReason, run.rawValue,
            ]
        )
    }
}

extension StoredJob {
    init(_ row: Row) throws {
        id = JobID(rawValue: try row.int64(0))
        stepIndex = try row.int(1)
        verb = try row.text(2)
        status = try named(JobStatus.self, row.text(3))
        fingerprint = try row.text(4)
        engineVersion = try row.text(5)
        attempts = try row.int(6)
        reason = try row.optionalText(7)
        detail = try row.optionalText(8)
        page = try row.optionalInt(9)
        route = try row.text(10)
        milliseconds = try row.int(11)
        peakBytes = try row.int(12)
        pageCount = try row.optionalInt(13)
        unreadPages = try row.int(14)
        routeReason = try row.text(15)
        doubts = try JSONColumn.list(String.self, from: row.text(16))
    }
}

extension StoredOutcome {
    init(_ row: Row) throws {
        status = try row.status(0)
        reason = try row.optionalText(1)
        detail = try row.optionalText(2)
        attempts = try row.int(3)
        planFingerprint = try row.text(4)
        engineFingerprint = try row.text(5)
        confidence = try row.optionalDouble(6)
        needsReview = try row.bool(7)
        if let gain = try row.optionalDouble(8) {
            expectedWork = ExpectedWork(gain: gain, cost: try row.optionalInt(9) ?? 1)
        }
    }
}
