import Tokenization

extension Fault {
    /// The words for a tokenizer that cannot be used.
    init(tokenizer fault: TokenizerFault) {
        let again = "pull the model again, or copy the file from where it was published"
        let words =
            switch fault {
            case .noTokenizer(let directory):
                "\(directory): neither tokenizer.json nor vocab.json with merges.txt is in it; \(again)"
            case .unreadable(let file, let errno): "\(file): cannot be read (\(errno))"
            case .tooLarge(let file, let bytes, let limit):
                "\(file): \(bytes) bytes, no tokenizer has more than \(limit); \(again)"
            case .malformed(let file, let offset, let expected):
                "\(file): at byte \(offset): expected \(expected); \(again)"
            case .tooDeep(let file, let offset, let limit):
                "\(file): at byte \(offset): nested deeper than \(limit); \(again)"
            case .unsupported(let file, let key, let found, let supported):
                "\(file): \(key) is \(found), and only \(supported) is run: a tokenizer of another family"
            case .missing(let file, let key): "\(file): no `\(key)`; \(again)"
            case .idOutOfRange(let file, let token, let id, let limit):
                "\(file): token \(Self.quoted(token)) has the id \(id), the limit is \(limit); \(again)"
            case .sameID(let file, let id, let first, let second):
                "\(file): \(Self.quoted(first)) and \(Self.quoted(second)) have one id, \(id); \(again)"
            case .sameToken(let file, let token, let first, let second):
                "\(file): \(Self.quoted(token)) has two ids, \(first) and \(second); \(again)"
            case .byteWithoutToken(let file, let byte):
                "\(file): no token stands for the byte \(byte); \(again)"
            case .unknownToken(let file, let merge, let token):
                "\(file): merge \(merge + 1) names \(Self.quoted(token)), which is no token; \(again)"
            case .addedTokenLength(let file, let id, let bytes, let limit):
                "\(file): added token \(id) has \(bytes) bytes, expected 1 to \(limit); \(again)"
            case .listLengths(let file, let tokens, let types):
                "\(file): \(tokens) tokens and \(types) types; \(again)"
            }
        self.init(.noInput, words)
    }

    /// A token of a foreign file: short, and nothing in it that a terminal would obey.
    private static func quoted(_ token: String) -> String {
        "‘\(AskOutput.harmless(String(token.prefix(40))))’"
    }
}
