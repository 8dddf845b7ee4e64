#if DEBUG
    import Glibc
    import Synchronization
#endif

/// The transactions after each of which a run may be killed and must go on as if it had not been.
enum CommitKind: String, CaseIterable {
    case run
    case location
    case status
    case job
    case page
    case answer
    case result
    case failure
    case skip
    case outcome
    case resolution
    case vanished
    case end
}

/// Kills the process group behind a chosen transaction, so that a test can stop a run at each kind of boundary.
///
/// `DOCKET_DIE_AFTER=page:3` in the environment is SIGKILL for the process and its workers right after the third page
/// was committed; the kinds are those of ``CommitKind``. There is nothing of it in a release build.
enum CrashPoint {
    #if DEBUG
        private static let deadly: (kind: String, count: Int)? = {
            guard let text = unsafe getenv("DOCKET_DIE_AFTER").map({ unsafe String(cString: $0) })
            else {
                return nil
            }
            let parts = text.split(separator: ":")
            guard parts.count == 2, let count = Int(parts[1]), count > 0 else { return nil }
            return (String(parts[0]), count)
        }()
        private static let commits = Mutex(0)
    #endif

    /// To be called when a transaction has been committed.
    static func pass(_ kind: CommitKind) {
        #if DEBUG
            guard let deadly, deadly.kind == kind.rawValue else { return }
            let count = commits.withLock { commits in
                commits += 1
                return commits
            }
            if count == deadly.count { kill(0, SIGKILL) }
        #endif
    }
}
