/// Why a schema cannot be answered.
public enum SchemaFault: Error, Sendable, Hashable {
    /// Its shortest answer has more tokens than an answer may have.
    case answerTooLong(tokens: Int, limit: Int)
    /// A choice among nothing.
    case noChoice
    /// An object has a key twice.
    case repeatedKey(String)
    /// Objects and lists lie deeper in each other than any that is answered.
    case tooDeep(limit: Int)
    /// Lists lie deeper in each other than any that is answered.
    case listsTooDeep(limit: Int)
    /// A bound that means nothing: a list, text or number of so many entries, characters or digits at most.
    case boundOutOfRange(found: Int, limit: Int)
    /// Keys and labels are longer together than those of any schema that is answered.
    case tooLarge(limit: Int)
    /// No token ends an answer.
    case noEndToken
}
