/// The parameters of a request that a refusal names.
///
/// `stream`, `seed` and `temperature` are words of any sentence ("the upstream closed the stream"): they count where they stand between quotes or
/// beside a word for a parameter.
struct NamedParameters {
    /// All that may name something, in lower case.
    let words: String
    private let parameters: Set<String>

    private static let quotes: Set<Character> = [
        "'", "\"", "`", "\\", "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}",
    ]
    private static let fieldWords: Set<String> = [
        "parameter", "parameters", "argument", "arguments", "field", "fields", "option", "options",
        "property", "properties",
    ]
    /// Characters beside a name that are looked at.
    private static let neighbourhood = 40

    init(_ refusal: AttemptFault.Refusal) {
        parameters = Set(refusal.parameters.map { $0.lowercased() })
        words = ([refusal.message] + refusal.parameters).joined(separator: "\n").lowercased()
    }

    /// Whether a parameter is named.
    func contains(_ name: String) -> Bool {
        if parameters.contains(name) { return true }
        // No other word looks like these.
        let isUnmistakable = name.contains("_") || name == "logprobs"
        return words.ranges(of: name).contains { range in
            let before = words[..<range.lowerBound].suffix(Self.neighbourhood)
            let after = words[range.upperBound...].prefix(Self.neighbourhood)
            if before.last.map(Self.isOfName) == true || after.first.map(Self.isOfName) == true {
                return false
            }
            return isUnmistakable || Self.isField(between: before, and: after)
        }
    }

    private static func isOfName(_ letter: Character) -> Bool {
        letter.isLetter || letter.isNumber || letter == "_"
    }

    private static func isField(between before: Substring, and after: Substring) -> Bool {
        if let open = before.last, let close = after.first, quotes.contains(open),
            quotes.contains(close)
        {
            return true
        }
        let wordsBefore = before.split { !$0.isLetter }.map(String.init)
        // `Unrecognized request argument supplied: seed`.
        if before.last(where: { !$0.isWhitespace }) == ":" {
            return wordsBefore.contains(where: fieldWords.contains)
        }
        let isAfter =
            after.first == " "
            && fieldWords.contains(String(after.dropFirst().prefix(while: \.isLetter)))
        let isBefore = before.last == " " && wordsBefore.last.map(fieldWords.contains) == true
        return isBefore || isAfter
    }
}
