internal import Synchronization

/// A number of places that are taken in the order in which they are asked for.
public final class Places: Sendable {
    private struct Waiting {
        let number: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct Content {
        var free: Int
        var waiting: [Waiting] = []
        var nextNumber = 0
        /// Who was cancelled before it began to wait.
        var left: Set<Int> = []
    }

    private let content: Mutex<Content>

    /// Makes free places.
    ///
    /// - Parameter count: How many, at least one.
    public init(_ count: Int) {
        content = Mutex(Content(free: max(1, count)))
    }

    /// Takes a place, after all who wait already.
    ///
    /// - Throws: ``GenerationFault/cancelled``; no place is taken then.
    public func take() async throws(GenerationFault) {
        let number = content.withLock { content in
            defer { content.nextNumber += 1 }
            return content.nextNumber
        }
        let isTaken = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = content.withLock { content in
                    if content.left.remove(number) != nil { return false }
                    if content.free > 0 {
                        content.free -= 1
                        return true
                    }
                    content.waiting.append(Waiting(number: number, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiting: Waiting? = content.withLock { content in
                guard let place = content.waiting.firstIndex(where: { $0.number == number }) else {
                    content.left.insert(number)
                    return nil
                }
                return content.waiting.remove(at: place)
            }
            waiting?.continuation.resume(returning: false)
        }
        content.withLock { _ = $0.left.remove(number) }
        guard isTaken else { throw .cancelled }
    }

    /// Gives back a place that was taken.
    public func give() {
        let next: Waiting? = content.withLock { content in
            guard !content.waiting.isEmpty else {
                content.free += 1
                return nil
            }
            return content.waiting.removeFirst()
        }
        next?.continuation.resume(returning: true)
    }
}
