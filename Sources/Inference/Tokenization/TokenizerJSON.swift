/// Reads `tokenizer.json`, the one-file form of Hugging Face.
///
/// Only what Qwen's tokenizers use is run; any other algorithm is refused by name.
enum TokenizerJSON {
    /// Reads the whole file.
    ///
    /// - Parameters:
    ///   - bytes: Its bytes.
    ///   - file: Its name, for messages.
    /// - Returns: What it holds.
    /// - Throws: ``TokenizerFault``.
    static func parts(_ bytes: [UInt8], file: String) throws(TokenizerFault) -> TokenizerParts {
        var parts = TokenizerParts(file: file)
        var scanner = JSONScanner(bytes, file: file)
        var added = JSONValue.array([])
        var settings: [String: JSONValue] = [:]
        var model = false
        try scanner.object { (scanner) throws(TokenizerFault) in
            switch try scanner.textAsString() {
            case "added_tokens": added = try scanner.value()
            case "model":
                guard !model else { throw scanner.expected("one \"model\"") }
                model = true
                try readModel(&scanner, into: &parts)
            case let key
            where ["normalizer", "pre_tokenizer", "decoder", "post_processor"].contains(key):
                settings[key] = try scanner.value()
            default: try scanner.skip()
            }
        }
        guard model else { throw .missing(file: file, key: "model") }
        parts.composes = try composes(settings["normalizer"] ?? .null, file)
        try checkPreTokenizer(settings["pre_tokenizer"] ?? .null, file)
        try checkByteLevel(settings["decoder"] ?? .null, "decoder", file, optional: false)
        try checkByteLevel(
            settings["post_processor"] ?? .null,
            "post_processor",
            file,
            optional: true
        )
        guard case .array(let tokens) = added else {
            throw .unsupported(
                file: file,
                key: "added_tokens",
                found: added.summary,
                supported: "an array"
            )
        }
        for token in tokens {
            guard let id = token["id"]?.integerValue else {
                throw .missing(file: file, key: "added_tokens.id")
            }
            try parts.addAdded(AddedToken(token, id: id, file: file), from: file)
        }
        return parts
    }

    /// Reads the member `model`: the vocabulary, then the merges, in whichever order they stand.
    private static func readModel(
        _ scanner: inout JSONScanner,
        into parts: inout TokenizerParts
    ) throws(TokenizerFault) {
        var indexed = false
        var merges = false
        var early: Int?
        try scanner.object { (scanner) throws(TokenizerFault) in
            let key = try scanner.textAsString()
            switch key {
            case "vocab":
                guard !indexed else { throw scanner.expected("one \"vocab\"") }
                indexed = true
                try readVocabulary(&scanner, into: &parts)
            case "merges":
                guard !merges else { throw scanner.expected("one \"merges\"") }
                merges = true
                if indexed {
                    try readMerges(&scanner, into: &parts)
                } else {
                    early = scanner.offset
                    try scanner.skip()
                }
            default:
                let value = try scanner.value()
                guard let supported = modelSettings[key] else { return }
                guard supported.contains(value) else {
                    throw .unsupported(
                        file: scanner.file,
                        key: "model." + key,
                        found: value.summary,
                        supported: supported.map(\.summary).joined(separator: ", ")
                    )
                }
            }
        }
        guard indexed else { throw .missing(file: scanner.file, key: "model.vocab") }
        guard merges else { throw .missing(file: scanner.file, key: "model.merges") }
        if let early {
            var scanner = JSONScanner(scanner.bytes, file: scanner.file)
            scanner.offset = early
            try readMerges(&scanner, into: &parts)
        }
    }

    /// Settings of the model that change ids, and the values that are Qwen's.
    private static let modelSettings: [String: [JSONValue]] = [
        "type": [.string("BPE")],
        "dropout": [.null],
        "continuing_subword_prefix": [.string(""), .null],
        "end_of_word_suffix": [.string(""), .null],
        "byte_fallback": [.bool(false)],
        "ignore_merges": [.bool(false)],
    ]

    /// Reads an object of token and id.
    static func readVocabulary(
        _ scanner: inout JSONScanner,
        into parts: inout TokenizerParts
    ) throws(TokenizerFault) {
        let bytes = scanner.bytes.count - scanner.offset
        parts.vocabulary.reserve(tokens: min(bytes / 16, 1 << 18), bytes: min(bytes / 4, 4 << 20))
        try scanner.object { (scanner) throws(TokenizerFault) in
            let token = scanner.text
            let id = try scanner.integer()
            try parts.vocabulary.add(token, mapped: true, id: id)
        }
        try parts.vocabulary.index()
    }

    /// Reads an array of merges, each `"left right"` or `["left", "right"]`.
    private static func readMerges(
        _ scanner: inout JSONScanner,
        into parts: inout TokenizerParts
    ) throws(TokenizerFault) {
        parts.merges = MergeTable(capacity: parts.vocabulary.count)
        var rank = 0
        var both: [UInt8] = []
        try scanner.array { (scanner) throws(TokenizerFault) in
            if try scanner.peek() == UInt8(ascii: "[") {
                both.removeAll(keepingCapacity: true)
                var middle = 0
                var count = 0
                try scanner.array { (scanner) throws(TokenizerFault) in
                    middle = both.count
                    count += 1
                    try scanner.string()
                    both.append(contentsOf: scanner.text)
                }
                guard count == 2 else { throw scanner.expected("two tokens in a merge") }
                try parts.addMerge(both[..<middle], both[middle...], rank: rank)
            } else {
                try scanner.string()
                try parts.addMerge(line: scanner.text[...], rank: rank)
            }
            rank += 1
        }
    }

    // MARK: Settings

    /// Whether the normaliser is NFC; nothing else but none at all is Qwen's.
    private static func composes(_ value: JSONValue, _ file: String) throws(TokenizerFault) -> Bool
    {
        if value == .null { return false }
        if value["type"] == .string("NFC") { return true }
        if value["type"] == .string("Sequence"), case .array(let steps)? = value["normalizers"],
            !steps.isEmpty, steps.allSatisfy({ $0["type"] == .string("NFC") })
        {
            return true
        }
        throw .unsupported(file: file, key: "normalizer", found: value.summary, supported: "NFC")
    }

    private static func checkPreTokenizer(_ value: JSONValue, _ file: String) throws(TokenizerFault)
    {
        func fault(_ key: String, _ found: JSONValue?, _ supported: String) -> TokenizerFault {
            .unsupported(
                file: file,
                key: key,
                found: found?.summary ?? "nothing",
                supported: supported
            )
        }
        guard value["type"] == .string("Sequence"),
            case .array(let steps)? = value["pretokenizers"],
            steps.count == 2, steps[0]["type"] == .string("Split")
        else { throw fault("pre_tokenizer", value, "Split, then ByteLevel") }
        guard steps[0]["pattern"]?["Regex"] == .string(PreTokenizer.expression) else {
            throw fault("pre_tokenizer.pattern", steps[0]["pattern"], PreTokenizer.expression)
        }
        guard steps[0]["behavior"] == .string("Isolated") else {
            throw fault("pre_tokenizer.behavior", steps[0]["behavior"], "Isolated")
        }
        guard steps[0]["invert"] ?? .bool(false) == .bool(false) else {
            throw fault("pre_tokenizer.invert", steps[0]["invert"], "false")
        }
        try checkByteLevel(steps[1], "pre_tokenizer", file, optional: false)
        for key in ["add_prefix_space", "use_regex"] where steps[1][key] != .bool(false) {
            throw fault("pre_tokenizer." + key, steps[1][key], "false")
        }
    }

    private static func checkByteLevel(
        _ value: JSONValue,
        _ key: String,
        _ file: String,
        optional: Bool
    ) throws(TokenizerFault) {
        guard value["type"] == .string("ByteLevel") || (optional && value == .null) else {
            throw .unsupported(file: file, key: key, found: value.summary, supported: "ByteLevel")
        }
    }
}

extension AddedToken {
    /// Reads an entry of `added_tokens` or `added_tokens_decoder`.
    ///
    /// - Parameters:
    ///   - value: The entry.
    ///   - id: Its number, as found.
    ///   - file: The file's name, for messages.
    /// - Throws: ``TokenizerFault``.
    init(_ value: JSONValue, id: Int, file: String) throws(TokenizerFault) {
        guard let text = value["content"]?.stringValue else {
            throw .missing(file: file, key: "content of added token \(id)")
        }
        guard 0..<Vocabulary.largest ~= id else {
            throw .idOutOfRange(
                file: file,
                token: Excerpt.of(text),
                id: id,
                limit: Vocabulary.largest
            )
        }
        for key in ["single_word", "lstrip", "rstrip"] where value[key]?.boolValue == true {
            throw .unsupported(
                file: file,
                key: "\(key) of added token \(id)",
                found: "true",
                supported: "false"
            )
        }
        self.init(
            id: TokenID(id),
            text: text,
            isSpecial: value["special"]?.boolValue ?? false,
            isNormalized: value["normalized"]?.boolValue ?? false
        )
    }
}
