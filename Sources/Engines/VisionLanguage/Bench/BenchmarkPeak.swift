internal import Glibc
internal import Sandbox

/// The most memory that was resident, without what measuring itself took.
struct BenchmarkPeak: Sendable {
    /// Bytes; nil where the system does not tell.
    private(set) var bytes: Int?
    private var isCounting = true

    /// Looks at the peak up to now.
    mutating func look() {
        guard isCounting, let now = PeakMemory.read(of: getpid()) else { return }
        bytes = max(bytes ?? 0, now)
    }

    /// Begins anew after memory that is not to be counted was given back.
    mutating func forget() {
        // Where the system cannot forget, what comes after is not counted: the buffer would be.
        do { try PeakMemory.reset(of: getpid()) } catch { isCounting = false }
    }
}
