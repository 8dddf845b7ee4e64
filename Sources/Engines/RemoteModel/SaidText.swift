/// What a model said, without what it thought aloud and without the fence that it put around its answer.
struct SaidText: Equatable, Sendable {
    /// The answer.
    let text: String
    /// Whether it was still thinking when it was cut.
    let isThought: Bool

    private static let marks = [("<think>", "</think>"), ("<thinking>", "</thinking>")]

    /// Takes a whole answer.
    ///
    /// - Parameters:
    ///   - said: What was said.
    ///   - isMarkup: Whether a fence is part of the answer, as in free text.
    init(_ said: String, isMarkup: Bool = false) {
        var rest = Self.trimmed(said[...])
        var isThought = false
        for (open, close) in Self.marks {
            // Some templates begin the thoughts in the prompt: only their end is said.
            if let end = Self.last(close, in: rest) {
                rest = Self.trimmed(rest[end...])
            } else if rest.hasPrefix(open) {
                rest = ""
                isThought = true
            }
        }
        if !isMarkup, let inner = Self.insideFence(rest) {
            rest = inner
        }
        text = String(rest)
        self.isThought = isThought
    }

    /// Where the last occurrence of a mark ends.
    private static func last(_ mark: String, in text: Substring) -> Substring.Index? {
        text.ranges(of: mark).last?.upperBound
    }

    /// The content of a text that is one fenced block and nothing else; the fence may be missing at the end of a text that was cut.
    private static func insideFence(_ text: Substring) -> Substring? {
        guard text.hasPrefix("```"), let line = text.firstIndex(where: \.isNewline) else {
            return nil
        }
        var inner = trimmed(text[line...])
        if inner.hasSuffix("```") { inner.removeLast(3) }
        return inner.contains("```") ? nil : trimmed(inner)
    }

    static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
