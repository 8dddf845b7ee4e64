public import Tokenization

/// The texts of a tokenizer's tokens as a tree of bytes, made once for each tokenizer.
///
/// A walk through it beside an automaton finds the tokens that may come next; a byte that may not come takes all tokens with it that
/// go on by it. Added tokens are not in it: `<|im_end|>` is never matched by its text.
public final class TokenTrie: Sendable {
    /// The nodes, each before those below it.
    struct Nodes: Sendable {
        /// The byte that leads to each node.
        fileprivate(set) var bytes: [UInt8] = []
        /// Bytes before it on its way from the root.
        fileprivate(set) var depths: [UInt16] = []
        /// The node after all those below it.
        fileprivate(set) var ends: [Int] = []
        /// The token that ends there; -1 for none.
        fileprivate(set) var tokens: [TokenID] = []
        /// Bytes of its longest token.
        fileprivate(set) var longest = 0
    }

    /// One more than the largest id.
    let capacity: Int
    /// All tokens.
    let nodes: Nodes
    /// What stands inside a text, which is nearly every token.
    let inText: TokensInText
    /// Entries of a list that one token may begin, at most.
    let mostEntries: Int

    private let tokenizer: Tokenizer
    /// Bytes of all tokens, and where each id's begin; the last one ends them.
    private let bytes: [UInt8]
    private let starts: [Int]

    /// Makes the tree.
    ///
    /// - Parameters:
    ///   - tokenizer: The model's.
    ///   - rows: Rows of the model's logits: tokens beyond them cannot be chosen.
    public init(_ tokenizer: Tokenizer, rows: Int = .max) {
        self.tokenizer = tokenizer
        let added = Set(tokenizer.addedTokens.map(\.id))
        capacity = min(rows, tokenizer.idLimit)
        var bytes: [UInt8] = []
        var starts = [0]
        var mostEntries = 1
        for id in 0..<TokenID(max(0, capacity)) {
            if !added.contains(id), !tokenizer.isSpecial(id) {
                bytes += tokenizer.bytes(of: id)
                mostEntries = max(
                    mostEntries,
                    Self.entries(begunBy: bytes[starts[Int(id)]...])
                )
            }
            starts.append(bytes.count)
        }
        self.bytes = bytes
        self.starts = starts
        self.mostEntries = mostEntries
        let all = Self.sorted(bytes, starts)
        nodes = Nodes(all, bytes, starts)
        inText = TokensInText(all, bytes, starts, capacity: max(0, capacity))
    }

    /// Entries begin after a comma and a space.
    private static func entries(begunBy token: ArraySlice<UInt8>) -> Int {
        var count = 0
        for index in token.indices where token[index] == UInt8(ascii: ",") {
            let next = index + 1
            if next == token.endIndex || token[next] == UInt8(ascii: " ") { count += 1 }
        }
        return count
    }

    /// Tokens in the order of their bytes.
    private static func sorted(_ bytes: [UInt8], _ starts: [Int]) -> [TokenID] {
        // Eight bytes decide about nearly all of them.
        var keys: [(key: UInt64, id: TokenID)] = []
        for id in 0..<starts.count - 1 where starts[id] < starts[id + 1] {
            var key: UInt64 = 0
            for offset in 0..<8 {
                let index = starts[id] + offset
                key = key << 8 | (index < starts[id + 1] ? UInt64(bytes[index]) : 0)
            }
            keys.append((key, TokenID(id)))
        }
        func text(_ id: TokenID) -> ArraySlice<UInt8> {
            bytes[starts[Int(id)]..<starts[Int(id) + 1]]
        }
        keys.sort { first, second in
            first.key == second.key
                ? text(first.id).lexicographicallyPrecedes(text(second.id))
                : first.key < second.key
        }
        return keys.map(\.id)
    }

    // MARK: Reading

    /// The bytes of a token that is matched by its text; empty for others.
    func text(of token: TokenID) -> ArraySlice<UInt8> {
        guard token >= 0, token < capacity else { return [] }
        return bytes[starts[Int(token)]..<starts[Int(token) + 1]]
    }

    /// The tokens of text that goes on, as far as they stay the same whatever follows.
    ///
    /// - Parameters:
    ///   - text: Its beginning.
    ///   - next: Bytes that may follow; nil where it ends.
    /// - Returns: Tokens of this tree; none where one of them is not in it.
    func settled(_ text: [UInt8], before next: [UInt8]?) -> [TokenID] {
        let tokens = tokenizer.encodeSettled(text, before: next)
        return tokens.allSatisfy { !self.text(of: $0).isEmpty } ? tokens : []
    }
}

extension TokenTrie.Nodes {
    /// Makes a tree of tokens.
    ///
    /// - Parameters:
    ///   - sorted: The tokens in the order of their bytes.
    ///   - bytes: Bytes of all tokens.
    ///   - starts: Where each id's begin.
    init(_ sorted: [TokenID], _ bytes: [UInt8], _ starts: [Int]) {
        // Nodes from the root to the last token.
        var path: [Int] = []
        var last = 0..<0
        for token in sorted {
            let text = starts[Int(token)]..<starts[Int(token) + 1]
            var common = 0
            while common < min(last.count, text.count),
                bytes[last.lowerBound + common] == bytes[text.lowerBound + common]
            {
                common += 1
            }
            for node in path[common...] { ends[node] = self.bytes.count }
            path.removeSubrange(common...)
            for depth in common..<text.count {
                path.append(self.bytes.count)
                self.bytes.append(bytes[text.lowerBound + depth])
                depths.append(UInt16(depth))
                ends.append(0)
                tokens.append(-1)
            }
            if let node = path.last { tokens[node] = token }
            longest = max(longest, text.count)
            last = text
        }
        for node in path { ends[node] = self.bytes.count }
    }

    /// Finds the tokens that an automaton takes.
    ///
    /// - Parameters:
    ///   - state: Where the answer stands.
    ///   - automaton: What may come.
    ///   - visit: Called with each token and where the answer stands after it.
    func walk(
        from state: ByteAutomaton.State,
        through automaton: ByteAutomaton,
        _ visit: (TokenID, ByteAutomaton.State) -> Void
    ) {
        // The states before each byte of the way to a node.
        var states = [ByteAutomaton.State](repeating: state, count: longest + 1)
        var node = 0
        while node < bytes.count {
            let depth = Int(depths[node])
            var next = states[depth]
            guard automaton.step(bytes[node], from: &next) else {
                node = ends[node]
                continue
            }
            states[depth + 1] = next
            if tokens[node] >= 0 { visit(tokens[node], next) }
            node += 1
        }
    }
}
