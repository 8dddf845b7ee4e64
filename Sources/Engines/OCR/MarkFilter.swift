/// Leaves out what was read from marks that are no print: dashed rules, borders, creases and grain.
enum MarkFilter {
    /// Mean confidence below which a whole line is grain: its characters are wrong more often than left out.
    ///
    /// From 35 on the limit costs words that are print.
    private static let lineConfidence = 15.0
    /// Words of so few characters at a line's ends are marks of the edge below this confidence.
    private static let endLength = 2
    private static let endConfidence = 50.0
    /// A line of so many characters, one in ten of them a letter or digit at most, is a rule.
    private static let ruleLength = 3
    private static let ruleShare = 0.1

    /// The words that are print, in their order.
    ///
    /// - Parameter words: the words of a page, lines together.
    /// - Returns: those that are print.
    static func print(in words: [RawWord]) -> [RawWord] {
        TextLine.lines(of: words).flatMap { line -> ArraySlice<RawWord> in
            guard line.confidence >= lineConfidence, !isRule(line) else { return [] }
            let first = line.words.firstIndex { !isMark($0) } ?? line.words.endIndex
            let last = line.words.lastIndex { !isMark($0) } ?? first
            return first < line.words.endIndex ? line.words[first...last] : []
        }
    }

    private static func isMark(_ word: RawWord) -> Bool {
        // Two Chinese signs are a word.
        let signs = word.text.unicodeScalars.count(where: ReadingQuality.isIdeograph)
        return word.text.count + signs <= endLength && word.confidence < endConfidence
    }

    private static func isRule(_ line: TextLine) -> Bool {
        guard line.length >= ruleLength else { return false }
        let signs = line.words.reduce(0) { sum, word in
            sum + word.text.count { $0.isLetter || $0.isNumber }
        }
        return Double(signs) < ruleShare * Double(line.length)
    }
}
