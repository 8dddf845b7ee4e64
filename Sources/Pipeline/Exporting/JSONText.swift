import Records
import Storage

/// Writes JSON by hand, so that decimals stay as they are: nothing goes through binary floating point.
public enum JSONText {
    /// A string with its quotes; what would end a line or move a cursor is escaped.
    public static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\0"..."\u{1F}", "\u{7F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// An object of members that are JSON already.
    static func object(_ members: [(name: String, json: String)]) -> String {
        "{" + members.map { string($0.name) + ":" + $0.json }.joined(separator: ",") + "}"
    }

    /// A text or null.
    static func optional(_ text: String?) -> String { text.map(string) ?? "null" }

    /// The content of a value: numbers as numbers, with the places that were printed.
    static func content(_ content: FieldContent, columns: [ListColumn]? = nil) -> String {
        switch content {
        case .text(let text), .currency(let text), .identifier(let text), .label(let text):
            string(text)
        case .date(let date): string(date.description)
        case .money(let money): money.amount.description
        case .number(let number): number.description
        case .list(let items): list(items, columns: columns)
        }
    }

    /// An array with an object for each item, its columns in the order of the pipeline.
    static func list(_ items: [[String: FieldContent]], columns: [ListColumn]?) -> String {
        "[" + items.map { item($0, columns: columns) }.joined(separator: ",") + "]"
    }

    /// One item of a list.
    static func item(_ item: [String: FieldContent], columns: [ListColumn]?) -> String {
        let known = columns?.map(\.name) ?? item.keys.sorted()
        return object(known.map { ($0, item[$0].map { content($0) } ?? "null") })
    }
}
