public import Jobs

/// How far a run got.
public enum RunState: String, Codable, Sendable, CaseIterable {
    /// It goes on, or its process died and nobody has noticed yet.
    case running
    /// It looked at everything it was asked to.
    case finished
    /// It was stopped before that, cleanly or by the death of its process.
    case interrupted
    /// It could not go on.
    case failed
}

/// What `beginRun` hands to the runner.
public struct StartedRun: Sendable {
    /// The new run.
    public var run: RunID
    /// The pipeline's row.
    public var pipeline: PipelineID
    /// The folders' rows, in the order they were given.
    public var folders: [FolderID]
    /// Earlier runs that had died without an end; they are marked `interrupted` now.
    public var interruptedRuns: [RunID]
}

/// The conservation line of a run: how many paths were found, and what became of them.
public struct Tally: Hashable, Sendable {
    /// Paths that matched.
    public var found: Int
    /// Paths by status; a status that is not there counts 0.
    public var counts: [DocumentStatus: Int]

    /// Creates a tally.
    public init(found: Int, counts: [DocumentStatus: Int]) {
        self.found = found
        self.counts = counts
    }

    /// How many paths ended in a status.
    public subscript(status: DocumentStatus) -> Int { counts[status] ?? 0 }

    /// Whether every path found has exactly one status.
    public var isConserved: Bool { found == counts.values.reduce(0, +) }
}

/// One run as `status` shows it.
public struct RunSummary: Sendable {
    /// The run.
    public var id: RunID
    /// The pipeline's name.
    public var pipeline: String
    /// When it began, as given to `beginRun`.
    public var startedAt: String
    /// When it ended; nil while it goes on and when its process died.
    public var finishedAt: String?
    /// How far it got.
    public var state: RunState
    /// Fingerprint of the plan that it followed.
    public var planFingerprint: String
    /// The conservation line; nil when it has not ended.
    public var tally: Tally?
    /// The runner's own summary as JSON; nil when it has not ended.
    public var summary: String?
}
