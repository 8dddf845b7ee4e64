import GRDB

extension Store {
    /// Looks for damage and contradictions in the whole database; slow on a large one.
    ///
    /// - Returns: what is wrong; empty when all is well.
    /// - Throws: ``StoreError`` when the database cannot even be read that far.
    public func check() throws(StoreError) -> [IntegrityProblem] {
        var problems = try read { db in
            var problems = try damage(in: db)
            // In a damaged file the other answers would only repeat that.
            guard problems.isEmpty else { return problems }
            problems += try danglingRows(in: db)
            problems += try overlaps(in: db)
            problems += try contradictions(in: db)
            problems += try unaccounted(in: db)
            return problems
        }
        if problems.isEmpty { problems += try searchIndexProblems() }
        return problems
    }

    private func damage(in db: Database) throws -> [IntegrityProblem] {
        try String.fetchAll(db, sql: "PRAGMA integrity_check(20)")
            .filter { $0 != "ok" }
            .map { .damage($0) }
    }

    private func danglingRows(in db: Database) throws -> [IntegrityProblem] {
        let cursor = try db.rows(
            """
            SELECT "table", parent, count(*) FROM pragma_foreign_key_check GROUP BY "table", parent
            """
        )
        var problems: [IntegrityProblem] = []
        while let row = try cursor.next() {
            problems.append(
                .danglingRows(
                    table: try row.text(0),
                    refersTo: try row.text(1),
                    count: try row.int(2)
                )
            )
        }
        return problems
    }

    private func overlaps(in db: Database) throws -> [IntegrityProblem] {
        let sameThing = [
            "location": "pipeline, folder, path",
            "outcome": "pipeline, document",
            "value": "pipeline, document, field",
        ]
        var problems: [IntegrityProblem] = []
        for (table, key) in sameThing.sorted(by: { $0.key < $1.key }) {
            // Candidates may be many at a time; the record holds one.
            let condition = table == "value" ? "WHERE chosen" : ""
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT id, from_run, last FROM (
                        SELECT id, from_run, coalesce(until_run, 9223372036854775807) AS until,
                            max(coalesce(until_run, 9223372036854775807)) OVER (
                                PARTITION BY \(key) ORDER BY from_run, id
                                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS last
                        FROM \(table) \(condition))
                    WHERE last > from_run OR until <= from_run LIMIT 20
                    """
            )
            for row in rows {
                problems.append(
                    .overlap(
                        table: table,
                        detail: "row \(try row.int64(0)) begins in run \(try row.int64(1))"
                    )
                )
            }
        }
        return problems
    }

    private func contradictions(in db: Database) throws -> [IntegrityProblem] {
        let questions = [
            (
                "outcome", "SELECT id FROM outcome WHERE gain IS NOT NULL AND status <> 'waiting'",
                "waits for the model and has another status"
            ),
            (
                "answer",
                """
                SELECT a.id FROM answer a JOIN job j ON j.id = a.job
                WHERE j.verb NOT IN ('ask', 'classify', 'summarize')
                """,
                "belongs to a step that asks no model"
            ),
            (
                "value",
                """
                SELECT v.id FROM value v JOIN outcome o ON o.document = v.document
                    AND o.pipeline = v.pipeline AND o.until_run IS NULL AND o.status = 'done'
                WHERE v.chosen AND v.is_unverified AND v.until_run IS NULL
                    AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.document = v.document
                        AND c.pipeline = v.pipeline AND c.field = v.field)
                """,
                "is nowhere on the page and stands in a document that nobody has to look at"
            ),
        ]
        return try questions.flatMap { table, query, words in
            try Row.fetchAll(db, sql: query + " LIMIT 20").map { row in
                .contradiction(table: table, detail: "row \(try row.int64(0)) \(words)")
            }
        }
    }

    private func unaccounted(in db: Database) throws -> [IntegrityProblem] {
        let sum = "done + partial + review + failed + quarantined + duplicate + skipped + waiting"
        return try Row.fetchAll(
            db,
            sql:
                "SELECT id, found, \(sum) FROM run WHERE found IS NOT NULL AND found <> \(sum) LIMIT 20"
        )
        .map { row in
            .conservation(
                run: RunID(rawValue: try row.int64(0)),
                found: try row.int(1),
                accounted: try row.int(2)
            )
        }
    }

    /// The index checks itself through a command that counts as a change, so only where changes are allowed.
    private func searchIndexProblems() throws(StoreError) -> [IntegrityProblem] {
        guard mode != .readOnly else { return [] }
        do throws(StoreError) {
            try write { db in
                // 1: against the texts, too.
                try db.execute(
                    sql: "INSERT INTO text_index (text_index, rank) VALUES ('integrity-check', 1)"
                )
            }
            return []
        } catch .corrupt(_, let detail) {
            return [.searchIndex(detail)]
        }
    }
}
