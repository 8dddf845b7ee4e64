internal import Synchronization

/// A document's place in a queue that is passed in order, whatever is done meanwhile by how many at once.
///
/// What is learnt from one document for the next (as by a cache of pictures that look alike) is then the same in every run.
public final class Turn: Sendable {
    private struct Content {
        /// Forgotten when this one passes, so that a long queue is no long chain.
        var before: Turn?
        var isPassed = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let content: Mutex<Content>

    /// Creates a place behind another.
    ///
    /// - Parameter before: The one before; nil for the first.
    public init(after before: Turn? = nil) {
        content = Mutex(Content(before: before))
    }

    /// Waits until the one before has passed.
    ///
    /// Whoever creates turns sees to it that each is passed, also of a document that failed or was cancelled.
    public func wait() async {
        await content.withLock(\.before)?.passed()
    }

    /// Lets the next one go; more than once does nothing.
    public func pass() {
        let waiting = content.withLock { content in
            content.isPassed = true
            content.before = nil
            defer { content.waiting = [] }
            return content.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    private func passed() async {
        await withCheckedContinuation { continuation in
            let isPassed = content.withLock { content in
                if !content.isPassed { content.waiting.append(continuation) }
                return content.isPassed
            }
            if isPassed { continuation.resume() }
        }
    }
}
