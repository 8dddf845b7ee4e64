internal import Jobs
internal import Synchronization
internal import WebAccess

/// Puts questions to a server until one attempt succeeds, or there is no use in another.
///
/// What it has learnt of the server (what it understands, whether it answers at all) holds for all questions.
final class ChatExchange: Sendable {
    let server: ChatServer
    private let options: RemoteOptions
    private let hasKey: Bool
    private let time: RemoteTime
    private let dialect = Mutex(ChatDialect())
    private let adherence = Mutex(FormatAdherence())
    private let breaker: Mutex<CircuitBreaker>

    init(_ server: ChatServer, options: RemoteOptions, hasKey: Bool, time: RemoteTime) {
        self.server = server
        self.options = options
        self.hasKey = hasKey
        self.time = time
        breaker = Mutex(
            CircuitBreaker(failuresToOpen: options.failuresToOpen, pause: options.openPause)
        )
    }

    /// What the server understands, as far as it is known.
    var known: ChatDialect { dialect.withLock { $0 } }

    /// Notes whether a first answer to a question had the form that was asked for.
    ///
    /// - Parameters:
    ///   - format: How it was held to its form.
    ///   - fits: Whether it could be used, with or without what stood around it.
    func answered(in format: ChatDialect.Format, fits: Bool) {
        guard adherence.withLock({ $0.note(format, fits: fits) }) else { return }
        dialect.withLock { _ = $0.loosen(from: format) }
    }

    /// Puts a question.
    ///
    /// - Parameters:
    ///   - request: What is asked.
    ///   - isWhole: Whether an answer is of use although the server found fault with its end; llama-server does so with answers that it has
    ///     sent whole.
    /// - Returns: The answer, the way in which it was asked for, and what the attempt that succeeded took.
    /// - Throws: `JobFailure`, `EngineUnavailable`, `CancellationError`.
    func reply(
        to request: ChatRequest,
        isWhole: (ChatReply) -> Bool
    ) async throws -> (reply: ChatReply, dialect: ChatDialect, taken: Duration) {
        var plan = RetryPlan(options)
        while true {
            try begin()
            let dialect = known
            let start = time.now()
            let fault: AttemptFault
            do throws(AttemptFault) {
                let reply = try await server.complete(request.body(in: dialect))
                if let refusal = reply.fault, !isWhole(reply) { throw .brokenOff(refusal) }
                breaker.withLock { $0.succeeded() }
                return (reply, dialect, time.now() - start)
            } catch {
                fault = error
            }
            let isLeftAlone = settle(fault)
            if case .refused(let refusal) = fault, adapts(to: refusal, dialect, request) {
                continue
            }
            if fault == .cancelled { throw CancellationError() }
            guard let pause = plan.failed(fault, jitter: time.jitter()) else {
                throw failure(fault, attempts: plan.attempts)
            }
            if isLeftAlone { throw leftAlone(fault) }
            try await time.sleep(pause)
        }
    }

    // MARK: The server's health

    private func begin() throws(EngineUnavailable) {
        guard
            case .leave(let pause) = breaker.withLock({ breaker in
                breaker.ask(now: time.now())
            })
        else { return }
        throw EngineUnavailable(
            reason:
                "\(server.address.destination) has not answered lately, and is left alone for \(pause.wholeSeconds) s",
            remedy: Self.whetherItRuns
        )
    }

    /// Tells the breaker of a fault.
    ///
    /// - Returns: Whether the server is left alone from now on.
    private func settle(_ fault: AttemptFault) -> Bool {
        breaker.withLock { breaker in
            if fault.blamesServer { return breaker.failed(now: time.now()) }
            if fault == .cancelled {
                breaker.abandoned(now: time.now())
            } else {
                breaker.succeeded()
            }
            return false
        }
    }

    /// Whether the question can be put otherwise.
    private func adapts(
        to refusal: AttemptFault.Refusal,
        _ used: ChatDialect,
        _ request: ChatRequest
    ) -> Bool {
        // A server that is at fault itself says nothing of what it understands.
        guard [400, 422, 501].contains(refusal.status), !refusal.isTooLong else {
            return false
        }
        return dialect.withLock { dialect in
            // Another question may have learnt it meanwhile.
            if dialect != used { return true }
            return dialect.learn(from: refusal, hasFormat: request.form != .free)
        }
    }

    // MARK: What it means in the end

    private static let whetherItRuns = "see whether the server runs and its address is right"

    /// Why no document can be answered at present.
    func unavailable(_ fault: AttemptFault) -> EngineUnavailable {
        EngineUnavailable(
            reason: "\(server.address.destination): \(fault.words)",
            remedy: remedy(fault)
        )
    }

    private func leftAlone(_ fault: AttemptFault) -> EngineUnavailable {
        let count = breaker.withLock { $0.failuresInARow }
        return EngineUnavailable(
            reason:
                "\(server.address.destination) has failed \(count) times in a row (\(fault.words))",
            remedy: remedy(fault)
        )
    }

    /// What a fault means for the question that is given up.
    private func failure(_ fault: AttemptFault, attempts: Int) -> any Error {
        let times = attempts > 1 ? " (\(attempts) attempts)" : ""
        let words = "\(server.address.destination): \(fault.words)\(times)"
        switch fault {
        case .cancelled: return CancellationError()
        case .connection(.silent): return JobFailure(.stalled, words)
        case .slow: return JobFailure(.timeout, words)
        case .connection(.lost), .tooLong, .brokenOff: return JobFailure(.engineFailed, words)
        case .connection, .movedTo: return unavailable(fault)
        case .nonsense(let what):
            return what.contains("web page")
                ? unavailable(fault) : JobFailure(.engineFailed, words)
        case .refused(let refusal):
            if refusal.isTooLong { return JobFailure(.tooLarge, words) }
            // Other documents would fare the same: they wait.
            if [401, 403, 404, 405, 429, 502, 503, 504].contains(refusal.status) {
                return unavailable(fault)
            }
            let isBlind = refusal.status < 500 && refusal.isBlind
            return JobFailure(
                .engineFailed,
                isBlind
                    ? words + "; name a model that is shown pictures, or add `from: text`" : words
            )
        }
    }

    private func remedy(_ fault: AttemptFault) -> String {
        switch fault {
        case .connection(.notTrusted):
            "name the file with your network's certificates in SSL_CERT_FILE"
        case .connection(.proxyRefused): "see HTTPS_PROXY and NO_PROXY"
        case .movedTo: "give that address, if you trust it"
        case .nonsense, .tooLong:
            "the address should end where `/chat/completions` begins, as in http://host:8000/v1"
        case .refused(let refusal):
            switch refusal.status {
            case 401, 403:
                hasKey
                    ? "see whether the key is right and may use this model"
                    : "give its key in a file with --api-key-file, or in DOCKET_API_KEY"
            case 404, 405:
                "see the address, and name a model that the server has: \(server.address.base)#NAME"
            case 429 where refusal.isOutOfQuota: "see your account there"
            case 429: "ask it less at once, or later"
            default: "see the server's own log"
            }
        case .brokenOff: "see the server's own log"
        case .connection, .slow, .cancelled: Self.whetherItRuns
        }
    }
}

extension Duration {
    fileprivate var wholeSeconds: Int { Int((self / .seconds(1)).rounded(.up)) }
}
