/// How much letters look alike in print, for comparing what was read with what may have been printed.
public enum LetterShapes {
    /// Twice the distance of two words after Levenshtein, where letters of like shape cost half; nil above a limit.
    ///
    /// After V. I. Levenshtein, Binary codes capable of correcting deletions, insertions, and reversals, 1966.
    static func distance(_ read: [UInt32], _ word: [UInt32], most: Int) -> Int? {
        guard abs(read.count - word.count) * 2 <= most, read.count <= 40, word.count <= 40 else {
            return nil
        }
        var previous = (0...word.count).map { $0 * 2 }
        for (row, letter) in read.enumerated() {
            var current = [(row + 1) * 2]
            current.reserveCapacity(word.count + 1)
            for (column, other) in word.enumerated() {
                let change = previous[column] + cost(letter, other)
                current.append(min(change, previous[column + 1] + 2, current[column] + 2))
            }
            guard current.min() ?? 0 <= most else { return nil }
            previous = current
        }
        return previous[word.count] <= most ? previous[word.count] : nil
    }

    /// 0 for the same letter, 1 for one of like shape, 2 for any other; of letters as ``FoldedLetters`` makes them comparable.
    public static func cost(_ a: UInt32, _ b: UInt32) -> Int {
        if a == b { return 0 }
        return alike.contains(Pair(a, b)) ? 1 : 2
    }

    private struct Pair: Hashable {
        let low: UInt32
        let high: UInt32

        init(_ a: UInt32, _ b: UInt32) {
            low = min(a, b)
            high = max(a, b)
        }
    }

    /// Pairs of folded letters that recognition takes for each other, in capitals or small letters.
    private static let alike: Set<Pair> = {
        let groups = [
            "odqcgu", "ltjfy", "nmhwu", "brpkh", "ecf", "vyuw", "ao", "ae", "sg", "sz", "xk", "nr",
            "ad", "lk", "li", "bg", "bs", "td", "pf",
            "g6", "b6", "g9", "a4", "t7", "z2", "b3", "l7", "o9", "o6",
        ]
        var pairs: Set<Pair> = []
        for group in groups {
            let letters = FoldedLetters.comparable(group)
            for a in letters { for b in letters where a != b { pairs.insert(Pair(a, b)) } }
        }
        return pairs
    }()
}
