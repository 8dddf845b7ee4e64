public import Records

/// What kind of value a field holds, as far as that says how often the rules are right.
enum ValueKind: String, CaseIterable {
    case name
    case address
    case date
    case total
    case price
    /// Amounts and numbers that only a key word tells: tax, subtotal, weight.
    case amount
    case currency
    case product
    case code
    /// What stands beside a key word of any meaning, a label, the rows of a list.
    case text

    /// The kind of a field's values.
    init(_ field: FieldDefinition) {
        let meaning = field.pattern == nil ? FieldMeaning.of(field.name).kind : .keyed
        switch (field.type, meaning) {
        case (.text, .merchant): self = .name
        case (.text, .merchantAddress): self = .address
        case (.text, .product): self = .product
        case (.text, .total), (.money, .total), (.number, .total): self = .total
        case (.text, .price), (.text, .unitPrice), (.money, .price), (.money, .unitPrice),
            (.number, .price), (.number, .unitPrice):
            self = .price
        case (.date, _), (.text, .documentDate): self = .date
        case (.money, _), (.number, _), (.text, .nutrition): self = .amount
        case (.currency, _), (.text, .currency): self = .currency
        case (.identifier, _), (.text, .barcode), (.text, .iban),
            (.text, .tracking):
            self = .code
        case (.text, _), (.label, _), (.list, _): self = .text
        }
    }

    /// Whether nothing but its letters tells a right value of this kind from a misread one.
    var isFreeText: Bool {
        switch self {
        case .name, .address, .product, .text: true
        case .date, .total, .price, .amount, .currency, .code: false
        }
    }
}

extension Feature {
    /// That a value is of its field's kind, such as a date: 1, else not named at all.
    ///
    /// - Parameter field: The field.
    /// - Returns: The feature.
    public static func kind(of field: FieldDefinition) -> Feature {
        kind(ValueKind(field).rawValue)
    }
}
