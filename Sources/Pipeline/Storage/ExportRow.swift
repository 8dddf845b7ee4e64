public import Jobs
public import Records

/// One path with its record, as an export writes it.
public struct ExportRow: Sendable {
    /// The document's SHA-256; nil when the path was never read.
    public var document: String?
    /// The folder, absolute.
    public var folder: String
    /// The path relative to the folder, as bytes.
    public var pathBytes: [UInt8]
    /// The path relative to the folder; bytes that are not UTF-8 as `\xNN`.
    public var path: String
    /// Its status.
    public var status: DocumentStatus
    /// Why.
    public var reason: String?
    /// More about it, for a person.
    public var detail: String?
    /// Confidence of the record.
    public var confidence: Double?
    /// Whether a person should look.
    public var needsReview: Bool
    /// For a duplicate: the whole path of the first file with these bytes.
    public var duplicateOf: String?
    /// False for a file that has vanished or changed since (only with `all`).
    public var isPresent: Bool
    /// The run that brought the latest change of this row.
    public var changedInRun: RunID
    /// The record: the value of each field that has one.
    public var values: [String: ExportValue]

    /// Creates a row.
    public init(
        document: String?,
        folder: String,
        pathBytes: [UInt8],
        path: String,
        status: DocumentStatus,
        reason: String?,
        detail: String?,
        confidence: Double?,
        needsReview: Bool,
        duplicateOf: String?,
        isPresent: Bool,
        changedInRun: RunID,
        values: [String: ExportValue]
    ) {
        self.document = document
        self.folder = folder
        self.pathBytes = pathBytes
        self.path = path
        self.status = status
        self.reason = reason
        self.detail = detail
        self.confidence = confidence
        self.needsReview = needsReview
        self.duplicateOf = duplicateOf
        self.isPresent = isPresent
        self.changedInRun = changedInRun
        self.values = values
    }
}

/// One value of a record, as an export writes it.
public struct ExportValue: Hashable, Sendable {
    /// The content.
    public var content: FieldContent
    /// The content as it is printed; empty for a correction.
    public var printed: String
    /// How likely it is right; 1 for a correction.
    public var confidence: Double
    /// Where it is printed.
    public var evidence: [Evidence]
    /// Why it was chosen.
    public var reason: String
    /// The order that was assumed for an ambiguous date.
    public var assumedOrder: DateOrder?
    /// Whether a person made it.
    public var isCorrection: Bool
    /// Whether a model said it and it is nowhere on the page.
    public var isUnverified: Bool

    /// Creates a value.
    public init(
        content: FieldContent,
        printed: String,
        confidence: Double,
        evidence: [Evidence],
        reason: String,
        assumedOrder: DateOrder? = nil,
        isCorrection: Bool = false,
        isUnverified: Bool = false
    ) {
        self.content = content
        self.printed = printed
        self.confidence = confidence
        self.evidence = evidence
        self.reason = reason
        self.assumedOrder = assumedOrder
        self.isCorrection = isCorrection
        self.isUnverified = isUnverified
    }
}

/// Since when a row must have changed to be exported.
public enum ExportSince: Hashable, Sendable {
    /// Changed in a run after this one.
    case run(RunID)
    /// Changed in a run that began at this time or later; compared as text in the form given to `beginRun`.
    case date(String)
}

/// Which rows are exported.
public struct ExportSelection: Sendable {
    /// The run whose state is exported; nil for the latest.
    public var run: RunID?
    /// Only what changed since.
    public var since: ExportSince?
    /// Only rows with one of these statuses; nil for all.
    public var statuses: Set<DocumentStatus>?
    /// Also files that have vanished and earlier versions of files that changed.
    public var includesPast: Bool

    /// Creates a selection.
    public init(
        run: RunID? = nil,
        since: ExportSince? = nil,
        statuses: Set<DocumentStatus>? = nil,
        includesPast: Bool = false
    ) {
        self.run = run
        self.since = since
        self.statuses = statuses
        self.includesPast = includesPast
    }
}

/// A page on which searched words stand.
public struct SearchHit: Sendable {
    /// The folder, absolute.
    public var folder: String
    /// The path of the document's first file, relative to the folder.
    public var path: String
    /// Whether the file was there in the last run.
    public var isPresent: Bool
    /// The document's SHA-256.
    public var document: String
    /// The page, from 1.
    public var page: Int
    /// The words around, on one line, each match between the marks.
    public var snippet: String
    /// The pipeline's name.
    public var pipeline: String
}

/// One thing that differs between two runs.
public struct Difference: Hashable, Sendable {
    /// What kind of thing.
    public enum Kind: String, Codable, Sendable {
        /// The path, or the field's value, is new.
        case added
        /// The path, or the field's value, is gone.
        case removed
        /// The field's value, or the file's bytes, changed.
        case changed
        /// The status changed.
        case status
    }

    /// The folder, absolute.
    public var folder: String
    /// The path relative to the folder; bytes that are not UTF-8 as `\xNN`.
    public var path: String
    /// The field; nil when the difference is of the whole path.
    public var field: String?
    /// What it was.
    public var before: String?
    /// What it became.
    public var after: String?
    /// What kind of difference.
    public var kind: Kind
}

/// What `forget` removed.
public struct Forgotten: Sendable {
    /// SHA-256 of the documents.
    public var documents: [String]
    /// Whole paths.
    public var paths: [String]
    /// Count of pages of text.
    public var pages: Int
    /// Count of values and corrections.
    public var values: Int
    /// False when another process kept the write-ahead log open, so that removed text may still stand in it until that process ends.
    public var isLogCleared: Bool
}

/// Something that `check` found wrong in the database.
public enum IntegrityProblem: Hashable, Sendable {
    /// SQLite's own check found damage.
    case damage(String)
    /// Rows refer to a row that is not there.
    case danglingRows(table: String, refersTo: String, count: Int)
    /// The full-text index and the texts disagree.
    case searchIndex(String)
    /// Two rows say different things about the same run.
    case overlap(table: String, detail: String)
    /// Rows of a table that say what cannot be, together or with another table.
    case contradiction(table: String, detail: String)
    /// A finished run whose counts do not add up to what was found.
    case conservation(run: RunID, found: Int, accounted: Int)
}
