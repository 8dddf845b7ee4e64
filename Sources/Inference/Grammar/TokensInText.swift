internal import Generation
internal import Synchronization
internal import Tokenization

/// The tokens that may stand inside a text whatever the schema is, found once for each tokenizer.
///
/// Nearly every token may stand there, so that a walk through all of them would be the dearest of all masks by far; here it is one set
/// for each number of characters that are left. The few tokens that end the text, and go on after it, are kept apart.
final class TokensInText: Sendable {
    /// Tokens of whole characters, and how many of them each has, fewest first.
    private let whole: [(token: TokenID, characters: Int)]
    /// Tokens that end inside a character: where, and the characters that each begins.
    let parts: [(token: TokenID, characters: Int, place: LineOfText.Place)]
    /// The tokens in which the text ends.
    let closing: TokenTrie.Nodes
    /// Characters of the token that begins most: where more are left, the number does not matter.
    let mostCharacters: Int

    private let capacity: Int
    /// Tokens of whole characters, by the characters that are left.
    private let sets = Mutex<[Int: TokenSet]>([:])

    /// Sorts the tokens of a tokenizer.
    ///
    /// - Parameters:
    ///   - sorted: The tokens in the order of their bytes.
    ///   - bytes: Bytes of all tokens.
    ///   - starts: Where each id's begin.
    ///   - capacity: One more than the largest id.
    init(_ sorted: [TokenID], _ bytes: [UInt8], _ starts: [Int], capacity: Int) {
        var whole: [(token: TokenID, characters: Int)] = []
        var parts: [(token: TokenID, characters: Int, place: LineOfText.Place)] = []
        var closing: [TokenID] = []
        var mostCharacters = 0
        for token in sorted {
            var place = LineOfText.Place.between.rawValue
            var characters = 0
            for index in starts[Int(token)]..<starts[Int(token) + 1] {
                let next = LineOfText.code(bytes[index], at: place)
                if next != LineOfText.closing, place == LineOfText.Place.between.rawValue {
                    characters += 1
                }
                place = next
                if next >= LineOfText.closing { break }
            }
            if place == LineOfText.closing {
                closing.append(token)
            } else if let place = LineOfText.Place(rawValue: place) {
                mostCharacters = max(mostCharacters, characters)
                if place == .between {
                    whole.append((token, characters))
                } else {
                    parts.append((token, characters, place))
                }
            }
        }
        self.whole = whole.sorted { $0.characters < $1.characters }
        self.parts = parts
        self.closing = TokenTrie.Nodes(closing, bytes, starts)
        self.mostCharacters = mostCharacters
        self.capacity = capacity
    }

    /// The tokens of whole characters, of at most so many.
    func set(ofAtMost characters: Int) -> TokenSet {
        let characters = min(characters, mostCharacters)
        if let known = sets.withLock({ $0[characters] }) { return known }
        var tokens = TokenSet(capacity: capacity)
        for (token, needed) in whole {
            guard needed <= characters else { break }
            tokens.insert(token)
        }
        sets.withLock { $0[characters] = tokens }
        return tokens
    }
}
