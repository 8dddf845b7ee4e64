public import SystemPackage

/// Why a tokenizer's files were refused: each case carries what the file says.
public enum TokenizerFault: Error, Equatable, Sendable {
    /// A directory has neither `tokenizer.json` nor `vocab.json` with `merges.txt`.
    case noTokenizer(directory: String)
    /// A file could not be opened or read.
    case unreadable(file: String, errno: Errno)
    /// A file is larger than any tokenizer's.
    case tooLarge(file: String, bytes: Int, limit: Int)
    /// The text at a byte offset is not what the format asks for there.
    case malformed(file: String, offset: Int, expected: String)
    /// Arrays and objects lie deeper in each other than any tokenizer's.
    case tooDeep(file: String, offset: Int, limit: Int)
    /// The file asks for an algorithm or a setting that is not Qwen's.
    case unsupported(file: String, key: String, found: String, supported: String)
    /// A key that must be there is not.
    case missing(file: String, key: String)
    /// A token's id is negative or larger than any vocabulary's.
    case idOutOfRange(file: String, token: String, id: Int, limit: Int)
    /// Two tokens claim one id.
    case sameID(file: String, id: Int, first: String, second: String)
    /// One token claims two ids.
    case sameToken(file: String, token: String, first: Int, second: Int)
    /// No token stands for a byte: text that holds it could not be encoded.
    case byteWithoutToken(file: String, byte: UInt8)
    /// A merge names a token, or makes one, that the vocabulary does not have.
    case unknownToken(file: String, merge: Int, token: String)
    /// An added token is empty or longer than any.
    case addedTokenLength(file: String, id: Int, bytes: Int, limit: Int)
    /// The lists of a GGUF file have different lengths.
    case listLengths(file: String, tokens: Int, types: Int)
}
