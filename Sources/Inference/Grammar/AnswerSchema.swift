/// The form that an answer must have: JSON of a fixed shape, every part of it bounded.
///
/// It is written in one way only: keys in their order, all of them there, one space after `:` and `,` and none elsewhere.
/// That is the form that models write by themselves.
public indirect enum AnswerSchema: Sendable, Hashable {
    /// An object with all of its keys, in their order.
    case object([Property])
    /// A list.
    case list(of: AnswerSchema, atMost: Int)
    /// A text on one line, of so many characters (Unicode scalars) at most.
    case text(atMost: Int)
    /// A JSON number without exponent: so many digits before the point and after it at most.
    case number(digits: Int, decimals: Int)
    /// A day as `"YYYY-MM-DD"`.
    case date
    /// One of several texts.
    case choice([String])
    /// What is given, or `null`: it is not on the page.
    case nullable(AnswerSchema)

    /// One key of an object and what stands behind it.
    public struct Property: Sendable, Hashable {
        /// The key.
        public var name: String
        /// What its value must be.
        public var schema: AnswerSchema

        /// Makes a property.
        public init(_ name: String, _ schema: AnswerSchema) {
            self.name = name
            self.schema = schema
        }
    }
}

/// An answer that has its form.
public indirect enum AnswerValue: Sendable, Hashable {
    /// The values by key, in the schema's order.
    case object([Member])
    /// The entries.
    case list([AnswerValue])
    /// A text, a day or a choice.
    case text(String)
    /// A number as it was written: never binary floating point.
    case number(String)
    /// Not on the page.
    case null

    /// One key of an object and its value.
    public struct Member: Sendable, Hashable {
        /// The key.
        public var name: String
        /// Its value.
        public var value: AnswerValue

        /// Makes a member.
        public init(_ name: String, _ value: AnswerValue) {
            self.name = name
            self.value = value
        }
    }

    /// The value behind a key of an object.
    public subscript(name: String) -> AnswerValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }
}
