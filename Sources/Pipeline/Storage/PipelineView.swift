import GRDB
import PipelineSpec
import Records

/// The view with a pipeline's records: one row a document with a file that is there, one column a field.
struct PipelineView {
    let pipeline: Pipeline
    let id: Int64

    private static let ownColumns = [
        "document", "path", "folder", "status", "reason", "confidence", "needs_review",
    ]

    /// Makes the view, or makes it anew when the record or its name has changed; writes nothing otherwise.
    ///
    /// - Throws: ``StoreError/viewNameTaken(_:)``: nothing that is not this pipeline's view is ever replaced.
    func update(in db: Database) throws {
        let known = try db.row("SELECT view, view_sql FROM pipeline WHERE id = ?", [id])
        let oldName = try known?.optionalText(0)
        let old = try oldName.flatMap { try sql(ofViewNamed: $0, in: db) }
        let oldSQL = try known?.optionalText(1)
        if oldName == pipeline.table, let old, old == oldSQL, old == sql { return }
        // A view that a person has put in place of ours is theirs.
        if let oldName, old == oldSQL {
            try db.execute(sql: "DROP VIEW IF EXISTS \(quoted(oldName))")
        }
        let isTaken = try db.row(
            "SELECT 1 FROM sqlite_master WHERE name = ? COLLATE NOCASE AND type IN ('table', 'view')",
            [pipeline.table]
        )
        guard isTaken == nil, !pipeline.table.lowercased().hasPrefix("sqlite_"),
            !pipeline.table.isEmpty
        else { throw StoreError.viewNameTaken(pipeline.table) }
        try db.execute(sql: sql)
        try db.run(
            "UPDATE pipeline SET view = ?, view_sql = ? WHERE id = ?",
            [pipeline.table, sql, id]
        )
    }

    private func sql(ofViewNamed name: String, in db: Database) throws -> String? {
        try db.row("SELECT sql FROM sqlite_master WHERE type = 'view' AND name = ?", [name])?
            .optionalText(0)
    }

    private var sql: String {
        let fields = pipeline.record.map { field in
            let isTaken = Self.ownColumns.contains(field.name.lowercased())
            let name = literal(field.name)
            return """
                coalesce(
                    (SELECT c.plain FROM correction c WHERE c.document = l.document AND c.pipeline = \(id)
                        AND c.field = \(name) ORDER BY c.id DESC LIMIT 1),
                    (SELECT v.plain FROM value v WHERE v.document = l.document AND v.pipeline = \(id)
                        AND v.field = \(name) AND v.chosen AND v.until_run IS NULL LIMIT 1)
                ) AS \(quoted(isTaken ? "field_" + field.name : field.name))
                """
        }
        let columns =
            [
                "d.sha256 AS document", "CAST(l.path AS TEXT) AS path", "f.path AS folder",
                "coalesce(l.status, o.status, 'waiting') AS status",
                "CASE WHEN l.status IS NULL THEN o.reason ELSE l.reason END AS reason",
                "o.confidence AS confidence", "coalesce(o.needs_review, 0) AS needs_review",
            ] + fields
        return """
            CREATE VIEW \(quoted(pipeline.table)) AS SELECT
            \(columns.joined(separator: ",\n"))
            FROM location l JOIN folder f ON f.id = l.folder
            LEFT JOIN document d ON d.id = l.document
            LEFT JOIN outcome o ON o.document = l.document AND o.pipeline = \(id) AND o.until_run IS NULL
            WHERE l.pipeline = \(id) AND l.until_run IS NULL AND NOT \(Validity.now.isDuplicate("l"))
            """
    }

    private func quoted(_ name: String) -> String {
        "\""
            + name.split(separator: "\"", omittingEmptySubsequences: false).joined(
                separator: "\"\""
            ) + "\""
    }

    private func literal(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
            + "'"
    }
}
