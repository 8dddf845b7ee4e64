import Qwen
import Synchronization
import SystemPackage
import Tensors

/// Shows the packing of a model while it goes on: one line that renews itself on a terminal, one line at the begin elsewhere.
final class PackingProgress: Sendable {
    private let isQuiet: Bool
    private let isTerminal = Terminal.showsProgress
    private let lastShown = Mutex<ContinuousClock.Instant?>(nil)
    private let began = ContinuousClock.now

    init(_ path: FilePath, _ packing: ModelPacking, isQuiet: Bool) {
        self.isQuiet = isQuiet
        guard !isQuiet else { return }
        Terminal.error(
            "\(packing.sourceName): \(ByteCount(packing.sourceBytes)) of weights to \(packing.precision.rawValue); "
                + "\(path) needs \(ByteCount(packing.neededBytes))"
        )
    }

    func show(_ progress: ModelPacking.Progress) {
        guard !isQuiet, isTerminal else { return }
        lastShown.withLock { last in
            let now = ContinuousClock.now
            if let last, last.duration(to: now) < .milliseconds(100) { return }
            last = now
            let share = Double(progress.done) / Double(max(1, progress.total))
            let cells = 24
            let filled = Int(share * Double(cells))
            let bar =
                String(repeating: "#", count: filled)
                + String(repeating: ".", count: cells - filled)
            var text = "[\(bar)] \(Int(share * 100))%"
            let seconds = began.duration(to: now).seconds
            if share > 0.02 {
                text += "  \(Int((seconds / share * (1 - share)).rounded(.up))) s left"
            }
            text += "  \(progress.tensor)"
            Terminal.errorText("\r\u{1B}[K" + String(text.prefix(Terminal.columns - 1)))
        }
    }

    /// Ends the moving line.
    func close() {
        lastShown.withLock { last in
            if last != nil { Terminal.errorText("\r\u{1B}[K") }
            last = nil
        }
    }
}
