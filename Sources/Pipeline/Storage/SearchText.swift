/// How text meets the full-text index, and how a person's words become a query of it.
///
/// SQLite's tokenizer ends a word where letters end. Chinese and Japanese set no spaces, so each of their signs is made a
/// word of its own by a zero-width space beside it, and a searched word becomes a phrase of such signs: it is found
/// wherever it stands, of whatever length.
enum SearchText {
    private static let separator: Unicode.Scalar = "\u{200B}"

    /// The text to index, or nil when it is the text itself.
    static func separated(_ text: String) -> String? {
        // Signs without spaces begin at U+3040, whose UTF-8 begins at E3.
        guard text.utf8.contains(where: { $0 >= 0xE3 }) else { return nil }
        var result = String.UnicodeScalarView()
        var isAfterSign = false
        var isChanged = false
        var isFirst = true
        for scalar in text.unicodeScalars {
            let isSign = isUnspaced(scalar)
            if !isFirst, isSign || isAfterSign, !scalar.properties.isWhitespace {
                result.append(separator)
                isChanged = true
            }
            result.append(scalar)
            isAfterSign = isSign
            isFirst = false
        }
        return isChanged ? String(result) : nil
    }

    /// The query for a person's words, or nil when there is nothing to look for.
    ///
    /// All words must stand on the page, in any order; words in double quotes stand together; `*` at a word's end
    /// stands for any ending. Everything else is only what it spells: nothing typed is an operator.
    static func query(for words: String) -> String? {
        var phrases: [String] = []
        var isQuoted = false
        for (index, part) in words.split(separator: "\"", omittingEmptySubsequences: false)
            .enumerated()
        {
            isQuoted = index % 2 == 1
            let pieces = isQuoted ? [part] : part.split(whereSeparator: \.isWhitespace)
            for piece in pieces {
                let text = String(piece.filter { $0 != "\0" })
                guard text.unicodeScalars.contains(where: isWordPart) else { continue }
                let isPrefix = !isQuoted && text.hasSuffix("*")
                phrases.append("\"" + (separated(text) ?? text) + "\"" + (isPrefix ? "*" : ""))
            }
        }
        return phrases.isEmpty ? nil : phrases.joined(separator: " AND ")
    }

    /// A snippet on one line, without the separators.
    static func readable(_ snippet: String) -> String {
        var result = String.UnicodeScalarView()
        var isAfterSpace = true
        for scalar in snippet.unicodeScalars where scalar != separator {
            let isSpace = scalar.properties.isWhitespace
            if !(isSpace && isAfterSpace) { result.append(isSpace ? " " : scalar) }
            isAfterSpace = isSpace
        }
        if result.last == " " { result.removeLast() }
        return String(result)
    }

    /// What the tokenizer counts to a word.
    private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .otherNumber, .privateUse:
            true
        default: false
        }
    }

    /// Han, kana and hangul.
    private static func isUnspaced(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3005...0x3007, 0x3040...0x30FF, 0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
            0xAC00...0xD7AF, 0xF900...0xFAFF, 0x20000...0x3FFFF:
            true
        default: false
        }
    }
}
