internal import Glibc
internal import SystemPackage

/// What else a machine did while something was measured.
public struct MachineLoad: Sendable {
    /// Programs that wanted to run, on average of the minute before; nil where the system does not tell.
    public let loadAverage: Double?
    private let busy: Double?
    private let own: Double
    private let start: ContinuousClock.Instant

    /// Begins to watch.
    public init() {
        loadAverage = Self.text("/proc/loadavg")?.split(separator: " ").first.flatMap {
            Double($0)
        }
        busy = Self.busySeconds()
        own = Self.ownSeconds()
        start = ContinuousClock.now
    }

    /// Processors that others have used since then, on average: other programs, and what a host took from a virtual machine.
    ///
    /// - Returns: From 0; nil where the system does not tell.
    public func usedByOthers() -> Double? {
        guard let busy, let now = Self.busySeconds() else { return nil }
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        // The system counts in hundredths of a second: less than a few of them says nothing.
        guard elapsed > 0.2 else { return nil }
        return max(0, now - busy - (Self.ownSeconds() - own)) / elapsed
    }

    /// Processor time of all programs since the machine was started.
    private static func busySeconds() -> Double? {
        // proc_stat(5): user nice system idle iowait irq softirq steal, in hundredths of a second.
        guard let line = text("/proc/stat")?.split(separator: "\n").first, line.hasPrefix("cpu ")
        else { return nil }
        let ticks = line.split(separator: " ").dropFirst().compactMap { Double($0) }
        guard ticks.count >= 8 else { return nil }
        return (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6] + ticks[7])
            / Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
    }

    private static func ownSeconds() -> Double {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(0) {
            $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6
        }
    }

    private static func text(_ path: String) -> String? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        guard
            let file = try? FileDescriptor.open(
                FilePath(path),
                .readOnly,
                options: .closeOnExec
            ),
            let count = try? file.closeAfter({
                try unsafe bytes.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
            })
        else { return nil }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
