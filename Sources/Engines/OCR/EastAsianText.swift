/// Chinese and Japanese as they are written: without spaces between the signs.
///
/// Tesseract gives such text in pieces of one to three signs, each a word of its own.
enum EastAsianText {
    /// Whether a reading in a language needs joining.
    ///
    /// - Parameter language: the name as a step gives it.
    /// - Returns: true for Chinese and Japanese.
    static func isWritten(in language: String) -> Bool {
        language.hasPrefix("chi") || language.hasPrefix("jpn") || language.hasPrefix("Han")
            || language.hasPrefix("Japanese")
    }

    /// Joins words of one line whose signs stand next to each other.
    ///
    /// Latin words and numbers keep their spaces, and so do columns.
    ///
    /// - Parameter words: the words of a page, lines together.
    /// - Returns: the words, of which those joined have one box and the mean confidence of their signs.
    static func joined(_ words: [RawWord]) -> [RawWord] {
        var joined: [RawWord] = []
        var confidences = 0.0
        var signs = 0
        for word in withYuanSigns(words) {
            let count = max(1, word.text.unicodeScalars.count)
            if let last = joined.last, touches(last, word) {
                let place = joined.count - 1
                confidences += word.confidence * Double(count)
                signs += count
                joined[place].text += word.text
                joined[place].left = min(last.left, word.left)
                joined[place].top = min(last.top, word.top)
                joined[place].right = max(last.right, word.right)
                joined[place].bottom = max(last.bottom, word.bottom)
                joined[place].confidence = confidences / Double(signs)
            } else {
                joined.append(word)
                confidences = word.confidence * Double(count)
                signs = count
            }
        }
        return joined
    }

    /// The widest gap between signs of one text, in heights of the line; between columns it is wider.
    private static let widestGap = 0.8

    private static func touches(_ word: RawWord, _ next: RawWord) -> Bool {
        guard word.line == next.line, word.block == next.block,
            let end = word.text.unicodeScalars.last, let start = next.text.unicodeScalars.first,
            isSign(end) && (isSign(start) || isMark(start)) || isMark(end) && isSign(start)
        else { return false }
        let height = max(word.bottom - word.top, next.bottom - next.top)
        return Double(next.left - word.right) <= widestGap * Double(height)
    }

    /// Characters and kana; Korean sets spaces.
    private static func isSign(_ scalar: Unicode.Scalar) -> Bool {
        Script(scalar) == .eastAsian && !(0xAC00...0xD7AF).contains(scalar.value)
            && !(0x1100...0x11FF).contains(scalar.value)
    }

    /// Full-width punctuation, and quotes and dashes, which have no other form.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3000...0x303F, 0xFF01...0xFF0F, 0xFF1A...0xFF20, 0xFF3B...0xFF40, 0xFF5B...0xFF65,
            0x2014,
            0x2018...0x201D, 0x2026:
            true
        default: false
        }
    }

    /// Tesseract's Chinese model has no sign for the yuan and reads 半 or 羊, which never stand before an amount.
    private static func withYuanSigns(_ words: [RawWord]) -> [RawWord] {
        var words = words
        for place in words.indices {
            let text = words[place].text
            guard let first = text.first, first == "半" || first == "羊" else { continue }
            let rest = text.dropFirst()
            if isAmount(rest) {
                words[place].text = "¥" + rest
            } else if rest.isEmpty, place + 1 < words.count,
                words[place + 1].line == words[place].line, isAmount(words[place + 1].text[...])
            {
                words[place].text = "¥"
            }
        }
        return words
    }

    /// Digits with a point or comma before the last two.
    private static func isAmount(_ text: Substring) -> Bool {
        let parts = text.split(
            omittingEmptySubsequences: false,
            whereSeparator: { $0 == "." || $0 == "," }
        )
        return parts.count >= 2 && parts.last?.count == 2
            && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { ("0"..."9").contains($0) } }
    }
}
