/// Leaves a server alone that has failed several times in a row, and tries it with one question when a pause is over.
///
/// A pure value, so that no test waits.
///
/// Source: M. Nygard, Release It!, stability patterns.
struct CircuitBreaker: Sendable {
    /// Whether a server may be asked.
    enum Verdict: Equatable, Sendable {
        case ask
        /// Not before so long.
        case leave(for: Duration)
    }

    private enum State {
        case closed
        case open(until: ContinuousClock.Instant)
        /// One question is on its way to see whether the server is back.
        case trying
    }

    private let failuresToOpen: Int
    private let pause: Duration
    private var state = State.closed
    private var failures = 0
    /// Pauses that have been in vain, one after another.
    private var pauses = 0
    /// Doubling of the pause ends here.
    private static let mostDoublings = 3

    init(failuresToOpen: Int, pause: Duration) {
        self.failuresToOpen = max(1, failuresToOpen)
        self.pause = pause
    }

    /// Attempts in a row that have failed.
    var failuresInARow: Int { failures }

    /// Whether an attempt may be made now.
    ///
    /// One that may is followed by ``succeeded()``, ``failed(now:)`` or ``abandoned(now:)``.
    mutating func ask(now: ContinuousClock.Instant) -> Verdict {
        switch state {
        case .closed: return .ask
        case .trying: return .leave(for: pause)
        case .open(let until):
            guard now >= until else { return .leave(for: until - now) }
            state = .trying
            return .ask
        }
    }

    /// The server answered, whatever it said.
    mutating func succeeded() {
        state = .closed
        failures = 0
        pauses = 0
    }

    /// The server did not answer.
    ///
    /// - Returns: Whether it is left alone from now on.
    mutating func failed(now: ContinuousClock.Instant) -> Bool {
        failures += 1
        switch state {
        case .closed:
            guard failures >= failuresToOpen else { return false }
        case .trying: pauses += 1
        case .open: return true
        }
        state = .open(until: now + pause * (1 << min(pauses, Self.mostDoublings)))
        return true
    }

    /// An attempt ended without telling anything of the server.
    mutating func abandoned(now: ContinuousClock.Instant) {
        if case .trying = state { state = .open(until: now) }
    }
}
