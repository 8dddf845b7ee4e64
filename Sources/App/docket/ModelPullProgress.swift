import ModelStore
import Synchronization

/// Shows a pull while it goes on: one line that renews itself on a terminal, plain lines elsewhere.
final class ModelPullProgress: PullObserver {
    private struct State {
        var total = 0
        var present = 0
        /// Bytes that came since the pull began, for the rate.
        var received = 0
        var began: ContinuousClock.Instant?
        var lastShown: ContinuousClock.Instant?
        var isLineOpen = false
        var file = ""
        /// Bytes of the file in hand: taken back when it is begun anew.
        var inFile = 0
    }

    private let state = Mutex(State())
    private let name: String
    private let isQuiet: Bool
    private let isTerminal: Bool

    init(name: String, isQuiet: Bool) {
        self.name = name
        self.isQuiet = isQuiet
        isTerminal = Terminal.showsProgress
    }

    func observe(_ event: PullEvent) {
        guard !isQuiet else { return }
        state.withLock { state in
            switch event {
            case .planned(let files, let byteCount, let present, let revision):
                state.total = byteCount
                state.present = present
                let size = byteCount > 0 ? ", \(ByteCount(byteCount))" : ""
                let rest = present > 0 ? ", \(ByteCount(present)) of it here already" : ""
                let at = revision.map { " at \($0.prefix(12))" } ?? ""
                line("\(name)\(at): \(files) files\(size)\(rest)", &state)
            case .began(let file, _, let offset):
                state.file = file
                state.inFile = offset
                if state.began == nil { state.began = .now }
            case .received(let count):
                state.present += count
                state.received += count
                state.inFile += count
            case .retrying(let file, let trouble, let delay):
                let seconds = Int(delay.seconds.rounded(.up))
                line("\(file): \(trouble.words); again in \(seconds) s", &state)
            case .startingOver(let file, let reason):
                if file == state.file { state.present = max(0, state.present - state.inFile) }
                state.inFile = 0
                line("\(file): \(reason.words)", &state)
            case .finished(let file, let check):
                state.inFile = 0
                if !isTerminal { line("\(file): \(check.words)", &state) }
            case .kept(let file):
                if !isTerminal { line("\(file): unchanged, taken over", &state) }
            }
            renew(&state)
        }
    }

    /// Ends the moving line.
    func close() { state.withLock { erase(&$0) } }

    private func line(_ text: String, _ state: inout State) {
        erase(&state)
        Terminal.error(text)
    }

    private func erase(_ state: inout State) {
        guard state.isLineOpen else { return }
        Terminal.errorText("\r\u{1B}[K")
        state.isLineOpen = false
    }

    private func renew(_ state: inout State) {
        guard isTerminal, let began = state.began else { return }
        let now = ContinuousClock.now
        if let last = state.lastShown, last.duration(to: now) < .milliseconds(100), state.isLineOpen
        {
            return
        }
        state.lastShown = now
        let seconds = max(began.duration(to: now).seconds, 0.001)
        let rate = Double(state.received) / seconds
        var text = "\(ByteCount(state.present))"
        if state.total > 0 {
            let share = min(1, Double(state.present) / Double(state.total))
            let cells = 24
            let filled = Int(share * Double(cells))
            let bar =
                String(repeating: "#", count: filled)
                + String(repeating: ".", count: cells - filled)
            text = "[\(bar)] \(Int(share * 100))%  \(text) of \(ByteCount(state.total))"
        }
        if state.received > 0 {
            text += "  \(ByteCount(Int(rate)))/s"
            if state.total > state.present, rate > 0 {
                text += "  \(Self.clock(Double(state.total - state.present) / rate)) left"
            }
        }
        text += "  \(state.file)"
        Terminal.errorText("\r\u{1B}[K" + String(text.prefix(Terminal.columns - 1)))
        state.isLineOpen = true
    }

    private static func clock(_ seconds: Double) -> String {
        // A server that trickles would take longer than anybody reads.
        let seconds = Int(min(seconds.rounded(.up), 359_940))
        return seconds < 60
            ? "\(seconds) s"
            : seconds < 3600
                ? "\(seconds / 60) min" : "\(seconds / 3600) h \(seconds % 3600 / 60) min"
    }
}
