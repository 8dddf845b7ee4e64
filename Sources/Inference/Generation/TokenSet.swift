public import Tokenization

/// Some of a vocabulary's tokens, one bit each.
public struct TokenSet: Sendable, Equatable {
    /// Tokens that it can hold: ids `0..<capacity`.
    public let capacity: Int
    private var words: [UInt64]

    /// A set of ids below `capacity`: all of them or none.
    public init(capacity: Int, all: Bool = false) {
        precondition(capacity >= 0)
        self.capacity = capacity
        words = Array(repeating: all ? .max : 0, count: (capacity + 63) / 64)
        let rest = capacity % 64
        if all, rest > 0 { words[words.count - 1] = (1 << rest) - 1 }
    }

    /// Whether it holds a token; never true for an id outside `0..<capacity`.
    public func contains(_ token: TokenID) -> Bool {
        guard token >= 0, token < capacity else { return false }
        return words[Int(token) >> 6] & (1 << (UInt64(token) & 63)) != 0
    }

    /// Adds a token; an id outside `0..<capacity` is ignored.
    ///
    /// - Returns: Whether it was new.
    @discardableResult
    public mutating func insert(_ token: TokenID) -> Bool {
        guard token >= 0, token < capacity, !contains(token) else { return false }
        words[Int(token) >> 6] |= 1 << (UInt64(token) & 63)
        return true
    }

    /// Takes a token out.
    public mutating func remove(_ token: TokenID) {
        guard contains(token) else { return }
        words[Int(token) >> 6] &= ~(1 << (UInt64(token) & 63))
    }

    /// Leaves only tokens that another set holds as well.
    public mutating func formIntersection(_ other: TokenSet) {
        for index in words.indices {
            words[index] &= index < other.words.count ? other.words[index] : 0
        }
    }

    /// Adds the tokens of another set, as far as this one can hold them.
    public mutating func formUnion(_ other: TokenSet) {
        for index in 0..<min(words.count, other.words.count) { words[index] |= other.words[index] }
        let rest = capacity % 64
        if rest > 0 { words[words.count - 1] &= (1 << rest) - 1 }
    }

    /// Tokens that it holds.
    public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// The token of the largest logit among those that it holds; of several equal ones the lowest id.
    ///
    /// - Parameter logits: `[capacity]`.
    /// - Returns: Nil where every one of them is minus infinity.
    func likeliest(of logits: UnsafeBufferPointer<Float>) -> TokenID? {
        precondition(logits.count == capacity)
        var best = -Float.infinity
        var place: Int?
        for (index, word) in words.enumerated() where word != 0 {
            let start = index * 64
            let isWhole = word == .max
            for bit in 0..<min(64, capacity - start)
            where unsafe logits[start + bit] > best && (isWhole || word & (1 << bit) != 0) {
                unsafe best = logits[start + bit]
                place = start + bit
            }
        }
        return place.map { TokenID($0) }
    }

    /// Sets the logits of tokens that it does not hold to minus infinity.
    func keepOnly(in logits: inout [Float]) {
        precondition(logits.count == capacity)
        for (index, word) in words.enumerated() where word != .max {
            let start = index * 64
            for bit in 0..<min(64, capacity - start) where word & (1 << UInt64(bit)) == 0 {
                logits[start + bit] = -.infinity
            }
        }
    }
}
