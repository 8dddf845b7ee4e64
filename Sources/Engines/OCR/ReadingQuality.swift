internal import Records

/// What the words of one reading say about how well it went.
struct ReadingQuality: Hashable, Sendable {
    /// Letters and digits of all words.
    var characters = 0
    /// Letters and digits of words that are long and confident enough to be no accident.
    var sureCharacters = 0
    /// Whether any word is so confident that the page cannot be called blank: a page number will do.
    var hasClearWord = false
    /// Mean of the words' confidence, weighted by their length, 0 to 100.
    var meanConfidence = 0.0

    /// A word of fewer characters can be a speck; an ideograph stands for a word by itself.
    static let shortestSureWord = 3
    /// Tesseract's confidence, 0 to 100, from which a word counts as sure.
    static let sureConfidence = 75.0
    /// Confidence from which two letters are no grain of the paper.
    static let clearConfidence = 85.0

    /// Weighs a reading.
    init(_ words: [RawWord]) {
        let length = words.reduce(0) { $0 + $1.text.count }
        meanConfidence =
            words.reduce(0) { $0 + $1.confidence * Double($1.text.count) } / Double(max(length, 1))
        for word in words {
            let count = word.text.count { $0.isLetter || $0.isNumber }
            characters += count
            if count >= 2 && word.confidence >= ReadingQuality.clearConfidence {
                hasClearWord = true
            }
            if count > 0, word.confidence >= ReadingQuality.clearConfidence,
                word.text.unicodeScalars.contains(where: ReadingQuality.isIdeograph)
            {
                hasClearWord = true
            }
            let isLong =
                word.text.count >= ReadingQuality.shortestSureWord
                || word.text.unicodeScalars.contains(where: ReadingQuality.isIdeograph)
            if isLong && word.confidence >= ReadingQuality.sureConfidence {
                sureCharacters += count
            }
        }
    }

    /// Whether the page may lie on its side or head: upright pages almost always read better.
    ///
    /// Upright receipts reach 229 sure characters at the tenth percentile, photographed ones 102;
    /// upside down their ninetieth percentile is 39.
    var suggestsTurnedPage: Bool {
        sureCharacters < 40 || Double(sureCharacters) < 0.15 * Double(characters)
    }

    /// Whether a reading as one block may have read what is no text: little came of it, or next to nothing sure.
    ///
    /// Of 40 receipts none is read again, of 13 labels all are.
    var suggestsScatteredText: Bool {
        characters < 300 || 5 * sureCharacters < characters
    }

    /// Whether a reading line by line is to be kept instead: clearly surer, and with most of the sure words.
    ///
    /// On labels this takes the error rate from .45 to near that of reading them line by line, .26.
    func isBetter(thanBlock block: ReadingQuality) -> Bool {
        meanConfidence > block.meanConfidence + 5
            && Double(sureCharacters) >= 0.65 * Double(block.sureCharacters)
    }

    /// Chinese and Japanese characters and Korean syllables.
    static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7AF, 0xF900...0xFAFF,
            0x20000...0x2FA1F:
            true
        default: false
        }
    }
}

/// Whether a page has several columns, told from a reading of it as one block.
enum ColumnTest {
    /// From this share of lines on, a page is read again as a page of several columns.
    ///
    /// Receipts and labels stay at or below .09, pages of two columns and charts begin at .17.
    static let columnShare = 0.12

    /// The largest share of lines that one vertical gap divides into two parts of letters.
    ///
    /// A column of amounts does not count: it holds digits.
    ///
    /// - Parameter words: the words of a reading as one block, lines together.
    /// - Returns: 0 to 1.
    static func dividedShare(of words: [RawWord]) -> Double {
        guard let left = words.map(\.left).min(), let right = words.map(\.right).max(),
            right > left
        else { return 0 }
        let heights = words.map { $0.bottom - $0.top }.sorted()
        let gap = 0.8 * Double(heights[heights.count / 2])
        let lines = Dictionary(grouping: words, by: \.line).values
            .map { $0.sorted { $0.left < $1.left } }
        guard lines.count >= 5 else { return 0 }
        let positions = (0...60).map {
            Double(left) + Double(right - left) * (0.2 + 0.6 * Double($0) / 60)
        }
        let most = positions.map { x in lines.count { isDivided($0, at: x, gap: gap) } }.max() ?? 0
        return Double(most) / Double(lines.count)
    }

    private static func isDivided(_ line: [RawWord], at x: Double, gap: Double) -> Bool {
        var lettersBefore = 0
        var lettersAfter = 0
        var end = -Double.infinity
        var start = Double.infinity
        for word in line {
            let letters = word.text.count(where: \.isLetter)
            if Double(word.right) <= x {
                lettersBefore += letters
                end = max(end, Double(word.right))
            } else if Double(word.left) >= x {
                lettersAfter += letters
                start = min(start, Double(word.left))
            } else {
                return false
            }
        }
        return start - end >= gap && lettersBefore >= 12 && lettersAfter >= 12
    }
}
