import Dispatch
import Glibc
import Synchronization

/// Ctrl-C and `kill` while a command works: the first asks for a stop in good order, the second stops at once.
final class CommandSignals: Sendable {
    private let received: Received
    // Only held, so that they go on listening; `nonisolated(unsafe)` as it is written once, here.
    nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

    /// What came in, shared with the signals' handlers.
    private final class Received: Sendable {
        private let signal = Mutex<Int32?>(nil)

        /// True for the first signal.
        func take(_ number: Int32) -> Bool {
            signal.withLock { signal in
                defer { signal = signal ?? number }
                return signal == nil
            }
        }

        var first: Int32? { signal.withLock { $0 } }
    }

    /// Listens from now on.
    ///
    /// - Parameters:
    ///   - patience: Seconds for which a clean stop is waited for; nil for as long as it takes. What waits for a pipe that
    ///     nobody writes to notices no cancellation.
    ///   - atOnce: Called for every further signal; nil ends the program there and then.
    ///   - stop: Called for the first signal.
    init(
        patience: Int? = nil,
        atOnce: (@Sendable () -> Void)? = nil,
        stop: @escaping @Sendable () -> Void
    ) {
        let received = Received()
        self.received = received
        let queue = DispatchQueue(label: "docket.signals")
        unsafe sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                guard received.take(number) else {
                    guard let atOnce else { _exit(Self.hardStatus(number)) }
                    return atOnce()
                }
                stop()
                guard let patience else { return }
                queue.asyncAfter(deadline: .now() + .seconds(patience)) {
                    _exit(Self.hardStatus(number))
                }
            }
            source.resume()
            return source
        }
    }

    /// How the program ends at once; a closed terminal ends it as `kill` does.
    private static func hardStatus(_ number: Int32) -> Int32 {
        (number == SIGINT ? ExitStatus.interrupted : .terminated).rawValue
    }

    /// How the program ends because of a signal; nil without one.
    var status: ExitStatus? {
        switch received.first {
        case SIGINT: .interrupted
        case .some: .terminated
        case nil: nil
        }
    }
}
