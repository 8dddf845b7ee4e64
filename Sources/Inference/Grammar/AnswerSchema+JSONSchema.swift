extension AnswerSchema {
    /// The schema as JSON Schema, for servers that take one.
    ///
    /// All keys are required and no others allowed. What JSON Schema has no word for (digits after the point, days of a month) is
    /// checked when the answer is read. A `pattern` stands at days only: servers that see one ignore `maxLength`.
    ///
    /// Source: JSON Schema draft 2020-12, core and validation.
    public var jsonSchema: String {
        switch self {
        case .object(let properties):
            let names = properties.map { JSONText.quoted($0.name) }
            let members = zip(names, properties).map { "\($0): \($1.schema.jsonSchema)" }
            return
                #"{"type": "object", "properties": {\#(members.joined(separator: ", "))}, "#
                + #""required": [\#(names.joined(separator: ", "))], "additionalProperties": false}"#
        case .list(let element, let most):
            return
                #"{"type": "array", "items": \#(element.jsonSchema), "maxItems": \#(max(0, most))}"#
        case .text(let most):
            return #"{"type": "string", "maxLength": \#(max(0, most))}"#
        case .number(let digits, let decimals):
            let type = decimals > 0 ? "number" : "integer"
            // Larger ones are no numbers of their own in double precision, which servers read them with.
            guard digits <= 15 else { return #"{"type": "\#(type)"}"# }
            let most = String(repeating: "9", count: max(1, digits))
            let limit = decimals > 0 ? most + ".999999".prefix(1 + decimals) : most
            return #"{"type": "\#(type)", "minimum": -\#(limit), "maximum": \#(limit)}"#
        case .date:
            return #"{"type": "string", "pattern": "\#(Self.datePattern)"}"#
        case .choice(let labels):
            let names = labels.map(JSONText.quoted)
            return #"{"type": "string", "enum": [\#(names.joined(separator: ", "))]}"#
        case .nullable(let schema):
            if case .nullable = schema { return schema.jsonSchema }
            return #"{"anyOf": [\#(schema.jsonSchema), {"type": "null"}]}"#
        }
    }

    private static let datePattern = "^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
}
