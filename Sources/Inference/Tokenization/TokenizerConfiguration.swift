/// What `tokenizer_config.json` and the chat template files beside it say.
struct TokenizerConfiguration {
    private let file: String
    private let value: JSONValue
    private let chatTemplate: String?

    /// Reads the files of a model's directory; each may be missing.
    init(_ folder: TokenizerFolder) throws(TokenizerFault) {
        let limit = FileBytes.largestConfiguration
        file = folder.file("tokenizer_config.json")
        value = try Self.read("tokenizer_config.json", in: folder) ?? .object([:])
        let jinja = "chat_template.jinja"
        if let text = try folder.bytes(jinja, limit: limit) {
            guard let text = String(validating: text, as: UTF8.self) else {
                throw .malformed(file: folder.file(jinja), offset: 0, expected: "UTF-8")
            }
            chatTemplate = text
        } else if let own = try Self.read("chat_template.json", in: folder) {
            chatTemplate = Self.template(own["chat_template"])
        } else {
            chatTemplate = Self.template(value["chat_template"])
        }
    }

    private static func read(
        _ name: String,
        in folder: TokenizerFolder
    ) throws(TokenizerFault) -> JSONValue? {
        guard let bytes = try folder.bytes(name, limit: FileBytes.largestConfiguration) else {
            return nil
        }
        var scanner = JSONScanner(bytes, file: folder.file(name))
        return try scanner.value()
    }

    /// A template, or the one named `default` of a list of them.
    private static func template(_ value: JSONValue?) -> String? {
        guard case .array(let named)? = value else { return value?.stringValue }
        return (named.first { $0["name"] == .string("default") } ?? named.first)?["template"]?
            .stringValue
    }

    /// Adds what the files say to a tokenizer.
    func apply(to parts: inout TokenizerParts) throws(TokenizerFault) {
        parts.chatTemplate = chatTemplate
        if value["add_prefix_space"]?.boolValue == true {
            throw .unsupported(
                file: file,
                key: "add_prefix_space",
                found: "true",
                supported: "false"
            )
        }
        if case .object(let added)? = value["added_tokens_decoder"] {
            // in order of id, so that a fault does not depend on the order of a dictionary
            for (key, token) in added.sorted(by: { (Int($0.key) ?? -1) < (Int($1.key) ?? -1) }) {
                guard let id = Int(key) else {
                    throw .unsupported(
                        file: file,
                        key: "added_tokens_decoder",
                        found: Excerpt.of(key),
                        supported: "a number"
                    )
                }
                try parts.addAdded(AddedToken(token, id: id, file: file), from: file)
            }
        }
        let end = value["eos_token"]
        if let text = end?.stringValue ?? end?["content"]?.stringValue {
            parts.endTexts.append(text)
        }
    }
}
