/// Puts words right that recognition misread, where only one word of a vocabulary comes near.
///
/// Letters are compared by their shapes: N for M costs half as much as N for S. A word that the reader was
/// sure of stays as it is, and so does one that no word of the vocabulary is near to.
struct WordRepair: Sendable {
    private let words: [Int: [[UInt32]]]
    private let spelling: [[UInt32]: String]
    /// Whether any word may stand there, as in names: then only what is all but the same counts.
    private let isOpen: Bool

    /// Words that were read with more confidence than this are taken by their letters.
    private var sureConfidence: Double { isOpen ? 0.94 : 0.96 }
    /// Above this only letters of like shape are changed.
    private var likelyConfidence: Double { isOpen ? 0.9 : 0.93 }
    /// Shortest word that is compared.
    private static let shortest = 4

    /// Words of addresses, by region.
    static let regions = PlaceWords.regions.map { WordRepair($0) }
    /// Words of firms' names.
    static let firm = WordRepair(NameWords.businesses.union(NameWords.firmWords), isOpen: true)

    /// Prepares a vocabulary of folded words.
    init(_ vocabulary: Set<String>, isOpen: Bool = false) {
        self.isOpen = isOpen
        var words: [Int: [[UInt32]]] = [:]
        var spelling: [[UInt32]: String] = [:]
        for word in vocabulary.sorted() {
            let letters = FoldedLetters.comparable(word)
            guard spelling.updateValue(word, forKey: letters) == nil else { continue }
            words[letters.count, default: []].append(letters)
        }
        self.words = words
        self.spelling = spelling
    }

    /// How many of some folded words it knows.
    func count(of words: [String]) -> Int {
        words.count { spelling[FoldedLetters.comparable($0)] != nil }
    }

    /// The vocabulary that knows most of some folded words; nil when none knows any.
    static func region(of words: [String]) -> WordRepair? {
        let counts = regions.map { $0.count(of: words) }
        guard let most = counts.max(), most > 0, let index = counts.firstIndex(of: most) else {
            return nil
        }
        return regions[index]
    }

    /// A word with its misread pieces put right; signs around and between the pieces stay.
    func repaired(_ word: PageWord) -> String {
        guard word.confidence < sureConfidence, word.letterCount >= Self.shortest - 1,
            word.scalars.count <= 40
        else { return word.text }
        var text = ""
        var piece = ""
        for character in word.text {
            if character.isLetter || character.isNumber {
                piece.append(character)
            } else {
                text += repaired(piece, confidence: word.confidence)
                piece = ""
                text.append(character)
            }
        }
        return text + repaired(piece, confidence: word.confidence)
    }

    /// The word of the vocabulary that a piece of letters was, or the piece.
    private func repaired(_ piece: String, confidence: Double) -> String {
        let letters = FoldedLetters.comparable(piece)
        guard letters.count >= Self.shortest - 1, piece.count(where: \.isLetter) * 2 > piece.count
        else { return piece }
        var mostCost = confidence < likelyConfidence ? Self.mostCost(letters.count) : 1
        if isOpen { mostCost = min(mostCost, letters.count < 8 ? 1 : 2) }
        if let word = spelling[letters] {
            // T0WN, Jaian: right but for signs that look like the letter.
            return FoldedLetters.words(piece).joined() == word ? piece : cased(word, like: piece)
        }
        var best: (letters: [UInt32], cost: Int)?
        var isUnique = true
        for length in letters.count - 1...letters.count + 1 where length >= Self.shortest {
            for word in words[length] ?? [] {
                guard let cost = LetterShapes.distance(letters, word, most: mostCost) else {
                    continue
                }
                if let nearest = best {
                    if cost == nearest.cost { isUnique = false }
                    guard cost < nearest.cost else { continue }
                }
                best = (word, cost)
                isUnique = true
            }
        }
        guard let best, isUnique, let word = spelling[best.letters] else { return piece }
        return cased(word, like: piece)
    }

    /// Twice the most letters that may differ, by the length of the word.
    private static func mostCost(_ length: Int) -> Int {
        switch length {
        case ..<5: 1
        case ..<8: 2
        case ..<11: 3
        default: 4
        }
    }

    /// A folded word in the case of the printed one.
    private func cased(_ word: String, like piece: String) -> String {
        let letters = piece.filter(\.isLetter)
        if letters.count(where: \.isUppercase) * 2 > letters.count { return word.uppercased() }
        guard letters.first?.isUppercase == true else { return word }
        return word.prefix(1).uppercased() + word.dropFirst()
    }
}
