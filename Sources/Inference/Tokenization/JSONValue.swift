/// A small piece of JSON as a tree: a setting, an added token, a tokenizer's configuration.
enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    /// A number as it is spelled.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// A member of an object.
    subscript(_ key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    var stringValue: String? { if case .string(let value) = self { value } else { nil } }
    var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
    var integerValue: Int? { if case .number(let value) = self { Int(value) } else { nil } }

    /// How it reads in a message: at most 200 characters of JSON.
    var summary: String {
        let text =
            switch self {
            case .null: "null"
            case .bool(let value): String(value)
            case .number(let value): value
            case .string(let value): "\"\(Excerpt.of(value, limit: 200))\""
            case .array(let values):
                "[" + values.prefix(8).map(\.summary).joined(separator: ", ") + "]"
            case .object(let members):
                "{"
                    + members.sorted { $0.key < $1.key }.prefix(8)
                    .map { "\"\(Excerpt.of($0.key))\": \($0.value.summary)" }.joined(
                        separator: ", "
                    )
                    + "}"
            }
        return Excerpt.of(text, limit: 200)
    }
}

extension JSONScanner {
    /// Values that one tree may have, so that a file of `[[],[],…` does not grow in memory.
    static let largestTree = 1 << 20

    /// Reads the next value as a tree.
    mutating func value() throws(TokenizerFault) -> JSONValue {
        var left = Self.largestTree
        return try value(&left)
    }

    private mutating func value(_ left: inout Int) throws(TokenizerFault) -> JSONValue {
        left -= 1
        guard left > 0 else { throw expected("at most \(Self.largestTree) values") }
        switch try peek() {
        case UInt8(ascii: "{"):
            var members: [String: JSONValue] = [:]
            try object { (scanner) throws(TokenizerFault) in
                let key = try scanner.textAsString()
                members[key] = try scanner.value(&left)
            }
            return .object(members)
        case UInt8(ascii: "["):
            var values: [JSONValue] = []
            try array { (scanner) throws(TokenizerFault) in
                values.append(try scanner.value(&left))
            }
            return .array(values)
        case UInt8(ascii: "\""):
            try string()
            return .string(try textAsString())
        default:
            let word = try word()
            switch word {
            case "null": return .null
            case "true": return .bool(true)
            case "false": return .bool(false)
            default:
                guard Double(word) != nil else { throw expected("a value") }
                return .number(word)
            }
        }
    }
}
