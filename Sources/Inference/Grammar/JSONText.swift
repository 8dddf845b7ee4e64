/// How texts are written in JSON: one way for each.
enum JSONText {
    /// A text in quotation marks.
    ///
    /// Only what must be is written as an escape: every other character stands for itself, as models write it.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// The beginning of foreign text, short enough for a message whatever the text is.
    static func excerpt(_ text: String) -> String {
        let beginning = text.unicodeScalars.prefix(41)
        guard beginning.count > 40 else { return text }
        return String(String.UnicodeScalarView(beginning.dropLast())) + "…"
    }
}

extension AnswerValue {
    /// The value as JSON, in the form of ``AnswerSchema``: one space after `:` and `,`, none elsewhere.
    public var json: String {
        switch self {
        case .object(let members):
            "{"
                + members.map { "\(JSONText.quoted($0.name)): \($0.value.json)" }
                .joined(separator: ", ") + "}"
        case .list(let entries): "[" + entries.map(\.json).joined(separator: ", ") + "]"
        case .text(let text): JSONText.quoted(text)
        case .number(let text): text
        case .null: "null"
        }
    }
}
