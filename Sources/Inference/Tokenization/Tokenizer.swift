/// Turns text into the tokens of a Qwen model and back.
///
/// Byte-level byte-pair encoding with Qwen's expression for cutting text, NFC before it, and added
/// tokens. Encoding takes n log n at worst for any text. Values are shared between tasks freely.
public final class Tokenizer: Sendable {
    /// The file that it was read from, for messages.
    public let source: String
    /// The added tokens by id: control tokens and marks such as `<think>`.
    public let addedTokens: [AddedToken]
    /// The chat template that came with the files, in Jinja.
    public let chatTemplateText: String?
    /// Tokens that end an answer, as far as these files tell.
    ///
    /// The model's generation settings may name more.
    public let endTokens: [TokenID]

    let vocabulary: Vocabulary
    let merges: MergeTable
    /// The token of each byte, `[256]`.
    let byteTokens: [TokenID]
    let composes: Bool
    private let rawMatcher: AddedTokenMatcher
    private let composedMatcher: AddedTokenMatcher
    private let addedIDs: [String: TokenID]
    private let specials: Set<TokenID>

    init(_ parts: TokenizerParts) throws(TokenizerFault) {
        let (vocabulary, byteTokens) = try parts.finishedVocabulary()
        self.vocabulary = vocabulary
        self.byteTokens = byteTokens
        source = parts.file
        merges = parts.merges
        composes = parts.composes
        chatTemplateText = parts.chatTemplate
        addedTokens = parts.added.values.sorted { $0.id < $1.id }
        let composes = parts.composes
        rawMatcher = AddedTokenMatcher(
            addedTokens.filter { !$0.isNormalized }.map { (Array($0.text.utf8), $0.id) }
        )
        composedMatcher = AddedTokenMatcher(
            addedTokens.filter(\.isNormalized).map { token in
                let text = Array(token.text.utf8)
                return (composes ? CanonicalComposition.shared.normalized(text) : text, token.id)
            }
        )
        addedIDs = Dictionary(addedTokens.map { ($0.text, $0.id) }) { first, _ in first }
        specials = Set(addedTokens.filter(\.isSpecial).map(\.id))
        var ends = parts.endIDs
        for name in parts.endTexts + ["<|im_end|>", "<|endoftext|>"] {
            if let id = addedIDs[name], !ends.contains(id) { ends.append(id) }
        }
        endTokens = ends
    }

    /// One more than the largest id.
    ///
    /// A model may have more rows: those are no tokens.
    public var idLimit: Int { vocabulary.idLimit }

    /// Whether an id has a token: rows that only fill up a table have none and may not be generated.
    public func contains(_ id: TokenID) -> Bool { vocabulary.contains(id) }

    /// Whether an id is a control token, which is not part of an answer's text.
    public func isSpecial(_ id: TokenID) -> Bool { specials.contains(id) }

    /// The id of an added token such as `<|im_start|>`.
    public func id(ofAdded text: String) -> TokenID? { addedIDs[text] }

    /// The bytes of a token, which may begin or end inside a character; empty when there is none.
    public func bytes(of id: TokenID) -> ArraySlice<UInt8> { vocabulary[id] }

    /// Encodes text.
    ///
    /// - Parameters:
    ///   - text: Any text, of any origin.
    ///   - matchingAddedTokens: Whether `<|im_end|>` in the text is the control token. Only for text
    ///     that is trusted to steer the model; otherwise such text is text like any other.
    /// - Returns: The ids; nothing is put before or after them.
    public func encode(_ text: String, matchingAddedTokens: Bool = false) -> [TokenID] {
        var ids: [TokenID] = []
        var encoder = PieceEncoder(merges: merges, byteTokens: byteTokens, bytes: text.utf8.count)
        let bytes = Array(text.utf8)
        guard matchingAddedTokens else {
            encode(bytes, matching: false, with: &encoder, into: &ids)
            return ids
        }
        Self.split(bytes, at: rawMatcher, into: &ids) { piece, ids in
            encode(piece, matching: true, with: &encoder, into: &ids)
        }
        return ids
    }

    /// The pairs looked at for a text: what tests of linear time count.
    func steps(toEncode text: String) -> Int {
        var ids: [TokenID] = []
        var encoder = PieceEncoder(merges: merges, byteTokens: byteTokens, bytes: text.utf8.count)
        encode(Array(text.utf8), matching: false, with: &encoder, into: &ids)
        return encoder.steps
    }

    private func encode(
        _ raw: [UInt8],
        matching: Bool,
        with encoder: inout PieceEncoder,
        into ids: inout [TokenID]
    ) {
        let text = composes ? CanonicalComposition.shared.normalized(raw) : raw
        guard matching, !composedMatcher.isEmpty else {
            encoder.append(text, to: &ids)
            return
        }
        Self.split(text, at: composedMatcher, into: &ids) { piece, ids in
            encoder.append(piece, to: &ids)
        }
    }

    private static func split(
        _ text: [UInt8],
        at matcher: AddedTokenMatcher,
        into ids: inout [TokenID],
        between: ([UInt8], inout [TokenID]) -> Void
    ) {
        var start = 0
        while let (range, id) = matcher.next(in: text, from: start) {
            if start < range.lowerBound { between(Array(text[start..<range.lowerBound]), &ids) }
            ids.append(id)
            start = range.upperBound
        }
        if start == 0 {
            between(text, &ids)
        } else if start < text.count {
            between(Array(text[start...]), &ids)
        }
    }

    /// Decodes ids; what is not UTF-8 becomes U+FFFD, ids without a token are left out.
    ///
    /// - Parameters:
    ///   - ids: Any ids.
    ///   - skippingSpecial: Whether control tokens are left out.
    /// - Returns: The text.
    public func decode(_ ids: some Sequence<TokenID>, skippingSpecial: Bool = false) -> String {
        var bytes: [UInt8] = []
        for id in ids where !(skippingSpecial && specials.contains(id)) {
            bytes.append(contentsOf: vocabulary[id])
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
