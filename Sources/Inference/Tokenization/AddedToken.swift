/// A token that is found in text before anything else is done with it.
public struct AddedToken: Equatable, Sendable {
    /// Its number.
    public let id: TokenID
    /// Its text.
    public let text: String
    /// Whether decoding may leave it out: a control token rather than text.
    public let isSpecial: Bool
    /// Whether it is looked for in normalised text.
    let isNormalized: Bool
}

/// Finds added tokens in text: the longest at the leftmost place.
struct AddedTokenMatcher: Sendable {
    /// Bytes of an added token; it bounds the work at each place of a text.
    static let longest = 1024
    /// Bytes of all added tokens together.
    static let largest = 1 << 20

    /// Children by node and byte: node in the upper bits.
    private var children: [UInt64: UInt32] = [:]
    /// The token that ends at a node, or -1.
    private var ends: [TokenID] = [-1]
    private var first = [Bool](repeating: false, count: 256)

    init(_ tokens: some Sequence<(text: [UInt8], id: TokenID)>) {
        for (text, id) in tokens where !text.isEmpty {
            first[Int(text[0])] = true
            var node: UInt32 = 0
            for byte in text {
                let key = Self.key(node, byte)
                if let child = children[key] {
                    node = child
                } else {
                    node = UInt32(ends.count)
                    children[key] = node
                    ends.append(-1)
                }
            }
            ends[Int(node)] = id
        }
    }

    private static func key(_ node: UInt32, _ byte: UInt8) -> UInt64 {
        UInt64(node) << 8 | UInt64(byte)
    }

    var isEmpty: Bool { ends.count == 1 }

    /// The first match at or after an index.
    func next(in text: [UInt8], from start: Int) -> (range: Range<Int>, id: TokenID)? {
        guard !isEmpty else { return nil }
        for place in start..<max(start, text.count) where first[Int(text[place])] {
            var node: UInt32 = 0
            var found: (range: Range<Int>, id: TokenID)?
            var index = place
            while index < text.count, let child = children[Self.key(node, text[index])] {
                node = child
                index += 1
                if ends[Int(node)] >= 0 { found = (place..<index, ends[Int(node)]) }
            }
            if let found { return found }
        }
        return nil
    }
}
