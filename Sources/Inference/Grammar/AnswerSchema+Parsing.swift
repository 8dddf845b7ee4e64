extension AnswerSchema {
    /// Objects and lists that may lie in each other.
    public static let deepest = 32

    /// Reads an answer, whoever wrote it.
    ///
    /// It must be JSON (RFC 8259) of this schema. White space may be anywhere and keys in any order; an object's keys are all
    /// there, each once. A text stands on one line: escaped line breaks and tabs in it are read as one space. Each byte is looked at a
    /// bounded number of times, and what is too long is not collected.
    ///
    /// - Parameter text: The answer and nothing else.
    /// - Returns: Its value: keys in the schema's order, numbers as they were written.
    /// - Throws: ``AnswerFault`` for the first thing that is wrong.
    public func parse(_ text: String) throws(AnswerFault) -> AnswerValue {
        var reader = AnswerReader(text)
        let value = try reader.value(self, deepest: Self.deepest)
        try reader.end()
        return value
    }
}
