/// What a person asked of one run, beside the pipeline.
public struct RunOptions: Sendable {
    /// What is done with results that an older engine or model made.
    public enum Refresh: String, Sendable, CaseIterable {
        /// They are left: only new and changed documents are read.
        case new
        /// They are made again.
        case stale
        /// Everything is made again.
        case all
    }

    /// How many documents are worked on at once.
    public var jobs: Int
    /// Most documents to work on; the rest is `waiting`.
    public var limit: Int?
    /// Only paths that match this glob are worked on; the rest is `waiting` or as it was.
    public var only: String?
    /// A moment after which no document is begun.
    public var until: ContinuousClock.Instant?
    /// What is done with results of older engines.
    public var refresh: Refresh

    /// Creates options.
    public init(
        jobs: Int,
        limit: Int? = nil,
        only: String? = nil,
        until: ContinuousClock.Instant? = nil,
        refresh: Refresh = .new
    ) {
        self.jobs = jobs
        self.limit = limit
        self.only = only
        self.until = until
        self.refresh = refresh
    }
}
