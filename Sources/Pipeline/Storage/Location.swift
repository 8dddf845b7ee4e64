public import Jobs
public import Scanning

/// A path as the last run left it, for comparing with what the scan finds.
public struct KnownLocation: Sendable {
    /// The row.
    public var id: LocationID
    /// The path relative to its folder, as bytes.
    public var path: [UInt8]
    /// What the file looked like; all zero when that is not known (and then it is not trusted).
    public var stamp: FileStamp
    /// Whether an equal stamp proves equal bytes: false for times too recent to tell.
    public var isTrusted: Bool
    /// The document found there; nil when it was never read.
    public var document: DocumentID?
    /// The status of the path itself, where it has one.
    public var pathStatus: DocumentStatus?
    /// The status of its document, where it has one.
    public var outcomeStatus: DocumentStatus?
    /// Fingerprint of the plan by which the document was last finished.
    public var planFingerprint: String?
    /// Fingerprint of the engines by which the document was last finished.
    public var engineFingerprint: String?
    /// How often the document failed in a way that may pass.
    public var attempts: Int?
}

/// A status of a path that could not be read as a document, or is left for the next run.
public struct PathStatus: Sendable {
    /// The path relative to its folder, as bytes.
    public var path: [UInt8]
    /// What the file looked like, when that is known.
    public var stamp: FileStamp?
    /// The status: `skipped`, `waiting` or `failed`.
    public var status: DocumentStatus
    /// Why, from a closed set of the runner's.
    public var reason: String
    /// More about it, for a person.
    public var detail: String?
    /// Whether an equal stamp proves that it would end the same way again.
    public var isTrusted: Bool
    /// The document that stays known there (for `waiting`); nil when what is there now is not known.
    public var document: DocumentID?

    /// Creates a status of a path.
    public init(
        path: [UInt8],
        stamp: FileStamp?,
        status: DocumentStatus,
        reason: String,
        detail: String? = nil,
        isTrusted: Bool = false,
        document: DocumentID? = nil
    ) {
        self.path = path
        self.stamp = stamp
        self.status = status
        self.reason = reason
        self.detail = detail
        self.isTrusted = isTrusted
        self.document = document
    }
}

/// A path that asks for a person's attention.
public struct Problem: Sendable {
    /// The folder, absolute.
    public var folder: String
    /// The path relative to the folder, as bytes.
    public var path: [UInt8]
    /// Its status: `failed`, `quarantined`, `partial`, `review`, `skipped` or `waiting`.
    public var status: DocumentStatus
    /// Why.
    public var reason: String?
    /// More about it, for a person.
    public var detail: String?
}
