import Dispatch
import Glibc
import Synchronization

/// Ctrl-C and `kill` while a model answers: the first ends the answer within a token, the second the program.
///
/// So does time: what waits for a pipe that nobody writes to notices no cancellation.
final class AskSignals {
    private let received: Received
    private let sources: [any DispatchSourceSignal]

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

    /// How long a clean stop is waited for.
    private static let patience = DispatchTimeInterval.seconds(10)

    /// Takes the signals from now on.
    ///
    /// - Parameter stop: Called for the first.
    init(stop: @escaping @Sendable () -> Void) {
        let received = Received()
        self.received = received
        let queue = DispatchQueue(label: "docket.signals")
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                guard received.take(number) else { _exit(Self.hardStatus(number)) }
                stop()
                queue.asyncAfter(deadline: .now() + Self.patience) {
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
