/// What a reader of some format collects before a tokenizer is made of it.
struct TokenizerParts {
    let file: String
    /// The base vocabulary: no added tokens.
    var vocabulary: Vocabulary
    var merges = MergeTable(capacity: 0)
    var added: [TokenID: AddedToken] = [:]
    /// Whether text is brought into NFC first.
    var composes = true
    var chatTemplate: String?
    /// Ids and texts of tokens that end an answer.
    var endIDs: [TokenID] = []
    var endTexts: [String] = []
    private var addedBytes = 0
    private var whole: [UInt8] = []

    init(file: String) {
        self.file = file
        vocabulary = Vocabulary(file: file)
    }

    /// Adds the next merge, both halves in byte-map spelling.
    ///
    /// The vocabulary must be indexed.
    mutating func addMerge(
        _ left: ArraySlice<UInt8>,
        _ right: ArraySlice<UInt8>,
        rank: Int
    ) throws(TokenizerFault) {
        whole.removeAll(keepingCapacity: true)
        func fault(_ token: [UInt8]) -> TokenizerFault {
            .unknownToken(
                file: file,
                merge: rank,
                token: Excerpt.of(token[...])
            )
        }
        guard ByteMap.append(left, to: &whole), let leftID = vocabulary.id(of: whole[...]) else {
            throw fault(Array(left))
        }
        let middle = whole.count
        guard ByteMap.append(right, to: &whole), let rightID = vocabulary.id(of: whole[middle...])
        else { throw fault(Array(right)) }
        guard let id = vocabulary.id(of: whole[...]) else { throw fault(Array(left + right)) }
        merges.add(leftID, rightID, rank: rank, whole: id)
    }

    /// Adds the next merge from a line `left right`.
    mutating func addMerge(line: ArraySlice<UInt8>, rank: Int) throws(TokenizerFault) {
        guard let space = line.firstIndex(of: 0x20) else {
            throw .unknownToken(
                file: file,
                merge: rank,
                token: Excerpt.of(line)
            )
        }
        try addMerge(line[..<space], line[(space + 1)...], rank: rank)
    }

    /// Adds an added token.
    ///
    /// The vocabulary must be indexed.
    mutating func addAdded(_ token: AddedToken, from file: String) throws(TokenizerFault) {
        if let other = added[token.id] {
            guard other.text == token.text else {
                throw .sameID(file: file, id: Int(token.id), first: other.text, second: token.text)
            }
            return
        }
        let text = Array(token.text.utf8)
        addedBytes += text.count
        guard 1...AddedTokenMatcher.longest ~= text.count,
            addedBytes <= AddedTokenMatcher.largest
        else {
            throw .addedTokenLength(
                file: file,
                id: Int(token.id),
                bytes: text.count,
                limit: AddedTokenMatcher.longest
            )
        }
        var mapped: [UInt8] = []
        if !ByteMap.append(text[...], to: &mapped) { mapped = text }
        if let base = vocabulary.id(of: mapped[...]), base != token.id {
            throw .sameToken(
                file: file,
                token: token.text,
                first: Int(base),
                second: Int(token.id)
            )
        }
        if vocabulary.contains(token.id) {
            guard vocabulary[token.id] == mapped[...] else {
                throw .sameID(
                    file: file,
                    id: Int(token.id),
                    first: vocabulary.spelling(token.id),
                    second: token.text
                )
            }
        }
        added[token.id] = token
    }

    /// The vocabulary with the added tokens in it, and the token of each byte.
    func finishedVocabulary() throws(TokenizerFault) -> (Vocabulary, bytes: [TokenID]) {
        var byteTokens: [TokenID] = []
        for byte in UInt8.min ... .max {
            guard let id = vocabulary.id(of: [byte]) else {
                throw .byteWithoutToken(file: file, byte: byte)
            }
            byteTokens.append(id)
        }
        var vocabulary = vocabulary
        for token in added.values where !vocabulary.contains(token.id) {
            try vocabulary.add(Array(token.text.utf8), mapped: true, id: Int(token.id))
        }
        return (vocabulary, byteTokens)
    }
}
