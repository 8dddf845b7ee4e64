internal import Sandbox

/// Which of several labels a model said.
enum SaidLabel {
    /// The label that a text is: in its own case, in quotes, with a full stop.
    ///
    /// - Parameters:
    ///   - text: What was said.
    ///   - labels: Those that there are.
    /// - Returns: The label; nil where it is none, or could be several.
    static func label(_ text: String, among labels: [String]) -> String? {
        if let label = labels.first(where: { $0 == text }) { return label }
        let said = bare(text)
        guard !said.isEmpty else { return nil }
        let found = labels.filter { bare($0) == said }
        return found.count == 1 ? found[0] : nil
    }

    /// The label in a whole answer: alone, or as the only member of an object.
    static func label(inAnswer said: String, among labels: [String]) -> String? {
        let text = SaidText(said).text
        if let label = label(text, among: labels) { return label }
        var reader = JSONReader(Array(text.utf8))
        guard let tree = reader.value(), reader.isAtEnd() else { return nil }
        let inner = tree["label"] ?? (tree.members?.count == 1 ? tree.members?.first?.value : tree)
        return (inner?.text).flatMap { label($0, among: labels) }
    }

    private static func bare(_ text: String) -> String {
        var text = text.lowercased()[...]
        while let last = text.last, last.isWhitespace || last.isPunctuation { text.removeLast() }
        while let first = text.first, first.isWhitespace || first.isPunctuation {
            text.removeFirst()
        }
        return String(text)
    }
}

/// The beginning of what was said, for a message.
enum SaidExcerpt {
    /// One line of so many characters at most.
    static func of(_ text: String, characters: Int = 160) -> String {
        let line = PlainLine.of(text)
        return line.count > characters ? line.prefix(characters - 1) + "…" : line
    }
}
