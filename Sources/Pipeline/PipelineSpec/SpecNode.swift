/// One node of the file with its place.
struct SpecNode {
    indirect enum Content {
        /// A word, number or text; `isPlain` when it stands without quotes.
        case scalar(String, isPlain: Bool)
        case list([SpecNode])
        case mapping([(key: SpecNode, value: SpecNode)])
    }

    var content: Content
    /// From 1.
    var line: Int
    /// From 1, in Unicode scalars.
    var column: Int

    /// Whether nothing stands there: `key:`, `~` or `null`.
    var isNothing: Bool {
        guard case .scalar(let text, true) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// The shape, for a message.
    var shape: String {
        switch content {
        case .scalar where isNothing: "empty"
        case .scalar(let text, _): text.contains { !$0.isWhitespace } ? "one word" : "empty"
        case .list(let elements): elements.isEmpty ? "an empty list" : "a list"
        case .mapping: "a mapping"
        }
    }
}
