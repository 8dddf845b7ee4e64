import GRDB
import Jobs
public import Records

extension Store {
    /// The candidates of a document, by step and in the order in which each step proposed them.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline.
    ///   - document: the document.
    /// - Returns: the candidates that hold now.
    /// - Throws: ``StoreError``.
    public func candidates(
        pipeline: PipelineID,
        document: DocumentID
    ) throws(StoreError) -> [StoredCandidate] {
        try read { db in
            let cursor = try db.rows(
                """
                SELECT id, step_index, chosen, \(CandidateColumns.names) FROM value
                WHERE document = ? AND pipeline = ? AND until_run IS NULL AND NOT is_superseded
                ORDER BY step_index, position, id
                """,
                [document.rawValue, pipeline.rawValue]
            )
            var candidates: [StoredCandidate] = []
            while let row = try cursor.next() {
                candidates.append(
                    StoredCandidate(
                        id: ValueID(rawValue: try row.int64(0)),
                        stepIndex: try row.int(1),
                        candidate: try CandidateColumns(row, at: 3).candidate,
                        isChosen: try row.bool(2)
                    )
                )
            }
            return candidates
        }
    }

    /// What came of a document's `check` rules.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline.
    ///   - document: the document.
    /// - Returns: the results in the order of the rules.
    /// - Throws: ``StoreError``.
    public func checkResults(
        pipeline: PipelineID,
        document: DocumentID
    ) throws(StoreError) -> [CheckResult] {
        try read { db in
            let cursor = try db.rows(
                """
                SELECT rule, outcome, detail FROM check_result
                WHERE document = ? AND pipeline = ? AND until_run IS NULL ORDER BY step_index, position, id
                """,
                [document.rawValue, pipeline.rawValue]
            )
            var results: [CheckResult] = []
            while let row = try cursor.next() {
                results.append(
                    CheckResult(
                        rule: try row.text(0),
                        outcome: try named(CheckResult.Outcome.self, row.text(1)),
                        detail: try row.text(2)
                    )
                )
            }
            return results
        }
    }

    /// What a person says a document's fields hold: the latest word on each field.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline.
    ///   - document: the document.
    /// - Returns: the corrections by field.
    /// - Throws: ``StoreError``.
    public func corrections(
        pipeline: PipelineID,
        document: DocumentID
    ) throws(StoreError) -> [Correction] {
        try read { db in
            let cursor = try db.rows(
                """
                SELECT field, content, made_at FROM correction c
                WHERE document = ?1 AND pipeline = ?2 AND id = (SELECT max(id) FROM correction
                    WHERE document = ?1 AND pipeline = ?2 AND field = c.field)
                ORDER BY field
                """,
                [document.rawValue, pipeline.rawValue]
            )
            var corrections: [Correction] = []
            while let row = try cursor.next() {
                corrections.append(
                    Correction(
                        field: try row.text(0),
                        content: try JSONColumn.value(StoredContent.self, from: row.text(1))
                            .content,
                        madeAt: try row.text(2)
                    )
                )
            }
            return corrections
        }
    }

    /// Records what a person says a field holds; it outranks every candidate, in every later run.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline.
    ///   - document: the document.
    ///   - field: the field.
    ///   - content: its content.
    ///   - date: the time, in the form of `beginRun`.
    /// - Throws: ``StoreError``.
    public func correct(
        pipeline: PipelineID,
        document: DocumentID,
        field: String,
        content: FieldContent,
        at date: String
    ) throws(StoreError) {
        try write { db in
            try db.run(
                """
                INSERT INTO correction (pipeline, document, field, content, plain, made_at)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                [
                    pipeline.rawValue, document.rawValue, field,
                    try JSONColumn.text(StoredContent(content)), try content.viewText, date,
                ]
            )
        }
    }

    // MARK: A step's new result beside its old one

    func replaceCandidates(
        of step: StepOfDocument,
        with candidates: [Candidate],
        run: RunID,
        in db: Database
    ) throws {
        var old: [CandidateColumns: [Known]] = [:]
        let cursor = try db.rows(
            """
            SELECT id, position, chosen, is_superseded, \(CandidateColumns.names) FROM value
            WHERE document = ? AND pipeline = ? AND step_index = ? AND until_run IS NULL ORDER BY id DESC
            """,
            [step.document.rawValue, step.pipeline.rawValue, step.index]
        )
        while let row = try cursor.next() {
            old[try CandidateColumns(row, at: 4), default: []].append(
                Known(
                    id: try row.int64(0),
                    position: try row.int(1),
                    isChosen: try row.bool(2),
                    isSuperseded: try row.bool(3)
                )
            )
        }
        for (position, candidate) in candidates.enumerated() {
            let columns = try CandidateColumns(candidate)
            guard let same = old[columns]?.popLast() else {
                try columns.insert(of: step, at: position, run: run, in: db)
                continue
            }
            // The place is no part of history, and neither is a doubt that did not last.
            if same.position != position || same.isSuperseded {
                try db.run(
                    "UPDATE value SET position = ?, is_superseded = 0 WHERE id = ?",
                    [position, same.id]
                )
            }
        }
        for left in old.values.joined() {
            if left.isChosen {
                try db.run("UPDATE value SET is_superseded = 1 WHERE id = ?", [left.id])
            } else {
                try end("value", left.id, run: run, in: db)
            }
        }
    }

    func replaceChecks(
        of step: StepOfDocument,
        with checks: [CheckResult],
        run: RunID,
        in db: Database
    ) throws {
        var old: [CheckResult: [(id: Int64, position: Int)]] = [:]
        let cursor = try db.rows(
            """
            SELECT id, position, rule, outcome, detail FROM check_result
            WHERE document = ? AND pipeline = ? AND step_index = ? AND until_run IS NULL ORDER BY id DESC
            """,
            [step.document.rawValue, step.pipeline.rawValue, step.index]
        )
        while let row = try cursor.next() {
            let result = CheckResult(
                rule: try row.text(2),
                outcome: try named(CheckResult.Outcome.self, row.text(3)),
                detail: try row.text(4)
            )
            old[result, default: []].append((try row.int64(0), try row.int(1)))
        }
        for (position, check) in checks.enumerated() {
            if let same = old[check]?.popLast() {
                guard same.position != position else { continue }
                try db.run(
                    "UPDATE check_result SET position = ? WHERE id = ?",
                    [position, same.id]
                )
            } else {
                try db.run(
                    """
                    INSERT INTO check_result (pipeline, document, step_index, position, rule, outcome, detail,
                        from_run)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    [
                        step.pipeline.rawValue, step.document.rawValue, step.index, position,
                        check.rule,
                        check.outcome.rawValue, check.detail, run.rawValue,
                    ]
                )
            }
        }
        for left in old.values.joined() { try end("check_result", left.id, run: run, in: db) }
    }

    private struct Known {
        var id: Int64
        var position: Int
        var isChosen: Bool
        var isSuperseded: Bool
    }
}
