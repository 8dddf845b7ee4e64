extension Tokenizer {
    /// Makes a tokenizer of the lists that a GGUF file holds.
    ///
    /// - Parameters:
    ///   - file: The file's name, for messages.
    ///   - model: `tokenizer.ggml.model`: must be `gpt2`, byte-level byte pairs.
    ///   - preTokenizer: `tokenizer.ggml.pre`: must be `qwen2`.
    ///   - tokens: `tokenizer.ggml.tokens`: the place in the list is the id.
    ///   - types: `tokenizer.ggml.token_type`, one for each token: 1 text, 3 control, 4 added text;
    ///     5 is a row without a token, and so is `[PADn]` at place n, which older converters give
    ///     another type. Empty when the file has none: all are text then.
    ///   - merges: `tokenizer.ggml.merges`: `left right`, in order of rank.
    ///   - endTokens: `tokenizer.ggml.eos_token_id` and its like.
    ///   - chatTemplate: `tokenizer.chat_template`.
    /// - Throws: ``TokenizerFault``, naming the key and what it says.
    public convenience init(
        gguf file: String,
        model: String,
        preTokenizer: String,
        tokens: some Sequence<String>,
        types: some Sequence<Int>,
        merges: some Sequence<String>,
        endTokens: [Int] = [],
        chatTemplate: String? = nil
    ) throws(TokenizerFault) {
        guard model == "gpt2" else {
            throw .unsupported(
                file: file,
                key: "tokenizer.ggml.model",
                found: Excerpt.of(model),
                supported: "gpt2"
            )
        }
        guard preTokenizer == "qwen2" else {
            throw .unsupported(
                file: file,
                key: "tokenizer.ggml.pre",
                found: Excerpt.of(preTokenizer),
                supported: "qwen2"
            )
        }
        var parts = TokenizerParts(file: file)
        let types = Array(types)
        var added: [AddedToken] = []
        var id = 0
        for token in tokens {
            defer { id += 1 }
            if token.utf8.first == UInt8(ascii: "["), token == "[PAD\(id)]" { continue }
            switch types.isEmpty ? 1 : id < types.count ? types[id] : 0 {
            case 0: continue
            case 3, 4:
                added.append(
                    try AddedToken(
                        .object(["content": .string(token), "special": .bool(types[id] == 3)]),
                        id: id,
                        file: file
                    )
                )
            case 5: continue
            default: try parts.vocabulary.add(Array(token.utf8), mapped: true, id: id)
            }
        }
        guard types.isEmpty || types.count == id else {
            throw .listLengths(file: file, tokens: id, types: types.count)
        }
        try parts.vocabulary.index()
        for token in added { try parts.addAdded(token, from: file) }
        parts.merges = MergeTable(capacity: parts.vocabulary.count)
        var rank = 0
        for merge in merges {
            try parts.addMerge(line: Array(merge.utf8)[...], rank: rank)
            rank += 1
        }
        parts.endIDs = endTokens.filter { 0..<Vocabulary.largest ~= $0 }.map(TokenID.init)
        parts.chatTemplate = chatTemplate
        try self.init(parts)
    }
}
