import Grammar
import PipelineSpec
import Records

/// The form of an answer that fills fields of a record.
struct RecordSchema {
    /// The fields asked for, in the record's order.
    let fields: [FieldDefinition]
    /// Their form.
    let schema: AnswerSchema
    /// What the longest answer that is to be expected takes: see ``bound(of:)``.
    let maxTokens: Int

    /// Plans an answer.
    ///
    /// - Parameters:
    ///   - names: The fields wanted.
    ///   - record: The record's fields.
    ///   - pageCount: Pages that the answer is about.
    ///   - composed: Whether texts are written, not copied.
    init(_ names: [String], of record: [FieldDefinition], pageCount: Int, composed: Bool = false) {
        let wanted = Set(names)
        fields = record.filter { wanted.contains($0.name) }
        let rows = min(Self.rowsPerPage * max(1, pageCount), Self.mostRows)
        let schema = AnswerSchema.object(
            fields.map {
                .init($0.name, Self.schema(of: $0.type, rows: rows, composed: composed))
            }
        )
        self.schema = schema
        maxTokens = Self.bound(of: schema)
    }

    /// Tokens that an answer of this form may take.
    static func bound(of schema: AnswerSchema) -> Int { min(tokens(of: schema), mostTokens) }

    /// Rows of a list that one page holds: a till receipt of a metre has some 120 lines, two or three to an item.
    static let rowsPerPage = 50
    /// Rows of a list in one answer, however many pages it is about.
    static let mostRows = 200
    /// Tokens of one answer, whatever its schema: a loop that the rule against loops does not know ends here.
    static let mostTokens = 4096

    /// Longest text of a field: an address of five lines.
    static let fieldText = 200
    /// Longest text in a column: a line of print.
    static let columnText = 100
    /// Longest code: an IBAN has 34 signs, a GS1 symbol's content up to 74.
    static let code = 80
    /// Longest text that a model writes itself.
    static let composedText = 2000

    private static func schema(
        of type: FieldType,
        rows: Int,
        composed: Bool,
        inColumn: Bool = false
    ) -> AnswerSchema {
        switch type {
        case .text:
            .nullable(.text(atMost: inColumn ? columnText : composed ? composedText : fieldText))
        case .identifier: .nullable(.text(atMost: code))
        case .date: .nullable(.date)
        // Digits and decimals together stay within the 18 that Int64 holds.
        case .money: .nullable(.number(digits: 12, decimals: 3))
        case .number: .nullable(.number(digits: 12, decimals: 6))
        case .currency: .nullable(.choice(CurrencyCodes.all))
        case .label(let labels): .nullable(.choice(labels))
        case .list(let columns):
            .nullable(
                .list(
                    of: .object(
                        columns.map {
                            .init(
                                $0.name,
                                schema(
                                    of: $0.type,
                                    rows: rows,
                                    composed: composed,
                                    inColumn: true
                                )
                            )
                        }
                    ),
                    atMost: rows
                )
            )
        }
    }

    /// Tokens that an answer of this form may take: each digit is one, other print takes one for two or three signs, seldom more.
    private static func tokens(of schema: AnswerSchema) -> Int {
        switch schema {
        case .object(let properties):
            // Keys and signs are certain and cost nothing to allow, even byte by byte.
            properties.reduce(2) { $0 + $1.name.utf8.count + 6 + tokens(of: $1.schema) }
        case .list(let row, let atMost): 2 + atMost * min(tokens(of: row), tokensOfRow)
        case .text(let atMost): 4 + atMost / 2
        case .number(let digits, let decimals): 2 + digits + decimals
        case .date: 14
        // All of it may have to be written, in whatever script.
        case .choice(let choices): 4 + (choices.map(\.utf8.count).max() ?? 0)
        case .nullable(let schema): max("null".utf8.count, tokens(of: schema))
        }
    }

    /// Tokens of a row: of many rows few are as long as the longest.
    private static let tokensOfRow = 60
}
