import Energy
import Jobs
import Running
import Synchronization

/// Shows a run while it goes on: one line that renews itself on a terminal, plain lines elsewhere.
final class RunProgress: RunObserver {
    private struct State {
        var found = 0
        var unchanged = 0
        var ended = 0
        /// Paths that will be found, once they are counted.
        var total: Int?
        var inHand: [String] = []
        var page: [String: Int] = [:]
        /// How far the model is; nil before its part of the run.
        var model: (done: Int, total: Int, left: Duration?)?
        var lastShown: ContinuousClock.Instant?
        var isLineOpen = false
    }

    private let state = Mutex(State())
    private let isTerminal: Bool
    private let isQuiet: Bool
    private let started = ContinuousClock.now
    private let energy: EnergyMeter

    /// Shows a run.
    ///
    /// - Parameters:
    ///   - isQuiet: Shows nothing.
    ///   - energy: Is read with every event, as the processor's counters begin anew after some minutes.
    init(isQuiet: Bool, energy: EnergyMeter) {
        self.isQuiet = isQuiet
        self.energy = energy
        isTerminal = Terminal.showsProgress
    }

    func observe(_ event: RunEvent) {
        // Why there is nothing to read is told in the summary.
        _ = try? energy.joules()
        guard !isQuiet else { return }
        state.withLock { state in
            switch event {
            case .found(let unchanged):
                state.found += 1
                if unchanged { state.unchanged += 1 }
            case .began(let path): state.inHand.append(path)
            case .page(let path, let number): state.page[path] = number
            case .ended(let path, let status, let reason, let detail):
                state.ended += 1
                if let index = state.inHand.firstIndex(of: path) { state.inHand.remove(at: index) }
                state.page[path] = nil
                report(path, status, reason, detail, &state)
            case .model(let done, let total, let left):
                // Where lines stay, one at the beginning is enough: each document has its own.
                if !isTerminal, done == 0 { line(Self.model(done, total, left), &state) }
                state.model = done < total ? (done, total, left) : nil
            case .note(let text): line("note: \(text)", &state)
            case .stopping(let inHand):
                line(
                    "stopping: \(inHand == 0 ? "nothing" : "\(inHand) documents") in hand; "
                        + "Ctrl-C again stops at once",
                    &state
                )
            }
            renew(&state)
        }
    }

    /// Whether anybody sees how far the run is.
    var isShown: Bool { isTerminal && !isQuiet }

    /// Paths that were found so far, over all pipelines.
    var foundCount: Int { state.withLock { $0.found } }

    /// Takes the count of paths that will have been found when the present pipeline ends.
    func expect(_ total: Int) {
        state.withLock { $0.total = total }
    }

    /// How many documents are in hand now.
    var inHandCount: Int { state.withLock { $0.inHand.count } }

    /// Takes the progress line away, so that other text may follow.
    func clear() {
        state.withLock { erase(&$0) }
    }

    private func report(
        _ path: String,
        _ status: DocumentStatus,
        _ reason: String,
        _ detail: String,
        _ state: inout State
    ) {
        switch status {
        case .failed, .quarantined, .partial:
            let words = detail.isEmpty ? reason : "\(reason): \(detail)"
            line("\(status.rawValue) \(path): \(words)", &state)
        case .done, .review, .duplicate, .skipped, .waiting:
            // Plain lines are for a log: one a document there, none on a terminal that shows the moving line.
            if !isTerminal {
                line("\(status.rawValue) \(path)\(reason.isEmpty ? "" : ": \(reason)")", &state)
            }
        }
    }

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
        guard isTerminal else { return }
        let now = ContinuousClock.now
        if let last = state.lastShown, last.duration(to: now) < .milliseconds(100), state.isLineOpen
        {
            return
        }
        state.lastShown = now
        let seconds = max(started.duration(to: now).seconds, 0.001)
        let rate = Double(state.ended) / seconds * 60
        let left = state.total.map { max(0, $0 - state.unchanged - state.ended) }
        var text = state.total.map { "\($0) files" } ?? "\(state.found)+ files"
        text += ", \(state.unchanged) unchanged, "
        text += "\(state.ended) read"
        if state.ended > 0 {
            text += ", \(Int(rate.rounded()))/min"
            if let left, left > 0 {
                text += ", \(Self.clock(Double(left) / rate * 60)) left"
            }
        }
        if let model = state.model { text = Self.model(model.done, model.total, model.left) }
        if let reading = state.inHand.first {
            text += "  \(reading)"
            if let page = state.page[reading], page > 1 { text += " p. \(page)" }
        }
        Terminal.errorText("\r\u{1B}[K" + String(text.prefix(Terminal.columns - 1)))
        state.isLineOpen = true
    }

    /// `model 12 of 80, about 14 min left`.
    private static func model(_ done: Int, _ total: Int, _ left: Duration?) -> String {
        "model \(done) of \(total)" + (left.map { ", about \(clock($0.seconds)) left" } ?? "")
    }

    private static func clock(_ seconds: Double) -> String {
        let seconds = Int(seconds.rounded(.up))
        return seconds < 60
            ? "\(seconds) s"
            : seconds < 3600
                ? "\(seconds / 60) min" : "\(seconds / 3600) h \(seconds % 3600 / 60) min"
    }
}

extension Duration {
    /// Seconds with their fraction.
    var seconds: Double {
        let (whole, attoseconds) = components
        return Double(whole) + Double(attoseconds) / 1e18
    }
}
