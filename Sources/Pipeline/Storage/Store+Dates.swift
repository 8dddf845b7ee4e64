import GRDB
public import Records

/// A date that stands, or might stand, in a record.
public struct FoundDate: Hashable, Sendable {
    /// The document.
    public var document: DocumentID
    /// The day.
    public var date: CalendarDate
    /// As it is printed.
    public var printed: String
    /// The order that this reading assumes, where the print can be read two ways.
    public var assumedOrder: DateOrder?
    /// Whether the record holds it.
    public var isChosen: Bool
}

extension Store {
    /// Whether any date of a pipeline's documents can be read two ways; answered from an index of those alone.
    ///
    /// - Parameter pipeline: the pipeline.
    /// - Returns: whether there is one.
    /// - Throws: ``StoreError``.
    public func hasAmbiguousDates(pipeline: PipelineID) throws(StoreError) -> Bool {
        try read { db in
            try db.row(
                """
                SELECT 1 FROM value
                WHERE pipeline = ? AND assumed_order IS NOT NULL AND until_run IS NULL LIMIT 1
                """,
                [pipeline.rawValue]
            ) != nil
        }
    }

    /// The dates found in a folder's present documents.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline.
    ///   - folder: the folder.
    /// - Returns: the dates, by document; a date of two readings twice.
    /// - Throws: ``StoreError``.
    public func datesFound(
        pipeline: PipelineID,
        folder: FolderID
    ) throws(StoreError) -> [FoundDate] {
        try read { db in
            let cursor = try db.rows(
                """
                SELECT v.document, v.chosen, \(CandidateColumns.names) FROM value v
                WHERE v.pipeline = ? AND v.until_run IS NULL AND v.is_superseded = 0
                    AND v.content LIKE '{"date":%'
                    AND EXISTS (
                        SELECT 1 FROM location l WHERE l.document = v.document
                            AND l.pipeline = v.pipeline AND l.folder = ? AND l.until_run IS NULL
                    )
                ORDER BY v.document, v.id
                """,
                [pipeline.rawValue, folder.rawValue]
            )
            var dates: [FoundDate] = []
            while let row = try cursor.next() {
                let candidate = try CandidateColumns(row, at: 2).candidate
                guard case .date(let date) = candidate.content else { continue }
                dates.append(
                    FoundDate(
                        document: DocumentID(rawValue: try row.int64(0)),
                        date: date,
                        printed: candidate.printed,
                        assumedOrder: candidate.assumedOrder,
                        isChosen: try row.bool(1)
                    )
                )
            }
            return dates
        }
    }
}
