import Storage

/// How long the model will be at work, by what this run has shown; before its first document by what earlier runs have.
struct TimeLeft {
    private let total: Int
    private let prior: Double?
    private var start: ContinuousClock.Instant
    private var done = 0

    /// Begins to count.
    ///
    /// - Parameters:
    ///   - cost: of all documents that are to be taken.
    ///   - documents: their count.
    ///   - known: what earlier documents took.
    ///   - width: how many are taken at once.
    ///   - start: now.
    init(
        cost: Int,
        documents: Int,
        known: ModelCost,
        width: Int,
        start: ContinuousClock.Instant = .now
    ) {
        total = cost
        prior = known.meanMilliseconds.map {
            $0 * Double(documents) / 1000 / Double(max(1, min(width, documents)))
        }
        self.start = start
    }

    /// Takes a document into account that is done.
    mutating func finish(cost: Int) { done += cost }

    /// Takes into account that nothing could be done for a time.
    mutating func leaveOut(_ pause: Duration) { start = start.advanced(by: pause) }

    /// What is left; nil where nothing is known yet.
    func left(at now: ContinuousClock.Instant = .now) -> Duration? {
        guard done > 0 else { return prior.map { .seconds($0) } }
        let passed = start.duration(to: now)
        return passed * (Double(max(0, total - done)) / Double(done))
    }
}
