import Foundation

/// Tells whether a question wants the text of a page and nothing else.
///
/// A question is cut into clauses. Of each clause every word has to be known, and the clause has to be a request for the text
/// (`transcribe this letter`, `what does the sign say?`), or a remark that asks for nothing besides (`line by line`, `without
/// comments`); one of them has to be a request. So whatever chooses, sorts, translates, computes, judges or wants another form
/// brings in a word or an order of words that is not known here, and the question goes to the model: a text where an answer was
/// wanted helps nobody, an answer where the text was wanted only took longer.
struct TextOnlyQuestion {
    /// A longer one says more than that it wants the text.
    private static let longest = 400

    private let languages = [
        QuestionLanguage.english, .chinese, .german, .french, .spanish,
    ]

    /// Whether the question wants only the text.
    ///
    /// - Parameters:
    ///   - question: The question.
    ///   - namesText: Whether it has to say so: where a field is filled, `Read this receipt.` wants a part of the text.
    /// - Returns: Whether no model is needed.
    func isOne(_ question: String, namesText: Bool = false) -> Bool {
        guard question.utf8.count <= Self.longest else { return false }
        let folded = question.precomposedStringWithCompatibilityMapping.lowercased()
        return languages.contains { language in
            guard let clauses = clauses(folded, in: language) else { return false }
            let isNamed = clauses.contains { $0.contains(QuestionWord.text.rawValue) }
            return (isNamed || !namesText) && wantText(clauses, in: language)
        }
    }

    // MARK: Clauses

    /// What the words of each clause do; nil where one is not known.
    private func clauses(_ question: String, in language: QuestionLanguage) -> [String]? {
        let pieces = pieces(of: question, in: language)
        var clauses = [""]
        var index = 0
        while index < pieces.count {
            guard let (role, length) = phrase(at: index, of: pieces, in: language) else {
                return nil
            }
            index += length
            switch role {
            case .joint: clauses.append("")
            case .filler: break
            default: clauses[clauses.count - 1].append(role.rawValue)
            }
        }
        return clauses.filter { !$0.isEmpty }
    }

    /// The longest known phrase that begins at a place.
    private func phrase(
        at index: Int,
        of pieces: [String],
        in language: QuestionLanguage
    ) -> (role: QuestionWord, length: Int)? {
        if pieces[index] == "," { return (.joint, 1) }
        for length in (1...min(language.longest, pieces.count - index)).reversed() {
            let words = pieces[index..<(index + length)]
            let phrase = words.joined(separator: language.isSpaced ? " " : "")
            if let role = language.words[phrase] { return (role, length) }
        }
        return nil
    }

    /// Words, or characters where words are not parted by spaces; a comma for every mark that parts clauses.
    private func pieces(of question: String, in language: QuestionLanguage) -> [String] {
        var pieces: [String] = []
        var isInside = false
        for character in question {
            if character.isLetter || character.isNumber {
                // Words of Latin letters stand between Chinese characters too.
                let isLong = language.isSpaced || character.isASCII
                if isInside, isLong {
                    pieces[pieces.count - 1].append(character)
                } else {
                    pieces.append(String(character))
                }
                isInside = isLong
                continue
            }
            isInside = false
            // Quotes and hyphens stand inside of words and around them: `line-by-line`, `l'image`.
            if Self.parts.contains(character) {
                pieces.append(",")
            } else if !character.isWhitespace, !Self.binds.contains(character) {
                pieces.append(String(character))
            }
        }
        return pieces
    }

    private static let parts: Set<Character> = [
        ",", ".", ";", ":", "!", "?", "\n", "、", "。", "，", "；", "：", "！", "？", "(", ")", "…",
    ]
    private static let binds: Set<Character> = ["'", "’", "-", "‑", "¿", "¡", "\"", "“", "”"]

    // MARK: Requests

    private func wantText(_ clauses: [String], in language: QuestionLanguage) -> Bool {
        let request = regex(language.request)
        let remark = regex(language.remark)
        var isWanted = false
        for clause in clauses {
            // Lines and order may be spoken of anywhere, and change nothing.
            let said = clause.replacing(regex("(?:K+Q?)?L+"), with: "")
            if said.isEmpty { continue }
            if said.wholeMatch(of: request) != nil {
                isWanted = true
            } else if said.wholeMatch(of: remark) == nil {
                return false
            }
        }
        return isWanted
    }

    private func regex(_ pattern: String) -> Regex<AnyRegexOutput> {
        do {
            return try Regex(pattern)
        } catch {
            preconditionFailure("a pattern of this program that is none: \(pattern)")
        }
    }
}
