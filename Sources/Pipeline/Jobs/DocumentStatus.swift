/// What became of a path in a run; every path found has exactly one.
public enum DocumentStatus: String, Codable, Sendable, CaseIterable {
    /// Read, and nothing asks for a person.
    case done
    /// Part of it was not read: a limit, damage, a page that failed.
    case partial
    /// Read, but a person should look: the reason says at what.
    case review
    /// Not read: the reason says why.
    case failed
    /// Failed too often: left alone until `docket retry`.
    case quarantined
    /// The same bytes as another file of this pipeline.
    case duplicate
    /// Looked at and left: not a regular file, or gone before it could be opened.
    case skipped
    /// For the next run: still changing, left by `--limit`, `--until` or an interruption; or the model has still to look at it.
    case waiting
}
