internal import Synchronization

/// A document's place in a queue that is passed in order, whatever is done meanwhile by how many at once.
///
/// What is learnt from one document for the next (as by a cache of pictures that look alike) is then the same in every run.
public final class Turn: Sendable {
    private struct Content {
        /// Forgotten when this one is over, so that a long queue is no long chain.
        var before: Turn?
        /// Who let it pass; those before it may be going on.
        var hasPassed = false
        /// It has passed, and so has everyone before.
        var isOver = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        /// Those behind it that passed before it did.
        var passedBehind: [Turn] = []
    }

    private let content: Mutex<Content>

    /// Creates a place behind another.
    ///
    /// - Parameter before: The one before; nil for the first.
    public init(after before: Turn? = nil) {
        content = Mutex(Content(before: before))
    }

    /// Whether it was let pass.
    public var hasPassed: Bool { content.withLock(\.hasPassed) }

    /// Waits until all before have passed, those too that are before one that passed early.
    ///
    /// Whoever creates turns sees to it that each is passed, also of a document that failed or was cancelled.
    public func wait() async {
        await content.withLock(\.before)?.over()
    }

    /// Lets the next one go as soon as all before have passed; more than once does nothing.
    public func pass() {
        let (isFirst, before) = content.withLock { content in
            defer { content.hasPassed = true }
            return (!content.hasPassed, content.before)
        }
        guard isFirst else { return }
        if let before, before.tell(self) { return }
        // One after the other, not one inside the other: thousands may have passed early.
        var over = [self]
        while let turn = over.popLast() { over += turn.end() }
    }

    /// Notes who passed behind this one.
    ///
    /// - Returns: False where this one is over and tells nobody.
    private func tell(_ turn: Turn) -> Bool {
        content.withLock { content in
            if !content.isOver { content.passedBehind.append(turn) }
            return !content.isOver
        }
    }

    /// Ends it, as it and all before it have passed.
    ///
    /// - Returns: Those behind it that are over now.
    private func end() -> [Turn] {
        let (waiting, behind) = content.withLock { content in
            content.isOver = true
            content.before = nil
            defer { (content.waiting, content.passedBehind) = ([], []) }
            return (content.waiting, content.passedBehind)
        }
        for continuation in waiting { continuation.resume() }
        return behind
    }

    private func over() async {
        await withCheckedContinuation { continuation in
            let isOver = content.withLock { content in
                if !content.isOver { content.waiting.append(continuation) }
                return content.isOver
            }
            if isOver { continuation.resume() }
        }
    }
}
