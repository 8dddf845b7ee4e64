public import Generation
internal import Synchronization

/// One sequence: its keys and values, and where its next token goes.
public final class QwenState: DecodingState {
    struct Content: Sendable {
        var cache: KeyValueCache
        /// The place of the next token: less than the count after pictures, whose tokens lie side by side.
        var nextPosition: Int
        /// Tokens after the last prompt.
        var decodedCount = 0
    }

    private let stored: Mutex<Content>

    init(_ content: Content) {
        stored = Mutex(content)
    }

    var content: Content {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }

    /// Tokens that it holds.
    public var tokenCount: Int { content.cache.count }

    /// What a token's number in the sequence is to be shifted by to get its position: 0 or less.
    public var positionShift: Int {
        let content = content
        return content.nextPosition - content.cache.count
    }

    /// Another sequence that begins with all that this one holds.
    ///
    /// Keys and values are shared; one that grows where another has grown copies 255 positions at most.
    public func fork() -> QwenState {
        stored.withLock { content in
            var other = content
            other.cache = content.cache.forked()
            return QwenState(other)
        }
    }

    /// Takes back the last tokens, which must have come after the last prompt; forks keep them.
    ///
    /// - Parameter tokenCount: Tokens that it holds afterwards.
    public func truncate(to tokenCount: Int) {
        stored.withLock { content in
            let count = content.cache.count - tokenCount
            precondition(
                count >= 0 && count <= content.decodedCount,
                "only tokens after the last prompt are taken back"
            )
            content.cache.truncate(to: tokenCount)
            content.nextPosition -= count
            content.decodedCount -= count
        }
    }
}
