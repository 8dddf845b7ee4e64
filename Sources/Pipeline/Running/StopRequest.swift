import Synchronization

/// Whether a run was asked to end early, and why; set from a signal handler's queue, read by the run.
public final class StopRequest: Sendable {
    private let reason = Mutex<String?>(nil)

    /// Creates a request that nobody has made yet.
    public init() {}

    /// Asks the run to finish the documents in hand and begin no other.
    ///
    /// - Parameter reason: stored with every path that is left `waiting`.
    public func make(reason: String) {
        self.reason.withLock { $0 = $0 ?? reason }
    }

    /// The reason, once somebody asked.
    public var madeBecause: String? { reason.withLock { $0 } }
}
