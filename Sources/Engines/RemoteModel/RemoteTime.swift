internal import FoundationEssentials

/// Time and chance, handed in so that tests neither wait nor guess.
struct RemoteTime: Sendable {
    var now: @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    /// By the clock on the wall, for servers that name a date.
    var date: @Sendable () -> Date = { Date() }
    var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    /// 0…1.
    var jitter: @Sendable () -> Double = { Double.random(in: 0...1) }
}
