/// The content of a value, typed and normalised; what was printed stands beside it in `Candidate`.
public indirect enum FieldContent: Hashable, Codable, Sendable {
    /// One line of text.
    case text(String)
    /// A calendar day.
    case date(CalendarDate)
    /// An amount.
    case money(Money)
    /// An ISO 4217 code.
    case currency(String)
    /// A decimal number.
    case number(DecimalNumber)
    /// A code.
    case identifier(String)
    /// One of the field's labels.
    case label(String)
    /// Rows, each by column name.
    case list([[String: FieldContent]])

    /// The content as an export writes it in the machine profile; a list is written as JSON elsewhere.
    public var plain: String {
        switch self {
        case .text(let text), .currency(let text), .identifier(let text), .label(let text): text
        case .date(let date): date.description
        case .money(let money): money.amount.description
        case .number(let number): number.description
        case .list(let rows): "\(rows.count) rows"
        }
    }
}
