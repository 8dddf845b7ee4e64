import GRDB
public import Jobs
import Records

extension Store {
    /// What is stored of a document's jobs, and what became of it.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline.
    ///   - document: the document.
    /// - Returns: its jobs, by step, and its outcome.
    /// - Throws: ``StoreError``.
    public func documentState(
        pipeline: PipelineID,
        document: DocumentID
    ) throws(StoreError) -> DocumentState {
        try read { db in
            var jobs: [StoredJob] = []
            let cursor = try db.rows(
                """
                SELECT id, step_index, verb, status, fingerprint, engine_version, attempts, reason, detail,
                    page, route, milliseconds, peak_bytes, page_count, unread_pages, route_reason,
                    doubts
                FROM job WHERE document = ? AND pipeline = ? ORDER BY step_index
                """,
                [document.rawValue, pipeline.rawValue]
            )
            while let row = try cursor.next() { jobs.append(try StoredJob(row)) }
            let outcome = try db.row(
                """
                SELECT status, reason, detail, attempts, plan_fingerprint, engine_fingerprint, confidence,
                    needs_review, gain, cost
                FROM outcome WHERE document = ? AND pipeline = ? AND until_run IS NULL
                """,
                [document.rawValue, pipeline.rawValue]
            )
            return DocumentState(jobs: jobs, outcome: try outcome.map { try StoredOutcome($0) })
        }
    }

    /// Begins a job, or goes on with one that was interrupted.
    ///
    /// A job with another fingerprint is begun anew: its pages and texts go, and its values when its new result comes. What a
    /// model answered stays until then: each answer has a fingerprint of its own.
    /// With the same fingerprint it keeps the pages that were stored; when it had ended, those that failed in a way that
    /// may pass are left out, so that they are tried again.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - pipeline: the pipeline.
    ///   - document: the document.
    ///   - stepIndex: the step's place in the pipeline, from 0.
    ///   - verb: the step's verb.
    ///   - fingerprint: hash of all that determines the job's result.
    ///   - engineVersion: the engine's version.
    ///   - route: the engine that it goes to; the result names it again.
    ///   - routeReason: why.
    ///   - startOver: whether to begin anew with the same fingerprint, too.
    /// - Returns: the job and what of it is done.
    /// - Throws: ``StoreError``.
    public func beginJob(
        run: RunID,
        pipeline: PipelineID,
        document: DocumentID,
        stepIndex: Int,
        verb: String,
        fingerprint: String,
        engineVersion: String,
        route: String = "",
        routeReason: String = "",
        startOver: Bool = false
    ) throws(StoreError) -> BegunJob {
        let row = JobRow(
            run: run,
            pipeline: pipeline,
            document: document,
            stepIndex: stepIndex,
            verb: verb,
            fingerprint: fingerprint
        )
        return try write(.job) { db in
            let known = try row.known(in: db)
            guard let known, known.fingerprint == fingerprint, !startOver else {
                let id = JobID(
                    rawValue: try row.replace(
                        known,
                        status: .running,
                        attempts: 1,
                        engineVersion: engineVersion,
                        route: route,
                        routeReason: routeReason,
                        keepsAnswers: !startOver,
                        in: db
                    )
                )
                return BegunJob(
                    id: id,
                    storedPages: [],
                    storedAnswers: try answers(ofJob: id, in: db),
                    attempts: 1
                )
            }
            let isResumed = known.status == .running
            let attempts = isResumed ? max(1, known.attempts) : known.attempts + 1
            if !isResumed {
                let passing = FailureReason.allCases.filter(\.mayPass).map { "'\($0.rawValue)'" }
                try db.run(
                    """
                    DELETE FROM page WHERE job = ?
                        AND failure_reason IN (\(passing.joined(separator: ", ")))
                    """,
                    [known.id]
                )
            }
            try db.run(
                """
                UPDATE job SET status = 'running', attempts = ?, reason = NULL, detail = NULL, page = NULL,
                    verb = ?, engine_version = ?, route = ?, route_reason = ?, run = ?
                WHERE id = ?
                """,
                [attempts, verb, engineVersion, route, routeReason, run.rawValue, known.id]
            )
            let id = JobID(rawValue: known.id)
            return BegunJob(
                id: id,
                storedPages: try outcomes(ofJob: id, in: db),
                storedAnswers: try answers(ofJob: id, in: db),
                attempts: attempts
            )
        }
    }

    /// Ends a job with its result: its candidates and checks take the place of its former ones, as one transaction.
    ///
    /// What is the same keeps its row. What the record holds stays in it until the document is finished, too.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - job: the job.
    ///   - result: its result.
    ///   - milliseconds: the time it took.
    ///   - answers: the places of the answers that it rests on: others are of an earlier try and go. Nil for a job that has none.
    /// - Throws: ``StoreError``.
    public func finishJob(
        run: RunID,
        _ job: JobID,
        _ result: JobResult,
        milliseconds: Int,
        answers: Set<Int>? = nil
    ) throws(StoreError) {
        try write(.result) { db in
            try db.run(
                """
                UPDATE job SET status = 'done', reason = NULL, detail = NULL, page = NULL, route = ?,
                    milliseconds = ?, peak_bytes = ?, page_count = ?, unread_pages = ?, doubts = ?, run = ?
                WHERE id = ?
                """,
                [
                    result.route, milliseconds, result.peakBytes, result.pageCount,
                    result.unreadPages, try JSONColumn.text(list: result.doubts), run.rawValue,
                    job.rawValue,
                ]
            )
            if let answers {
                let places = answers.sorted().map(String.init).joined(separator: ", ")
                try db.execute(
                    sql: "DELETE FROM answer WHERE job = ? AND position NOT IN (\(places))",
                    arguments: [job.rawValue]
                )
            }
            guard let step = try StepOfDocument(job: job, in: db) else { return }
            try replaceCandidates(of: step, with: result.candidates, run: run, in: db)
            try replaceChecks(of: step, with: result.checks, run: run, in: db)
        }
    }

    /// Ends a job that failed; its pages stay, its candidates of an earlier result go.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - job: the job.
    ///   - failure: what happened.
    ///   - milliseconds: the time it took.
    /// - Throws: ``StoreError``.
    public func failJob(
        run: RunID,
        _ job: JobID,
        _ failure: JobFailure,
        milliseconds: Int
    ) throws(StoreError) {
        try write(.failure) { db in
            try db.run(
                """
                UPDATE job SET status = 'failed', reason = ?, detail = ?, page = ?, milliseconds = ?,
                    doubts = '[]', run = ?
                WHERE id = ?
                """,
                [
                    failure.reason.rawValue, failure.detail, failure.page, milliseconds,
                    run.rawValue,
                    job.rawValue,
                ]
            )
            guard let step = try StepOfDocument(job: job, in: db) else { return }
            try replaceCandidates(of: step, with: [], run: run, in: db)
            try replaceChecks(of: step, with: [], run: run, in: db)
        }
    }

    /// Records that a job is not asked for, and why; writes nothing when that is known.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - pipeline: the pipeline.
    ///   - document: the document.
    ///   - stepIndex: the step's place in the pipeline, from 0.
    ///   - verb: the step's verb.
    ///   - fingerprint: hash of all that determines this.
    ///   - reason: why: its condition is false, there is no model.
    ///   - keepsAnswers: whether what a model answered for it stays, as where there is no model tonight.
    /// - Throws: ``StoreError``.
    public func skipJob(
        run: RunID,
        pipeline: PipelineID,
        document: DocumentID,
        stepIndex: Int,
        verb: String,
        fingerprint: String,
        reason: String,
        keepsAnswers: Bool = false
    ) throws(StoreError) {
        let row = JobRow(
            run: run,
            pipeline: pipeline,
            document: document,
            stepIndex: stepIndex,
            verb: verb,
            fingerprint: fingerprint
        )
        try write(.skip) { db in
            let known = try row.known(in: db)
            if let known, known.status == .skipped, known.fingerprint == fingerprint,
                known.reason == reason
            {
                return
            }
            _ = try row.replace(
                known,
                status: .skipped,
                attempts: 0,
                reason: reason,
                keepsAnswers: keepsAnswers,
                in: db
            )
            let step = StepOfDocument(pipeline: pipeline, document: document, index: stepIndex)
            try replaceCandidates(of: step, with: [], run: run, in: db)
            try replaceChecks(of: step, with: [], run: run, in: db)
        }
    }

    /// Removes the jobs of steps that the pipeline no longer has, with all that came of them.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - pipeline: the pipeline.
    ///   - document: the document.
    ///   - stepIndex: the first step that is not there any more: the pipeline's count of steps.
    /// - Throws: ``StoreError``.
    public func removeJobs(
        run: RunID,
        pipeline: PipelineID,
        document: DocumentID,
        fromStep stepIndex: Int
    ) throws(StoreError) {
        try write { db in
            let cursor = try db.rows(
                "SELECT id, step_index FROM job WHERE document = ? AND pipeline = ? AND step_index >= ?",
                [document.rawValue, pipeline.rawValue, stepIndex]
            )
            var jobs: [(Int64, Int)] = []
            while let row = try cursor.next() { jobs.append((try row.int64(0), try row.int(1))) }
            for (id, index) in jobs {
                let step = StepOfDocument(pipeline: pipeline, document: document, index: index)
                try replaceCandidates(of: step, with: [], run: run, in: db)
                try replaceChecks(of: step, with: [], run: run, in: db)
                try db.run("DELETE FROM job WHERE id = ?", [id])
            }
        }
    }
}

/// The place of a job's values and checks.
struct StepOfDocument {
    var pipeline: PipelineID
    var document: DocumentID
    var index: Int

    init(pipeline: PipelineID, document: DocumentID, index: Int) {
        self.pipeline = pipeline
        self.document = document
        self.index = index
    }

    /// Nil for a job that is gone, as when its document was forgotten meanwhile.
    init?(job: JobID, in db: Database) throws {
        guard
            let row = try db.row(
                "SELECT pipeline, document, step_index FROM job WHERE id = ?",
                [job.rawValue]
            )
        else { return nil }
        pipeline = PipelineID(rawValue: try row.int64(0))
        document = DocumentID(rawValue: try row.int64(1))
        index = try row.int(2)
    }
}
