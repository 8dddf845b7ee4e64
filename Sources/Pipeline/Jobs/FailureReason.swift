/// Why a job or a page failed: a closed set.
public enum FailureReason: String, Codable, Sendable, CaseIterable {
    /// The page or document took longer than its limit.
    case timeout
    /// Nothing moved for longer than the limit.
    case stalled
    /// The worker or program ended unexpectedly.
    case crashed
    /// The worker or program wanted more memory than its limit.
    case outOfMemory = "out-of-memory"
    /// Bytes, pixels or pages beyond the limit.
    case tooLarge = "too-large"
    /// The file has no bytes.
    case empty
    /// The content is damaged beyond reading.
    case corrupt
    /// The document asks for a password.
    case encrypted
    /// The content is of a kind that Docket does not read.
    case unsupported
    /// The file could not be opened or read: permission, I/O error.
    case unreadable
    /// A program or language that the step names is not installed.
    case missingEngine = "missing-engine"
    /// A program that the step names ended with an error.
    case engineFailed = "engine-failed"
    /// No room to store the result.
    case diskFull = "disk-full"

    /// Whether another try may succeed without any change: such failures are tried again in the next runs.
    public var mayPass: Bool {
        switch self {
        case .timeout, .stalled, .crashed, .outOfMemory, .unreadable, .missingEngine, .engineFailed,
            .diskFull:
            true
        case .tooLarge, .empty, .corrupt, .encrypted, .unsupported: false
        }
    }
}

/// A job that failed: stored with the job; it never stops the run.
public struct JobFailure: Error, Hashable, Codable, Sendable {
    /// The reason, from the closed set.
    public var reason: FailureReason
    /// What happened, for a person, with the numbers: `9000x9000 pixels, the limit is 60000000`.
    public var detail: String
    /// The page, from 1, where one is to blame.
    public var page: Int?

    /// Creates a failure.
    public init(_ reason: FailureReason, _ detail: String, page: Int? = nil) {
        self.reason = reason
        self.detail = detail
        self.page = page
    }
}
