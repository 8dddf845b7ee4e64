/// How a run waits for a model that has answered in it and cannot be asked for the moment.
///
/// A server that is started anew, or a moment of low memory, must not end the work of a night.
public struct ModelPatience: Sendable {
    /// The first pause; each further one in a row is twice as long.
    private static let first = Duration.seconds(30)
    /// The longest pause.
    private static let longest = Duration.seconds(120)
    /// So many pauses in a row after which the model could still not be asked are enough.
    private static let mostVain = 3
    /// How often it is looked whether the run is to end.
    private static let look = Duration.milliseconds(250)

    private let sleep: @Sendable (Duration) async throws -> Void
    private var inARow = 0

    /// Makes the patience of one run.
    ///
    /// - Parameter sleep: lets time pass.
    public init(
        sleep: @escaping @Sendable (Duration) async throws -> Void = {
            try await Task.sleep(for: $0)
        }
    ) {
        self.sleep = sleep
    }

    /// The next pause.
    ///
    /// - Parameter isVain: whether the model could not be asked at all after the last one.
    /// - Returns: nil where there were enough.
    mutating func pause(isVain: Bool) -> Duration? {
        if !isVain { inARow = 0 }
        guard inARow < Self.mostVain else { return nil }
        let pause = Self.first * (1 << inARow)
        inARow += 1
        return min(pause, Self.longest)
    }

    /// Lets a pause pass.
    ///
    /// - Parameters:
    ///   - pause: how long.
    ///   - isOver: whether the run is to end: then so does the pause.
    /// - Returns: whether it was not cut short.
    /// - Throws: `CancellationError`.
    func wait(_ pause: Duration, unless isOver: () -> Bool) async throws -> Bool {
        var left = pause
        while left > .zero {
            guard !isOver() else { return false }
            try Task.checkCancellation()
            let slice = min(left, Self.look)
            try await sleep(slice)
            left -= slice
        }
        return !isOver()
    }
}
