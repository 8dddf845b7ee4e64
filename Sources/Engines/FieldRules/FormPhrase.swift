/// Words that a user wrote, looked for in rows as key words are, with more mistakes forgiven the longer they are.
struct FormPhrase: Sendable {
    /// The words as the user wrote them.
    let written: String
    /// Its letters in the form that key words are compared in.
    private let letters: [UInt32]
    /// Wrong, missing or added letters that are forgiven where the reader was unsure.
    private let slips: Int

    /// A place where it is printed.
    struct Match {
        /// The letters of the row that it covers.
        let letters: Range<Int>
        /// Whether some letter differs.
        let isInexact: Bool
    }

    /// Words that were read with more confidence than this are taken by their letters.
    private static let sureConfidence = 0.94

    /// Reads a phrase.
    init(_ written: String) {
        self.written = written
        letters = FoldedLetters.comparable(written)
        // One letter in eight, as in the words of a faint print that a person still knows again.
        slips = letters.count >= 5 ? min(3, max(1, letters.count / 8)) : 0
    }

    /// How many printed words it stands for.
    var wordCount: Int { max(1, FoldedLetters.words(written).count) }
    /// How many letters it has: of two phrases the longer says more.
    var letterCount: Int { letters.count }

    /// Where a row carries it, from left to right, none overlapping.
    ///
    /// - Parameters:
    ///   - row: the row's letters.
    ///   - isForgiving: whether wrong letters are looked past, which costs more time.
    /// - Returns: the places.
    func matches(in row: RowLetters, isForgiving: Bool = true) -> [Match] {
        guard !letters.isEmpty else { return [] }
        var matches: [Match] = []
        var start = 0
        while start < row.count {
            guard row.beginsWord[start],
                let match = exact(at: start, in: row)
                    ?? (isForgiving ? nearest(at: start, in: row) : nil)
            else {
                start += 1
                continue
            }
            matches.append(match)
            start = match.letters.upperBound
        }
        return matches
    }

    private func exact(at start: Int, in row: RowLetters) -> Match? {
        let end = start + letters.count
        guard end <= row.count, row.endsWord[end - 1],
            row.values[start..<end].elementsEqual(letters)
        else { return nil }
        return Match(letters: start..<end, isInexact: false)
    }

    /// The end with the fewest edits.
    ///
    /// V. I. Levenshtein's distance (1966), kept to a band as wide as the edits allowed.
    private func nearest(at start: Int, in row: RowLetters) -> Match? {
        guard slips > 0, row.confidence[start] < Self.sureConfidence else { return nil }
        let none = slips + 1
        // Edits so far, by how far the place in the row is ahead of the place in the phrase.
        var costs = (-slips...slips).map { $0 >= 0 ? $0 : none }
        var next = costs
        for (index, letter) in letters.enumerated() {
            for (place, offset) in (-slips...slips).enumerated() {
                let position = start + index + offset
                next[place] = none
                guard position >= start - 1, position < row.count else { continue }
                var cost = none
                if position >= start {
                    cost = costs[place] + (row.values[position] == letter ? 0 : 1)
                }
                if place + 1 < costs.count { cost = min(cost, costs[place + 1] + 1) }
                if place > 0 { cost = min(cost, next[place - 1] + 1) }
                next[place] = min(cost, none)
            }
            swap(&costs, &next)
            guard costs.contains(where: { $0 <= slips }) else { return nil }
        }
        var best: (cost: Int, end: Int)?
        for (place, offset) in (-slips...slips).enumerated() where costs[place] <= slips {
            let end = start + letters.count + offset
            guard end > start, end <= row.count, row.endsWord[end - 1] else { continue }
            if best.map({ costs[place] < $0.cost }) ?? true { best = (costs[place], end) }
        }
        return best.map { Match(letters: start..<$0.end, isInexact: true) }
    }
}
