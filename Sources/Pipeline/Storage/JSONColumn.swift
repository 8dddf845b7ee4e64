import FoundationEssentials

/// Values that are kept as JSON in a column: the same value is always the same bytes.
enum JSONColumn {
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func value<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    /// A list; the empty one, by far the most frequent, without a decoder.
    static func list<Element: Codable>(_ type: Element.Type, from text: String) throws -> [Element]
    {
        text == "[]" ? [] : try value([Element].self, from: text)
    }

    static func text<Element: Encodable>(list: [Element]) throws -> String {
        list.isEmpty ? "[]" : try text(list)
    }
}
