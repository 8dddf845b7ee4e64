/// How well a word fits its page, in points of confidence beside how surely it was read.
///
/// Where readings differ by little in sureness, what is printed is more often the word that the page has elsewhere too, the
/// amount with the page's own decimal sign, and the word without signs that no receipt prints.
struct WordFit {
    /// How often each word stands on the page, in the reading that has it most often.
    private let counts: [String: Int]
    /// The sign before the page's cents; nil where there is no majority.
    private let decimalSign: Character?

    /// What each of the signs below is worth; on receipts 10 to 30 points do about the same.
    private static let points = 20.0
    /// Signs that are mostly misread strokes.
    private static let oddSigns: Set<Character> = [
        "§", "¥", "~", "|", "‘", "’", "“", "”", "©", "®", "«", "»", "_", "\\", "{", "}", "[", "]",
        "<",
        ">",
    ]

    /// Looks through all readings of a page.
    init(readings: [[RawWord]]) {
        var most: [String: Int] = [:]
        var amounts: [Character: Int] = [:]
        for reading in readings {
            var counts: [String: Int] = [:]
            for word in reading {
                counts[word.text, default: 0] += 1
                if let sign = WordFit.decimalSign(of: word.text) { amounts[sign, default: 0] += 1 }
            }
            most.merge(counts) { max($0, $1) }
        }
        counts = most
        let (points, commas) = (amounts[".", default: 0], amounts[",", default: 0])
        decimalSign =
            points > 1 && points >= 2 * commas
            ? "." : commas > 1 && commas >= 2 * points ? "," : nil
    }

    /// The points of words that stand for one another's place, weighted by their length.
    func points(of words: [RawWord]) -> Double {
        words.reduce(0) { $0 + points(of: $1.text) * Double($1.text.count) }
            / Double(max(words.length, 1))
    }

    /// The points of one word: some for each thing that speaks for it, fewer than none for what speaks against.
    func points(of text: String) -> Double {
        var points = 0.0
        if let sign = WordFit.decimalSign(of: text), let decimalSign {
            points += sign == decimalSign ? WordFit.points : -WordFit.points
        }
        if text.contains(where: WordFit.oddSigns.contains) { points -= WordFit.points }
        if counts[text, default: 0] > 1 { points += WordFit.points }
        // Between a key word and its value stands a colon more often than what small marks are taken for.
        if text == ":" { points += WordFit.points }
        return points
    }

    /// The sign before the two last digits, whatever follows them: the comma of `1.234,50*`.
    private static func decimalSign(of text: String) -> Character? {
        guard let last = text.lastIndex(where: \.isNumber) else { return nil }
        let end = Array(text[...last].suffix(4))
        guard end.count == 4, end[0].isNumber, end[2].isNumber, end[1] == "." || end[1] == ","
        else { return nil }
        return end[1]
    }
}
