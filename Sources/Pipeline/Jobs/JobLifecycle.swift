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
        /// How often it failed in a way that may pass, this time included; 0 after any other failure.
        public var attempts: Int
        /// Whether the next run tries again without any change.
        public var isRetried: Bool
    }

    /// Judges one more failure.
    ///
    /// - Parameters:
    ///   - reason: why the document failed.
    ///   - earlierAttempts: how often it failed before in a way that may pass.
    /// - Returns: what to store.
    public static func verdict(
        on reason: FailureReason,
        earlierAttempts: Int
    ) -> Verdict {
        guard reason.mayPass else {
            return Verdict(status: .failed, attempts: 0, isRetried: false)
        }
        let attempts = earlierAttempts + 1
        guard attempts < mostAttempts else {
            return Verdict(status: .quarantined, attempts: attempts, isRetried: false)
        }
        return Verdict(status: .failed, attempts: attempts, isRetried: true)
    }
}
