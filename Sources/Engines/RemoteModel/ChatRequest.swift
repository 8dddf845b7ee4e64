internal import Grammar

/// One question in the words of chat completions, before it is known how much of them a server understands.
struct ChatRequest: Sendable {
    /// What the answer must be.
    enum Form: Sendable, Equatable {
        /// Any text.
        case free
        /// JSON of a schema; what was asked for by it, for the prompt.
        case json(schema: JSONTree)
        /// One of these; whether the server is to see to that.
        case label([String], isHeld: Bool)
    }

    /// The model's name at the server.
    let model: String
    let instruction: String
    /// `data:` addresses.
    let pictures: [String]
    let texts: [String]
    let question: String
    let form: Form
    let maxTokens: Int
    /// An answer that did not fit, and what was wrong with it.
    var correction: (said: String, words: String)?

    /// The request's body.
    ///
    /// - Parameter dialect: What the server understands.
    /// - Returns: JSON.
    func body(in dialect: ChatDialect) -> [UInt8] {
        let asked = question + addition(in: dialect)
        var messages: [JSONTree] = []
        if !instruction.isEmpty { messages.append(Self.message("system", .text(instruction))) }
        // Servers of models that see nothing know texts in this plain form only.
        let user: JSONTree =
            pictures.isEmpty
            ? .text((texts + [asked]).joined(separator: "\n\n"))
            : .list(pictures.map(Self.picture) + (texts + [asked]).map(Self.part))
        messages.append(Self.message("user", user))
        if let correction {
            messages.append(Self.message("assistant", .text(correction.said)))
            messages.append(Self.message("user", .text(correction.words)))
        }
        let wantsShares = form.isLabel && dialect.takes(.logprobs)
        return JSONTree.object([
            "model": .text(model),
            "messages": .list(messages),
            "response_format": responseFormat(in: dialect),
            "temperature": dialect.takes(.temperature) ? .number("0") : nil,
            "seed": dialect.takes(.seed) ? .number("0") : nil,
            dialect.lengthKey: .number(String(maxTokens)),
            "logprobs": wantsShares ? .bool(true) : nil,
            "top_logprobs": wantsShares ? .number(String(dialect.mostShares)) : nil,
            "chat_template_kwargs": dialect.takes(.templateSettings)
                ? .object(["enable_thinking": .bool(false)]) : nil,
            "stream": .bool(dialect.takes(.stream)),
            "stream_options": dialect.takes(.stream) && dialect.takes(.streamOptions)
                ? .object(["include_usage": .bool(true)]) : nil,
        ]).bytes
    }

    /// What is said of the form where the server does not see to it, or has not.
    ///
    /// - Parameters:
    ///   - dialect: What the server understands.
    ///   - isCorrection: Whether it follows an answer that did not fit; there it is said if it was not before.
    /// - Returns: Words to follow others; none where there is nothing to say.
    func addition(in dialect: ChatDialect, isCorrection: Bool = false) -> String {
        guard (dialect.format > .looseSchema) != isCorrection else { return "" }
        switch form {
        case .free, .label: return ""
        case .json(let schema):
            let text = String(decoding: schema.bytes, as: UTF8.self)
            return "\n\nAnswer with JSON alone, of this JSON Schema:\n\(text)"
        }
    }

    private func responseFormat(in dialect: ChatDialect) -> JSONTree? {
        let schema: JSONTree
        switch form {
        case .free: return nil
        case .json(let tree): schema = tree
        case .label(let labels, let isHeld):
            // An object named in no prompt would only confuse.
            guard isHeld, dialect.format <= .looseSchema else { return nil }
            schema = Self.schema(of: labels)
        }
        switch dialect.format {
        case .schema, .looseSchema:
            return .object([
                "type": .text("json_schema"),
                "json_schema": .object([
                    "name": .text("answer"),
                    "strict": .bool(true),
                    "schema": dialect.format == .schema ? schema : schema.withoutBounds,
                ]),
            ])
        case .object: return .object(["type": .text("json_object")])
        case .none: return nil
        }
    }

    private static func schema(of labels: [String]) -> JSONTree {
        .object([
            "type": .text("object"),
            "properties": .object([
                "label": .object([
                    "type": .text("string"), "enum": .list(labels.map { .text($0) }),
                ])
            ]),
            "required": .list([.text("label")]),
            "additionalProperties": .bool(false),
        ])
    }

    private static func message(_ role: String, _ content: JSONTree) -> JSONTree {
        .object(["role": .text(role), "content": content])
    }

    private static func picture(_ address: String) -> JSONTree {
        .object(["type": .text("image_url"), "image_url": .object(["url": .text(address)])])
    }

    private static func part(_ text: String) -> JSONTree {
        .object(["type": .text("text"), "text": .text(text)])
    }
}

extension ChatRequest.Form {
    fileprivate var isLabel: Bool {
        guard case .label = self else { return false }
        return true
    }
}

extension JSONTree {
    /// A JSON Schema without what only some servers understand: lengths, patterns, ranges.
    fileprivate var withoutBounds: JSONTree {
        guard case .object(let members) = self else { return self }
        let bounds = [
            "maxLength", "minLength", "pattern", "maxItems", "minItems", "minimum", "maximum",
        ]
        return .object(
            members.filter { !bounds.contains($0.key) }.map { member in
                var member = member
                switch (member.key, member.value) {
                case ("properties", .object(let properties)):
                    member.value = .object(
                        properties.map { Member(key: $0.key, value: $0.value.withoutBounds) }
                    )
                case ("anyOf", .list(let schemas)):
                    member.value = .list(schemas.map(\.withoutBounds))
                case ("items", _): member.value = member.value.withoutBounds
                default: break
                }
                return member
            }
        )
    }
}
