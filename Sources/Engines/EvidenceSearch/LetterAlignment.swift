import FieldRules

/// How a text's letters lie on a stretch of a document's letters with the least change.
///
/// Approximate matching after P. H. Sellers, "The theory and computation of evolutionary distances", 1980: the text is
/// matched whole, the stretch may begin and end anywhere. Letters of like shape cost half of other changes, and so do
/// two letters that are read as one (rn and m).
struct LetterAlignment {
    /// The letters of the stretch that the text lies on.
    let range: Range<Int>
    /// Twice the count of changes, look-alikes counted once.
    let cost: Int
    /// Pairs of a digit in the text and the letter read for it, where they differ; nil for one that is missing.
    let digits: [(wanted: UInt32?, read: UInt32?, at: Int)]

    private enum Step: UInt8 { case begin, change, leave, add, join, split }

    /// Aligns a text.
    ///
    /// - Parameters:
    ///   - text: The text's plain letters; not empty.
    ///   - letters: The document's plain letters.
    ///   - stretch: Where to look.
    init?(_ text: [UInt32], in letters: [UInt32], stretch: Range<Int>) {
        let width = stretch.count + 1
        guard !text.isEmpty, width > 1 else { return nil }
        let read = letters[stretch].map { FoldedLetters.lookAlike($0) }
        let wanted = text.map { FoldedLetters.lookAlike($0) }
        let genuine = Array(letters[stretch])
        var rows = [[Int]](repeating: [], count: 3)
        rows[0] = [Int](repeating: 0, count: width)
        var steps = [Step](repeating: .begin, count: (text.count + 1) * width)
        for i in 1...text.count {
            var row = [Int](repeating: 0, count: width)
            row[0] = i * 2
            steps[i * width] = .leave
            let above = rows[(i - 1) % 3]
            for j in 1..<width {
                // Nothing lies over the end of a page.
                guard genuine[j - 1] != 0 else {
                    row[j] = i * 2
                    steps[i * width + j] = .leave
                    continue
                }
                var best =
                    above[j - 1]
                    + Self.cost(text[i - 1], genuine[j - 1], wanted[i - 1], read[j - 1])
                var step = Step.change
                if above[j] + 2 < best { best = above[j] + 2; step = .leave }
                if row[j - 1] + 2 < best { best = row[j - 1] + 2; step = .add }
                if i > 1, Self.joins(wanted[i - 2], wanted[i - 1], read[j - 1]) {
                    let cost = rows[(i - 2) % 3][j - 1] + 1
                    if cost < best { best = cost; step = .join }
                }
                if j > 1, Self.joins(read[j - 2], read[j - 1], wanted[i - 1]) {
                    let cost = above[j - 2] + 1
                    if cost < best { best = cost; step = .split }
                }
                row[j] = best
                steps[i * width + j] = step
            }
            rows[i % 3] = row
        }
        let last = rows[text.count % 3]
        guard let end = last.indices.dropFirst().min(by: { last[$0] < last[$1] }) else {
            return nil
        }
        var (i, j) = (text.count, end)
        var digits: [(wanted: UInt32?, read: UInt32?, at: Int)] = []
        func note(_ wanted: UInt32?, _ read: UInt32?, at place: Int) {
            guard wanted != read, [wanted, read].contains(where: { $0.map(Self.isDigit) ?? false })
            else { return }
            digits.append((wanted, read, stretch.lowerBound + place))
        }
        while i > 0 {
            switch steps[i * width + j] {
            case .begin: i = 0
            case .change:
                note(text[i - 1], genuine[j - 1], at: j - 1)
                (i, j) = (i - 1, j - 1)
            case .leave:
                note(text[i - 1], nil, at: max(0, j - 1))
                i -= 1
            case .add:
                note(nil, genuine[j - 1], at: j - 1)
                j -= 1
            case .join: (i, j) = (i - 2, j - 1)
            case .split: (i, j) = (i - 1, j - 2)
            }
        }
        guard j < end else { return nil }
        range = (stretch.lowerBound + j)..<(stretch.lowerBound + end)
        cost = last[end]
        self.digits = digits
    }

    private static func cost(_ a: UInt32, _ b: UInt32, _ likeA: UInt32, _ likeB: UInt32) -> Int {
        if a == b { return 0 }
        // Two digits are never one: what looks alike in a name changes an amount.
        if isDigit(a), isDigit(b) { return 2 }
        return likeA == likeB ? 1 : LetterShapes.cost(likeA, likeB)
    }

    /// Whether two letters are read as one: rn as m, cl as d, vv as w.
    private static func joins(_ first: UInt32, _ second: UInt32, _ one: UInt32) -> Bool {
        switch (first, second, one) {
        case (0x72, 0x6E, 0x6D), (0x63, 0x6C, 0x64), (0x76, 0x76, 0x77), (0x6C, 0x6C, 0x75),
            (0x6E, 0x6E, 0x6D):
            true
        default: false
        }
    }

    static func isDigit(_ letter: UInt32) -> Bool { (0x30...0x39).contains(letter) }
}
