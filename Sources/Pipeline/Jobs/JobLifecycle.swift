/// Decides what becomes of a document that failed: tried again in later runs, or left alone.
///
/// Pure: no clock, no store. A failure that may pass is tried again in the next three runs; then the
/// document is quarantined until a person asks for it. A failure that will not pass waits for the
/// file, the pipeline or its limits to change.
public struct JobLifecycle: Sendable {
    /// How often a document is tried before it is quarantined: once, and in three more runs.
    public static let mostAttempts = 4

    /// What to store.
    public struct Verdict: Hashable, Sendable {
        /// `failed` or `quarantined`.
        public var status: DocumentStatus
        /// Tries so far, this one included.
        public var attempts: Int
        /// Whether the next run tries again without any change.
        public var isRetried: Bool
    }

    /// Judges one more failure.
    ///
    /// - Parameters:
    ///   - reason: why the document failed.
    ///   - earlierAttempts: how often it was tried before.
    /// - Returns: what to store.
    public static func verdict(
        on reason: FailureReason,
        earlierAttempts: Int
    ) -> Verdict {
        let attempts = earlierAttempts + 1
        guard reason.mayPass else {
            return Verdict(status: .failed, attempts: attempts, isRetried: false)
        }
        guard attempts < mostAttempts else {
            return Verdict(status: .quarantined, attempts: attempts, isRetried: false)
        }
        return Verdict(status: .failed, attempts: attempts, isRetried: true)
    }
}
