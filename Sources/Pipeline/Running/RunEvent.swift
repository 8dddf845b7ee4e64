public import Jobs

/// What happens during a run, for those who show it.
public enum RunEvent: Sendable {
    /// A path matched; `unchanged` when its stored result holds.
    case found(unchanged: Bool)
    /// Work on a document began.
    case began(path: String)
    /// A page of a document was stored.
    case page(path: String, number: Int)
    /// Work on a path ended.
    case ended(path: String, status: DocumentStatus, reason: String, detail: String)
    /// The model has been through so many of the documents that wait for it; `left` is an estimate, nil where none can be made.
    case model(done: Int, total: Int, left: Duration?)
    /// Something that a person should know and that is no document's outcome.
    case note(String)
    /// The run was asked to stop; documents in hand are being finished.
    case stopping(inHand: Int)
}

/// Shows what happens during a run; called from several tasks at once.
public protocol RunObserver: Sendable {
    /// Takes one event; returns at once.
    func observe(_ event: RunEvent)
}
