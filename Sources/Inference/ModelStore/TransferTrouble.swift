/// Why one attempt at a transfer came to nothing; another may do better.
public enum TransferTrouble: Equatable, Sendable {
    /// Nobody answers at that host.
    case cannotConnect(host: String, detail: String)
    /// The connection ended before the answer did.
    case connectionLost(detail: String)
    /// Nothing came for so long.
    case silent
    /// The server says that it cannot now (429, 5xx).
    case status(Int)
    /// The part that was sent is not the part that was asked for.
    case wrongRange(asked: Int, answered: String)
    /// Another length than the file has.
    case wrongLength(expected: Int, found: Int)
    /// More bytes than the file has.
    case tooLong(expected: Int)
    /// The bytes are encoded in a way that was not asked for.
    case encoded(String)
}

/// How one attempt ended: for good, or in a way that may pass.
enum AttemptFailure: Error, Equatable {
    case final(ModelStoreFault)
    case passing(TransferTrouble, retryAfter: Duration? = nil)
}

/// Decides whether another attempt is made, and when: a pure value, so that no test waits.
struct RetryPlan: Equatable {
    /// What is decided.
    enum Action: Equatable {
        case retry(after: Duration)
        case giveUp
    }

    let settings: PullSettings
    private var fruitless = 0
    /// Attempts that failed.
    private(set) var total = 0
    private var best = 0

    init(settings: PullSettings) { self.settings = settings }

    /// An attempt has failed.
    ///
    /// - Parameters:
    ///   - reached: Bytes of the file that are there now. Attempts that bring the file on do not count, however many.
    ///   - retryAfter: How long the server asks us to wait.
    ///   - jitter: 0…1; spreads clients that lost one server at one moment.
    /// - Returns: What to do.
    mutating func failed(reached: Int, retryAfter: Duration?, jitter: Double) -> Action {
        total += 1
        if reached >= best + settings.progressBytes {
            fruitless = 0
            best = reached
        }
        fruitless += 1
        guard fruitless < settings.attempts, total < settings.totalAttempts else {
            return .giveUp
        }
        if let retryAfter {
            return retryAfter > settings.longestWait
                ? .giveUp : .retry(after: retryAfter)
        }
        let doubled = settings.firstDelay * (1 << min(fruitless - 1, 16))
        return .retry(after: min(doubled, settings.longestDelay) * (0.5 + jitter / 2))
    }
}

/// How patient a pull is.
public struct PullSettings: Equatable, Sendable {
    /// For a connection to be made.
    public var connectTimeout: Duration = .seconds(20)
    /// Without a byte.
    public var idleTimeout: Duration = .seconds(60)
    /// Before the second attempt; doubled before each further one.
    public var firstDelay: Duration = .seconds(1)
    /// Doubling ends here.
    public var longestDelay: Duration = .seconds(30)
    /// A server that asks us to wait longer than this ends the pull.
    public var longestWait: Duration = .seconds(300)
    /// Attempts at one file that bring it on by less than ``progressBytes``.
    public var attempts = 6
    /// What counts as bringing a file on.
    public var progressBytes = 1 << 16
    /// Attempts at one file in all: a server that gives a little each time is not followed for ever.
    public var totalAttempts = 1000

    /// The settings of `docket model pull`.
    public init() {}
}
