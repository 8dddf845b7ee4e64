internal import Generation
internal import Synchronization
internal import Tokenization

/// The tokens that may stand inside a text whatever the schema is, found once for each tokenizer.
///
/// Nearly every token may stand there, so that a walk through all of them would be the dearest of all masks by far; here it is one set
/// for each number of characters that are left. The few tokens that end the text, and go on after it, are kept apart.
final class TokensInText: Sendable {
    /// Tokens that leave a text in the same place of a character.
    struct Group: Sendable {
        let place: LineOfText.Place
        /// The tokens, and the characters that each begins, fewest first.
        let tokens: [(token: TokenID, characters: Int)]
    }

    let groups: [Group]
    /// The tokens in which the text ends.
    let closing: TokenTrie.Nodes
    /// Characters of the token that begins most: where more are left, the number does not matter.
    let mostCharacters: Int

    private let capacity: Int
    private let sets = Mutex<[Int: Sets]>([:])

    /// What may come inside a text that may still have so many characters, as long as it does not end.
    struct Sets: Sendable {
        /// One set for each group.
        var groups: [(place: LineOfText.Place, tokens: TokenSet)]
        /// All of them.
        var all: TokenSet
    }

    /// Sorts the tokens of a tokenizer.
    ///
    /// - Parameters:
    ///   - sorted: The tokens in the order of their bytes.
    ///   - bytes: Bytes of all tokens.
    ///   - starts: Where each id's begin.
    ///   - capacity: One more than the largest id.
    init(_ sorted: [TokenID], _ bytes: [UInt8], _ starts: [Int32], capacity: Int) {
        var ends: [[(token: TokenID, characters: Int)]] = LineOfText.Place.allCases.map { _ in [] }
        var closing: [TokenID] = []
        var mostCharacters = 0
        for token in sorted {
            var place = LineOfText.Place.between.rawValue
            var characters = 0
            for index in Int(starts[Int(token)])..<Int(starts[Int(token) + 1]) {
                let next = LineOfText.code(bytes[index], at: place)
                if next != LineOfText.closing, place == LineOfText.Place.between.rawValue {
                    characters += 1
                }
                place = next
                if next >= LineOfText.closing { break }
            }
            if place == LineOfText.closing {
                closing.append(token)
            } else if place != LineOfText.forbidden {
                ends[Int(place)].append((token, characters))
                mostCharacters = max(mostCharacters, characters)
            }
        }
        groups = zip(LineOfText.Place.allCases, ends).filter { !$1.isEmpty }
            .map { place, tokens in
                Group(place: place, tokens: tokens.sorted { $0.characters < $1.characters })
            }
        self.closing = TokenTrie.Nodes(closing, bytes, starts)
        self.mostCharacters = mostCharacters
        self.capacity = capacity
    }

    /// The tokens of at most so many characters.
    func sets(characters: Int) -> Sets {
        let characters = min(characters, mostCharacters)
        if let known = sets.withLock({ $0[characters] }) { return known }
        var all = TokenSet(capacity: capacity)
        let groups = groups.map { group in
            var tokens = TokenSet(capacity: capacity)
            for (token, needed) in group.tokens {
                guard needed <= characters else { break }
                tokens.insert(token)
                all.insert(token)
            }
            return (group.place, tokens)
        }
        let new = Sets(groups: groups, all: all)
        sets.withLock { $0[characters] = new }
        return new
    }
}
