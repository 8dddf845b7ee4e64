/// Decides whether a file has been left alone long enough to be read.
///
/// A scanner or a copy writes a file over seconds; read half-written, it would be taken for a
/// damaged document. No clock is read and nobody waits here: the caller brings stamps and times.
public struct Settling: Hashable, Sendable {
    /// What to do with a file.
    public enum Decision: Hashable, Sendable {
        /// Open it, and compare its stamp once more then.
        case ready
        /// Look at it again after this time.
        case wait(Duration)
        /// It was written between the two looks: leave it for the next run.
        case stillChanging
    }

    /// How long a file must have been left alone.
    public var settle: Duration

    /// Creates the rule from a pipeline's `settle`.
    public init(settle: Duration) {
        self.settle = settle
    }

    /// Decides about one file.
    ///
    /// A file that was older than `settle` at the first look is ready at once. Any other one is
    /// ready when a second look, taken when its times (or, where they lie in the future, the first
    /// look) are older than `settle`, finds it unchanged.
    ///
    /// - Parameters:
    ///   - first: the stamp at the first look.
    ///   - firstLook: when that was, in nanoseconds since 1970.
    ///   - now: the present moment, in nanoseconds since 1970.
    ///   - second: the stamp at the second look, which was taken just now; nil before it.
    /// - Returns: what to do.
    public func decide(
        first: FileStamp,
        firstLook: Int64,
        now: Int64,
        second: FileStamp?
    ) -> Decision {
        if let second, second != first { return .stillChanging }
        let quiet =
            Int128(settle.components.seconds) * 1_000_000_000
            + Int128(settle.components.attoseconds / 1_000_000_000)
        guard quiet > 0 else { return .ready }
        if Int128(firstLook) - Int128(first.newest) >= quiet { return .ready }
        let due = Int128(min(first.newest, firstLook)) + quiet
        let remaining = due - Int128(now)
        // A clock that was set back must not make anyone wait longer than `settle`.
        if remaining > 0 { return .wait(.nanoseconds(Int64(clamping: min(remaining, quiet)))) }
        return second == nil ? .wait(.zero) : .ready
    }
}
