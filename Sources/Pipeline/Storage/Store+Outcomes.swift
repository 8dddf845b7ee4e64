import GRDB
public import Jobs
import Records

extension Store {
    /// Ends a document in a run: its record changes as a whole, or not at all.
    ///
    /// Of what is the same nothing is written. Attempts and fingerprints are no part of history: they only say whether the
    /// document is to be done again.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - pipeline: the pipeline.
    ///   - document: the document.
    ///   - status: what became of it.
    ///   - reason: why.
    ///   - detail: more about it, for a person.
    ///   - attempts: how often it failed in a way that may pass.
    ///   - planFingerprint: fingerprint of the plan by which it was done.
    ///   - engineFingerprint: fingerprint of the engines by which it was done.
    ///   - confidence: confidence of its record.
    ///   - needsReview: whether a person should look.
    ///   - chosen: the candidates that make up its record.
    ///   - expectedWork: what the model is expected to make of it; nil where it does not wait for it.
    /// - Throws: ``StoreError``.
    public func finishDocument(
        run: RunID,
        pipeline: PipelineID,
        document: DocumentID,
        status: DocumentStatus,
        reason: String?,
        detail: String?,
        attempts: Int,
        planFingerprint: String,
        engineFingerprint: String,
        confidence: Double?,
        needsReview: Bool,
        chosen: Set<ValueID>,
        expectedWork: ExpectedWork? = nil
    ) throws(StoreError) {
        let outcome = StoredOutcome(
            status: status,
            reason: reason,
            detail: detail,
            attempts: attempts,
            planFingerprint: planFingerprint,
            engineFingerprint: engineFingerprint,
            confidence: confidence.flatMap { $0.isFinite ? $0 : nil },
            needsReview: needsReview,
            expectedWork: expectedWork
        )
        try write(.outcome) { db in
            try choose(chosen, run: run, pipeline: pipeline, document: document, in: db)
            let current = try db.row(
                """
                SELECT id, from_run, status, reason, detail, confidence, needs_review, attempts,
                    plan_fingerprint, engine_fingerprint, gain, cost
                FROM outcome WHERE document = ? AND pipeline = ? AND until_run IS NULL
                """,
                [document.rawValue, pipeline.rawValue]
            )
            if let current {
                let id = try current.int64(0)
                let isSame =
                    try current.text(2) == outcome.status.rawValue
                    && current.optionalText(3) == outcome.reason
                    && current.optionalText(4) == outcome.detail
                    && current.optionalDouble(5) == outcome.confidence
                    && current.bool(6) == outcome.needsReview
                if isSame {
                    let isKnown =
                        try current.int(7) == outcome.attempts
                        && current.text(8) == outcome.planFingerprint
                        && current.text(9) == outcome.engineFingerprint
                        && current.optionalDouble(10) == outcome.expectedWork?.gain
                        && current.optionalInt(11) == outcome.expectedWork?.cost
                    if !isKnown {
                        try db.run(
                            """
                            UPDATE outcome SET attempts = ?, plan_fingerprint = ?, engine_fingerprint = ?,
                                gain = ?, cost = ? WHERE id = ?
                            """,
                            [
                                outcome.attempts, outcome.planFingerprint,
                                outcome.engineFingerprint, outcome.expectedWork?.gain,
                                outcome.expectedWork?.cost, id,
                            ]
                        )
                    }
                    return
                }
                try end("outcome", id, run: run, in: db)
            }
            try db.run(
                """
                INSERT INTO outcome (pipeline, document, status, reason, detail, attempts, plan_fingerprint,
                    engine_fingerprint, confidence, needs_review, gain, cost, from_run)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    pipeline.rawValue, document.rawValue, outcome.status.rawValue, outcome.reason,
                    outcome.detail, outcome.attempts, outcome.planFingerprint,
                    outcome.engineFingerprint, outcome.confidence, outcome.needsReview,
                    outcome.expectedWork?.gain, outcome.expectedWork?.cost, run.rawValue,
                ]
            )
        }
    }

    private func choose(
        _ chosen: Set<ValueID>,
        run: RunID,
        pipeline: PipelineID,
        document: DocumentID,
        in db: Database
    ) throws {
        var changes: [(id: Int64, isSuperseded: Bool, isOfThisRun: Bool, isChosen: Bool)] = []
        let cursor = try db.rows(
            """
            SELECT id, chosen, is_superseded, from_run FROM value
            WHERE document = ? AND pipeline = ? AND until_run IS NULL
            """,
            [document.rawValue, pipeline.rawValue]
        )
        while let row = try cursor.next() {
            let id = try row.int64(0)
            let isSuperseded = try row.bool(2)
            let isChosen = chosen.contains(ValueID(rawValue: id))
            guard try isSuperseded || isChosen != row.bool(1) else { continue }
            changes.append((id, isSuperseded, try row.int64(3) == run.rawValue, isChosen))
        }
        for change in changes {
            if change.isSuperseded {
                try end("value", change.id, run: run, in: db)
            } else if change.isOfThisRun {
                try db.run(
                    "UPDATE value SET chosen = ? WHERE id = ?",
                    [change.isChosen, change.id]
                )
            } else {
                try db.run(
                    """
                    INSERT INTO value (pipeline, document, step_index, position, \(CandidateColumns.names),
                        plain, minor_units, currency, chosen, from_run)
                    SELECT pipeline, document, step_index, position, \(CandidateColumns.names),
                        plain, minor_units, currency, ?, ? FROM value WHERE id = ?
                    """,
                    [change.isChosen, run.rawValue, change.id]
                )
                try end("value", change.id, run: run, in: db)
            }
        }
    }

    /// What was concluded from the other documents of a folder.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline.
    ///   - folder: the folder.
    ///   - key: what it is about, such as `date-order`.
    /// - Returns: the conclusion, or nil when there is none.
    /// - Throws: ``StoreError``.
    public func resolution(
        pipeline: PipelineID,
        folder: FolderID,
        key: String
    ) throws(StoreError) -> StoredResolution? {
        try read { db in
            try db.row(
                "SELECT decision, fingerprint FROM resolution WHERE pipeline = ? AND folder = ? AND key = ?",
                [pipeline.rawValue, folder.rawValue, key]
            )
            .map { StoredResolution(decision: try $0.text(0), fingerprint: try $0.text(1)) }
        }
    }

    /// Records what was concluded from the other documents of a folder; writes nothing when that is known.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline.
    ///   - folder: the folder.
    ///   - key: what it is about.
    ///   - resolution: the conclusion.
    /// - Throws: ``StoreError``.
    public func setResolution(
        pipeline: PipelineID,
        folder: FolderID,
        key: String,
        _ resolution: StoredResolution
    ) throws(StoreError) {
        guard try self.resolution(pipeline: pipeline, folder: folder, key: key) != resolution else {
            return
        }
        try write(.resolution) { db in
            try db.run(
                """
                INSERT INTO resolution (pipeline, folder, key, decision, fingerprint) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET decision = excluded.decision, fingerprint = excluded.fingerprint
                """,
                [
                    pipeline.rawValue, folder.rawValue, key, resolution.decision,
                    resolution.fingerprint,
                ]
            )
        }
    }
}
