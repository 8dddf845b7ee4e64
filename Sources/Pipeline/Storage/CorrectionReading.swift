import GRDB
import Records

/// Reads corrections as they stood when the state of a run was the latest one: until the pipeline's next run began.
struct CorrectionReading {
    private let pipeline: Int64
    /// Corrections made before this time count; nil for all.
    private let end: String?
    /// Most databases have none, which saves a query a document.
    private let isEmpty: Bool

    init(pipeline: Int64, at run: RunID?, in db: Database) throws {
        self.pipeline = pipeline
        end = try run.flatMap { run in
            try db.row(
                "SELECT started_at FROM run WHERE pipeline = ? AND id > ? ORDER BY id LIMIT 1",
                [pipeline, run.rawValue]
            )?.text(0)
        }
        isEmpty = try db.row("SELECT 1 FROM correction LIMIT 1") == nil
    }

    /// The latest correction of each field of a document.
    func latest(of document: Int64, in db: Database) throws -> [Correction] {
        guard !isEmpty else { return [] }
        let cursor = try db.rows(
            """
            SELECT field, content, made_at FROM correction
            WHERE document = ?1 AND pipeline = ?2 AND (?3 IS NULL OR made_at < ?3) ORDER BY id
            """,
            [document, pipeline, end]
        )
        var latest: [String: Correction] = [:]
        while let row = try cursor.next() {
            let field = try row.text(0)
            latest[field] = Correction(
                field: field,
                content: try JSONColumn.value(StoredContent.self, from: row.text(1)).content,
                madeAt: try row.text(2)
            )
        }
        return Array(latest.values)
    }
}
