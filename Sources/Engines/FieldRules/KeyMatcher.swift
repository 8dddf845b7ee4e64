/// Finds the phrases of a table in a row of words, whatever the spaces, signs and case between them.
///
/// The work grows with the count of letters only: each beginning of a word walks a tree of the phrases.
struct KeyMatcher<Meaning: Sendable>: Sendable {
    private struct Node: Sendable {
        var next: [UInt32: Int32] = [:]
        var meaning: Int32 = -1
    }

    /// A phrase that was found.
    struct Match {
        /// What the phrase means.
        let meaning: Meaning
        /// The letters of the row that it covers.
        let letters: Range<Int>
        /// Whether one letter differs from the phrase.
        let isInexact: Bool
    }

    private var nodes = [Node()]
    private var meanings: [Meaning] = []

    /// Phrases shorter than this must be printed exactly.
    private static var shortestInexact: Int { 5 }
    /// Words that were read with more confidence than this are taken by their letters.
    private static var sureConfidence: Double { 0.94 }

    /// Adds a phrase; the first meaning given to it stays.
    mutating func add(_ phrase: String, meaning: Meaning) {
        var node = 0
        for letter in FoldedLetters.comparable(phrase) {
            if let next = nodes[node].next[letter] {
                node = Int(next)
            } else {
                nodes.append(Node())
                nodes[node].next[letter] = Int32(nodes.count - 1)
                node = nodes.count - 1
            }
        }
        guard node != 0, nodes[node].meaning < 0 else { return }
        meanings.append(meaning)
        nodes[node].meaning = Int32(meanings.count - 1)
    }

    /// The phrases in a row from left to right, the longest at each place, none overlapping.
    func matches(in letters: RowLetters) -> [Match] {
        var matches: [Match] = []
        var start = 0
        while start < letters.count {
            guard letters.beginsWord[start], let match = longest(at: start, in: letters) else {
                start += 1
                continue
            }
            matches.append(match)
            start = match.letters.upperBound
        }
        return matches
    }

    private func longest(at start: Int, in letters: RowLetters) -> Match? {
        if let (end, meaning) = walk(from: 0, at: start, in: letters) {
            return Match(meaning: meanings[meaning], letters: start..<end, isInexact: false)
        }
        return nearest(at: start, in: letters)
    }

    /// The end and meaning of the longest phrase that continues at `position` from a node.
    private func walk(from node: Int, at position: Int, in letters: RowLetters) -> (Int, Int)? {
        var node = node
        var position = position
        var best: (Int, Int)?
        while position < letters.count, let next = nodes[node].next[letters.values[position]] {
            node = Int(next)
            position += 1
            if nodes[node].meaning >= 0, letters.endsWord[position - 1] {
                best = (position, Int(nodes[node].meaning))
            }
        }
        return best
    }

    /// The longest phrase with one letter misread, for words that the reader was not sure of.
    private func nearest(at start: Int, in letters: RowLetters) -> Match? {
        guard letters.confidence[start] < Self.sureConfidence else { return nil }
        var best: (end: Int, meaning: Int)?
        var node = 0
        var position = start
        while position < letters.count, position - start < 12 {
            guard !FoldedLetters.isIdeograph(letters.values[position]) else { break }
            for (letter, next) in nodes[node].next where letter != letters.values[position] {
                guard let found = walk(from: Int(next), at: position + 1, in: letters) else {
                    continue
                }
                guard found.0 - start >= Self.shortestInexact else { continue }
                // The same end reached through different letters: the first entry of the table wins.
                if best.map({ found.0 > $0.end || (found.0 == $0.end && found.1 < $0.meaning) })
                    ?? true
                {
                    best = (found.0, found.1)
                }
            }
            guard let next = nodes[node].next[letters.values[position]] else { break }
            node = Int(next)
            position += 1
        }
        return best.map {
            Match(meaning: meanings[$0.meaning], letters: start..<$0.end, isInexact: true)
        }
    }
}

/// The letters of a row in the form that key words are compared in, each with its word.
struct RowLetters: Sendable {
    /// Folded letters, look-alikes joined.
    private(set) var values: [UInt32] = []
    /// The index of the word in its row.
    private(set) var word: [Int32] = []
    /// Whether a key word may begin here.
    private(set) var beginsWord: [Bool] = []
    /// Whether a key word may end here.
    private(set) var endsWord: [Bool] = []
    /// How sure the reader was of the word.
    private(set) var confidence: [Double] = []

    /// Count of letters.
    var count: Int { values.count }

    /// What kind of sign stood before: a change of kind is where words run into each other.
    private enum Kind {
        case none, lower, upper, digit, ideograph
    }

    /// The letters of words that stand in a row.
    init(_ words: [PageWord]) {
        for (index, word) in words.enumerated() {
            var last = Kind.none
            for scalar in word.scalars {
                let folded = FoldedLetters.plain(scalar)
                guard !folded.isEmpty else {
                    markEnd()
                    last = .none
                    continue
                }
                let kind = Self.kind(of: scalar)
                let isNew = Self.isBoundary(last, kind)
                if isNew { markEnd() }
                for (offset, letter) in folded.enumerated() {
                    values.append(FoldedLetters.lookAlike(letter))
                    self.word.append(Int32(index))
                    beginsWord.append(isNew && offset == 0)
                    endsWord.append(false)
                    confidence.append(word.confidence)
                }
                last = kind
            }
            markEnd()
        }
    }

    private mutating func markEnd() {
        if !endsWord.isEmpty { endsWord[endsWord.count - 1] = true }
    }

    private static func kind(of scalar: Unicode.Scalar) -> Kind {
        switch scalar.value {
        case 0x30...0x39: .digit
        case 0x41...0x5A: .upper
        case 0x61...0x7A: .lower
        case let value where FoldedLetters.isIdeograph(value): .ideograph
        default: scalar.properties.isUppercase ? .upper : .lower
        }
    }

    private static func isBoundary(_ last: Kind, _ kind: Kind) -> Bool {
        switch (last, kind) {
        case (.none, _), (.ideograph, _), (_, .ideograph), (.lower, .upper): true
        // Digits inside words are often misread letters (T0TAL), so they are no boundary.
        default: false
        }
    }
}
