import GRDB
import Scanning

extension Store {
    /// Pages on which all of the words stand, the best match first.
    ///
    /// - Parameters:
    ///   - words: words in any order; in double quotes, together; with `*` at the end, of any ending. Accents and case do
    ///     not matter, and nothing typed is an operator.
    ///   - limit: the most that are given.
    ///   - marks: what stands before and after each match in the snippets.
    /// - Returns: the pages; of a document in several pipelines, those of each.
    /// - Throws: ``StoreError``.
    public func search(
        _ words: String,
        limit: Int,
        marks: (String, String) = ("", "")
    ) throws(StoreError) -> [SearchHit] {
        guard let query = SearchText.query(for: words), limit > 0 else { return [] }
        return try read { db in
            // Bytes that no text has mark the matches until the snippet is on one line.
            let cursor = try db.rows(
                """
                SELECT snippet(text_index, 0, char(1), char(2), '…', 16), p.number, d.sha256, pl.name,
                    j.document, j.pipeline
                FROM text_index
                JOIN page p ON p.id = text_index.rowid
                JOIN job j ON j.id = p.job
                JOIN document d ON d.id = j.document
                JOIN pipeline pl ON pl.id = j.pipeline
                WHERE text_index MATCH ? ORDER BY rank, text_index.rowid LIMIT ?
                """,
                [query, limit]
            )
            var hits: [SearchHit] = []
            while let row = try cursor.next() {
                // The first path that is there now, else the last one that was.
                let location = try db.row(
                    """
                    SELECT f.path, l.path, l.until_run IS NULL FROM location l JOIN folder f ON f.id = l.folder
                    WHERE l.document = ? AND l.pipeline = ?
                    ORDER BY coalesce(l.until_run, 9223372036854775807) DESC, l.folder, l.path LIMIT 1
                    """,
                    [try row.int64(4), try row.int64(5)]
                )
                let snippet = SearchText.readable(try row.text(0))
                    .split(separator: "\u{1}", omittingEmptySubsequences: false)
                    .joined(separator: marks.0)
                    .split(separator: "\u{2}", omittingEmptySubsequences: false)
                    .joined(separator: marks.1)
                hits.append(
                    SearchHit(
                        folder: try location?.text(0) ?? "",
                        path: displayPath(try location?.bytes(1) ?? []),
                        isPresent: try location?.bool(2) ?? false,
                        document: try row.text(2),
                        page: try row.int(1),
                        snippet: snippet,
                        pipeline: try row.text(3)
                    )
                )
            }
            return hits
        }
    }
}
