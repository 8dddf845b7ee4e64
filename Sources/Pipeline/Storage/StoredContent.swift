import Records

/// A field's content as the database keeps it: an object with one key, the type.
///
/// `{"date":"2025-03-31"}`, `{"currency":"EUR","money":"12.40"}`, `{"list":[{"name":{"text":"Tea"}}]}`. A form of its
/// own, so that renaming a Swift case does not change what old databases mean, and that other programs can read it.
struct StoredContent: Codable {
    var content: FieldContent

    private enum Key: String, CodingKey {
        case text, date, money, currency, number, identifier, label, list
    }

    init(_ content: FieldContent) { self.content = content }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        func string(_ key: Key) throws -> String { try container.decode(String.self, forKey: key) }
        if container.contains(.money) {
            let currency = try container.decodeIfPresent(String.self, forKey: .currency)
            content = .money(Money(amount: try Self.number(try string(.money)), currency: currency))
            return
        }
        guard let key = container.allKeys.first else {
            throw StoredFormError(what: "expected the content of a field", text: "{}")
        }
        switch key {
        case .text: content = .text(try string(key))
        case .date: content = .date(try Self.date(try string(key)))
        case .currency, .money: content = .currency(try string(.currency))
        case .number: content = .number(try Self.number(try string(key)))
        case .identifier: content = .identifier(try string(key))
        case .label: content = .label(try string(key))
        case .list:
            let rows = try container.decode([[String: StoredContent]].self, forKey: key)
            content = .list(rows.map { $0.mapValues(\.content) })
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch content {
        case .text(let text): try container.encode(text, forKey: .text)
        case .date(let date): try container.encode(date.description, forKey: .date)
        case .money(let money):
            try container.encode(money.amount.description, forKey: .money)
            try container.encodeIfPresent(money.currency, forKey: .currency)
        case .currency(let code): try container.encode(code, forKey: .currency)
        case .number(let number): try container.encode(number.description, forKey: .number)
        case .identifier(let code): try container.encode(code, forKey: .identifier)
        case .label(let label): try container.encode(label, forKey: .label)
        case .list(let rows):
            try container.encode(
                rows.map { $0.mapValues { StoredContent($0) } },
                forKey: .list
            )
        }
    }

    private static func number(_ text: String) throws -> DecimalNumber {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let digits = parts.joined()
        guard let units = Int64(digits), parts.count < 2 || !parts[1].isEmpty else {
            throw StoredFormError(what: "expected a number", text: text)
        }
        return DecimalNumber(units: units, scale: parts.count == 2 ? parts[1].utf8.count : 0)
    }

    private static func date(_ text: String) throws -> CalendarDate {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3,
            let date = CalendarDate(year: parts[0], month: parts[1], day: parts[2])
        else { throw StoredFormError(what: "expected a date", text: text) }
        return date
    }
}

extension FieldContent {
    /// What the column `plain` and the pipeline's view show: like `plain`, but a list as JSON with plain columns.
    var viewText: String {
        get throws {
            guard case .list(let rows) = self else { return plain }
            return try JSONColumn.text(list: rows.map { $0.mapValues(\.plain) })
        }
    }

    /// The amount in its currency's smallest unit, for sums in SQL.
    var minorUnits: Int64? {
        guard case .money(let money) = self else { return nil }
        return money.minorUnits
    }

    /// The ISO 4217 code that belongs to the content.
    var currencyCode: String? {
        switch self {
        case .money(let money): money.currency
        case .currency(let code): code
        default: nil
        }
    }
}
