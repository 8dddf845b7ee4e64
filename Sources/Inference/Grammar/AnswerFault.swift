/// Why a text is not an answer of its schema.
public struct AnswerFault: Error, Sendable, Hashable {
    /// What is wrong; foreign text in it is cut to a few characters.
    public enum Reason: Sendable, Hashable {
        /// The text is no JSON here.
        case malformed(expected: String)
        /// JSON, but another kind of value than the schema's.
        case otherKind(expected: String, found: String)
        /// The answer is whole, and more text follows it.
        case textAfterwards
        /// A key of the schema is not there.
        case missingKey(String)
        /// A key that the schema does not have.
        case foreignKey(String)
        /// A key stands there twice.
        case repeatedKey(String)
        /// A text of more characters (Unicode scalars).
        case tooLong(limit: Int)
        /// A list of more entries.
        case tooManyEntries(limit: Int)
        /// A number of more digits before the point or after it.
        case tooManyDigits(limit: Int)
        /// A text that is none of the choices.
        case noChoice(String)
        /// No day of the calendar, written `YYYY-MM-DD`.
        case noDay(String)
        /// A control character in a text that stands on one line.
        case controlCharacter(UInt32)
        /// A schema of objects and lists that lie deeper in each other than any that is answered.
        case tooDeep(limit: Int)
    }

    /// What is wrong.
    public var reason: Reason
    /// Where in the answer, such as `items[2].price`; empty for the answer as a whole.
    public var place: String
    /// Where in the text, in bytes of UTF-8 from its start.
    public var offset: Int

    /// Collects a fault.
    public init(_ reason: Reason, place: String, offset: Int) {
        self.reason = reason
        self.place = place
        self.offset = offset
    }
}
