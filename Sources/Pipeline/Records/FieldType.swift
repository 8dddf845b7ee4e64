/// What kind of content a field holds, as a pipeline's `record:` names it.
public indirect enum FieldType: Hashable, Codable, Sendable {
    /// Free text on one line.
    case text
    /// A calendar day; `order` says how `03/04/2025` is meant where the folder cannot tell.
    case date(order: DateOrder?)
    /// An amount with its currency.
    case money
    /// A currency by its ISO 4217 code.
    case currency
    /// A decimal number.
    case number
    /// A code such as an invoice number: letters, digits and signs without meaning of their own.
    case identifier
    /// One of a closed set of words.
    case label([String])
    /// Rows of columns, in printed order.
    case list([ListColumn])

    /// The word that a pipeline uses for this type.
    public var name: String {
        switch self {
        case .text: "text"
        case .date: "date"
        case .money: "money"
        case .currency: "currency"
        case .number: "number"
        case .identifier: "identifier"
        case .label: "label"
        case .list: "list"
        }
    }
}

/// The order in which a date's day and month are printed.
public enum DateOrder: String, Hashable, Codable, Sendable, CaseIterable {
    /// `3/4/2025` is 3 April.
    case dayFirst = "day-first"
    /// `3/4/2025` is 4 March.
    case monthFirst = "month-first"
}

/// One column of a list field.
public struct ListColumn: Hashable, Codable, Sendable {
    /// The column's name.
    public var name: String
    /// Its type; never a list itself.
    public var type: FieldType

    /// Creates a column.
    public init(name: String, type: FieldType) {
        self.name = name
        self.type = type
    }
}

/// One field of a pipeline's record.
public struct FieldDefinition: Hashable, Codable, Sendable {
    /// The field's name: a column of the export.
    public var name: String
    /// What it holds.
    public var type: FieldType
    /// Whether a document without it goes under review.
    public var isRequired: Bool
    /// Words that stand beside or above the value, beside those that the rules know already.
    public var near: [String]
    /// A regular expression (Swift's syntax) that the printed value matches; its first group, if any, is the value.
    public var pattern: String?

    /// Creates a field.
    public init(
        name: String,
        type: FieldType,
        isRequired: Bool = false,
        near: [String] = [],
        pattern: String? = nil
    ) {
        self.name = name
        self.type = type
        self.isRequired = isRequired
        self.near = near
        self.pattern = pattern
    }
}
