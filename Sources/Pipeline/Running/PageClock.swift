import Synchronization

/// Measures the time from one page to the next of one job.
final class PageClock: Sendable {
    private let last: Mutex<ContinuousClock.Instant>

    init(start: ContinuousClock.Instant) {
        last = Mutex(start)
    }

    /// Milliseconds since the start or the last call.
    func lap() -> Int {
        last.withLock { last in
            let now = ContinuousClock.now
            defer { last = now }
            return last.duration(to: now).milliseconds
        }
    }
}
