import GRDB
import Jobs

/// What taking a document through a model's steps promises.
public struct ExpectedWork: Hashable, Sendable {
    /// What is expected of it for each unit of its cost; more is better.
    public var gain: Double
    /// Pages that the model is shown as pictures, and windows of text.
    public var cost: Int

    /// Creates an expectation.
    public init(gain: Double, cost: Int) {
        self.gain = gain
        self.cost = cost
    }
}

/// A document that waits for the model.
public struct WaitingDocument: Sendable {
    /// The document.
    public var document: DocumentID
    /// The folder in which its first file lies.
    public var folder: FolderID
    /// The folder's path, absolute.
    public var folderPath: String
    /// The path of its first file, relative to the folder, as bytes.
    public var path: [UInt8]
    /// Why it wakes the model: `date has no value`.
    public var reason: String
    /// What is expected of it.
    public var work: ExpectedWork
}

/// What a pipeline's documents have cost a model so far.
public struct ModelCost: Hashable, Sendable {
    /// Documents that a model has answered.
    public var documents: Int
    /// Answers.
    public var answers: Int
    /// Milliseconds of all these answers, several of which may have gone on at once.
    public var milliseconds: Int

    /// Creates a cost.
    public init(documents: Int, answers: Int, milliseconds: Int) {
        self.documents = documents
        self.answers = answers
        self.milliseconds = milliseconds
    }

    /// Milliseconds of one document; nil where there was none.
    public var meanMilliseconds: Double? {
        documents > 0 ? Double(milliseconds) / Double(documents) : nil
    }
}

extension Store {
    /// Hands out the documents that wait for the model, the one of highest gain first, of equals the one of the first path.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline.
    ///   - folders: the folders whose paths are looked at.
    ///   - body: takes a document, each once; it must not call the store. What it throws ends the list and is thrown on.
    /// - Throws: ``StoreError``, and what `body` throws.
    public func waitingForModel(
        pipeline: PipelineID,
        folders: [FolderID],
        _ body: (WaitingDocument) throws -> Void
    ) throws {
        try read { db in
            let list = folders.map { String($0.rawValue) }.joined(separator: ", ")
            // Of a document's paths in these folders the first, unless it has changed or was left. A cross join keeps the
            // order of the tables: few documents wait among many that do not.
            let cursor = try db.rows(
                """
                SELECT o.document, l.folder, f.path, l.path, o.detail, o.gain, o.cost
                FROM outcome o CROSS JOIN location l ON l.document = o.document
                    AND l.pipeline = o.pipeline AND l.until_run IS NULL AND l.status IS NULL
                CROSS JOIN folder f ON f.id = l.folder
                WHERE o.pipeline = ? AND o.gain IS NOT NULL AND o.until_run IS NULL
                    AND l.folder IN (\(list))
                    AND NOT EXISTS (SELECT 1 FROM location earlier
                        WHERE earlier.document = l.document AND earlier.pipeline = l.pipeline
                        AND earlier.until_run IS NULL AND earlier.status IS NULL
                        AND earlier.folder IN (\(list))
                        AND (earlier.folder, earlier.path) < (l.folder, l.path))
                ORDER BY o.gain DESC, l.folder, l.path
                """,
                [pipeline.rawValue]
            )
            while let row = try cursor.next() {
                try body(
                    WaitingDocument(
                        document: DocumentID(rawValue: try row.int64(0)),
                        folder: FolderID(rawValue: try row.int64(1)),
                        folderPath: try row.text(2),
                        path: try row.bytes(3),
                        reason: try row.optionalText(4) ?? "",
                        work: ExpectedWork(
                            gain: try row.double(5),
                            cost: try row.optionalInt(6) ?? 1
                        )
                    )
                )
            }
        }
    }

    /// How many documents of a pipeline wait for the model.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline.
    ///   - folders: the folders whose paths are looked at.
    /// - Returns: their count; a file that is gone, or that a run has left for another reason, does not count.
    /// - Throws: ``StoreError``.
    public func countWaitingForModel(
        pipeline: PipelineID,
        folders: [FolderID]
    ) throws(StoreError) -> Int {
        try read { db in
            let list = folders.map { String($0.rawValue) }.joined(separator: ", ")
            return try db.row(
                """
                SELECT count(*) FROM outcome o
                WHERE o.pipeline = ? AND o.gain IS NOT NULL AND o.until_run IS NULL
                    AND EXISTS (SELECT 1 FROM location l WHERE l.document = o.document
                        AND l.pipeline = o.pipeline AND l.until_run IS NULL AND l.status IS NULL
                        AND l.folder IN (\(list)))
                """,
                [pipeline.rawValue]
            )?.int(0) ?? 0
        }
    }

    /// What a pipeline's documents have cost a model so far, by the answers that are stored.
    ///
    /// - Parameter pipeline: the pipeline.
    /// - Returns: counts and times; zero where no model was ever asked.
    /// - Throws: ``StoreError``.
    public func modelCost(pipeline: PipelineID) throws(StoreError) -> ModelCost {
        try read { db in
            let row = try db.row(
                """
                SELECT count(DISTINCT j.document), count(*), coalesce(sum(a.milliseconds), 0)
                FROM answer a JOIN job j ON j.id = a.job WHERE j.pipeline = ? AND j.route <> 'text'
                """,
                [pipeline.rawValue]
            )
            return ModelCost(
                documents: try row?.int(0) ?? 0,
                answers: try row?.int(1) ?? 0,
                milliseconds: try row?.int(2) ?? 0
            )
        }
    }
}
