/// Decides whether another attempt at a question is made, and when: a pure value, so that no test waits.
struct RetryPlan: Sendable {
    private let options: RemoteOptions
    private(set) var attempts = 0
    private var slow = 0

    init(_ options: RemoteOptions) { self.options = options }

    /// An attempt has failed.
    ///
    /// Pauses are random between nothing and a bound that doubles (full jitter), so that many who lost one server at one moment do not come
    /// back at one moment. A server that says when it wants to be asked again is asked then, and not before.
    ///
    /// Source: M. Brooker, Exponential Backoff and Jitter, AWS Architecture Blog, 2015.
    ///
    /// - Parameters:
    ///   - fault: Why.
    ///   - jitter: 0…1.
    /// - Returns: How long to wait before the next attempt; nil when there is to be none.
    mutating func failed(_ fault: AttemptFault, jitter: Double) -> Duration? {
        attempts += 1
        guard fault.mayPass, attempts < options.attempts else { return nil }
        if fault.isLikelyToRecur {
            slow += 1
            guard slow < options.slowAttempts else { return nil }
        }
        let doubled = options.firstDelay * (1 << min(attempts - 1, 16))
        let pause = min(doubled, options.longestDelay) * jitter
        guard let wish = fault.retryAfter else { return pause }
        guard wish <= options.longestWait else { return nil }
        return wish + min(pause, options.firstDelay)
    }
}
