public import Jobs
public import Records

/// How far a job is.
public enum JobStatus: String, Codable, Sendable, CaseIterable {
    /// Begun; when no run holds the database, its process died.
    case running
    /// Done.
    case done
    /// Failed; the reason says why.
    case failed
    /// Not asked for: its condition was false, or there is no model.
    case skipped
}

/// A job as it is stored.
public struct StoredJob: Sendable {
    /// The row.
    public var id: JobID
    /// The step's place in the pipeline, from 0.
    public var stepIndex: Int
    /// The step's verb.
    public var verb: String
    /// How far it is.
    public var status: JobStatus
    /// Hash of all that determines its result.
    public var fingerprint: String
    /// The engine's version when it was done.
    public var engineVersion: String
    /// How often it was begun with this fingerprint; going on after a kill does not count again.
    public var attempts: Int
    /// Why it failed (raw value of `FailureReason`) or was skipped.
    public var reason: String?
    /// More about it, for a person.
    public var detail: String?
    /// The page to blame for the failure.
    public var page: Int?
    /// The engine that answered.
    public var route: String
    /// Why it was sent there.
    public var routeReason: String
    /// Time it took.
    public var milliseconds: Int
    /// Largest memory of its worker.
    public var peakBytes: Int
    /// Pages of the document, for a `read` job that is done.
    public var pageCount: Int?
    /// Pages beyond the limit.
    public var unreadPages: Int
    /// What a person should look at besides its values.
    public var doubts: [String]
}

/// What became of a document, as it is stored.
public struct StoredOutcome: Sendable {
    /// The status.
    public var status: DocumentStatus
    /// Why.
    public var reason: String?
    /// More about it, for a person.
    public var detail: String?
    /// How often it failed in a way that may pass.
    public var attempts: Int
    /// Fingerprint of the plan by which it was finished; empty after `retry`.
    public var planFingerprint: String
    /// Fingerprint of the engines by which it was finished.
    public var engineFingerprint: String
    /// Confidence of the record.
    public var confidence: Double?
    /// Whether a person should look.
    public var needsReview: Bool
    /// What the model is expected to make of it; nil for a document that does not wait for it.
    public var expectedWork: ExpectedWork?

    /// Creates an outcome.
    public init(
        status: DocumentStatus,
        reason: String? = nil,
        detail: String? = nil,
        attempts: Int,
        planFingerprint: String,
        engineFingerprint: String,
        confidence: Double?,
        needsReview: Bool,
        expectedWork: ExpectedWork? = nil
    ) {
        self.status = status
        self.reason = reason
        self.detail = detail
        self.attempts = attempts
        self.planFingerprint = planFingerprint
        self.engineFingerprint = engineFingerprint
        self.confidence = confidence
        self.needsReview = needsReview
        self.expectedWork = expectedWork
    }
}

/// All that is stored about a document in one pipeline, besides text and values.
public struct DocumentState: Sendable {
    /// Its jobs, by step.
    public var jobs: [StoredJob]
    /// What became of it; nil when it was never finished.
    public var outcome: StoredOutcome?
}

/// What `beginJob` hands to the runner.
public struct BegunJob: Sendable {
    /// The job.
    public var id: JobID
    /// Pages that an earlier, interrupted try stored; they hold, and need not be read again.
    public var storedPages: [PageOutcome]
    /// Answers of a model that an earlier try stored, whatever its inputs were.
    public var storedAnswers: [JobAnswer]
    /// How often the job was begun with this fingerprint, this time included.
    public var attempts: Int
}

/// A document by the hash of its bytes.
public struct StoredDocument: Sendable {
    /// The row.
    public var id: DocumentID
    /// SHA-256 in lower-case hexadecimal.
    public var sha256: String
    /// Its size.
    public var byteCount: Int
    /// What it is (raw value of `DocumentKind`).
    public var kind: String
}

/// A candidate as it is stored.
public struct StoredCandidate: Sendable {
    /// The row.
    public var id: ValueID
    /// The step that proposed it.
    public var stepIndex: Int
    /// The proposal.
    public var candidate: Candidate
    /// Whether the record holds it now.
    public var isChosen: Bool
}

/// What a person says a field holds; it outranks every candidate.
public struct Correction: Sendable {
    /// The field.
    public var field: String
    /// Its content.
    public var content: FieldContent
    /// When it was made.
    public var madeAt: String
}

/// A conclusion drawn from the other documents of a folder.
public struct StoredResolution: Hashable, Sendable {
    /// What was decided, such as `day-first`.
    public var decision: String
    /// Hash of all that the decision rests on.
    public var fingerprint: String

    /// Creates a resolution.
    public init(decision: String, fingerprint: String) {
        self.decision = decision
        self.fingerprint = fingerprint
    }
}
