import Exporting

/// A JSON document to print; keys come out sorted, so that equal reports are equal text.
indirect enum JSONValue: Sendable {
    case null
    case flag(Bool)
    case number(Int)
    case fraction(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    /// The document on one line.
    var text: String {
        switch self {
        case .null: "null"
        case .flag(let flag): flag ? "true" : "false"
        case .number(let number): String(number)
        case .fraction(let number): number.isFinite ? String(number) : "null"
        case .text(let text): JSONText.string(text)
        case .list(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
        case .object(let fields):
            "{"
                + fields.sorted { $0.key < $1.key }
                .map { "\(JSONText.string($0.key)): \($0.value.text)" }
                .joined(separator: ", ") + "}"
        }
    }
}
