import Grammar
import Records

extension FieldContent {
    /// The content that a model's answer gives a field; nil where the answer is that there is none.
    ///
    /// Money has no currency yet.
    ///
    /// - Parameters:
    ///   - answer: The answer, of the field's schema.
    ///   - type: The field's type.
    init?(_ answer: AnswerValue, as type: FieldType) {
        switch (type, answer) {
        case (.text, .text(let text)):
            guard let text = Self.said(text) else { return nil }
            self = .text(text)
        case (.identifier, .text(let text)):
            guard let text = Self.said(text) else { return nil }
            self = .identifier(text)
        case (.date, .text(let text)):
            guard let day = CalendarDate(iso: text) else { return nil }
            self = .date(day)
        case (.currency, .text(let code)):
            self = .currency(code)
        case (.label(let labels), .text(let label)):
            guard labels.contains(label) else { return nil }
            self = .label(label)
        case (.money, .number(let digits)):
            guard let amount = DecimalNumber(written: digits) else { return nil }
            self = .money(Money(amount: amount))
        case (.number, .number(let digits)):
            guard let number = DecimalNumber(written: digits) else { return nil }
            self = .number(number)
        case (.list(let columns), .list(let entries)):
            let rows = entries.compactMap { entry -> [String: FieldContent]? in
                var row: [String: FieldContent] = [:]
                for column in columns {
                    guard let cell = entry[column.name] else { continue }
                    row[column.name] = FieldContent(cell, as: column.type)
                }
                return row.isEmpty ? nil : row
            }
            guard !rows.isEmpty else { return nil }
            self = .list(rows)
        default: return nil
        }
    }

    /// The content with a currency for the amounts that have none.
    func inCurrency(_ currency: String) -> FieldContent {
        switch self {
        case .money(var money):
            money.currency = money.currency ?? currency
            return .money(money)
        case .list(let rows):
            return .list(rows.map { $0.mapValues { $0.inCurrency(currency) } })
        case .text, .date, .currency, .number, .identifier, .label: return self
        }
    }

    /// The content without what two answers may write differently: case, spaces and signs of texts.
    var folded: FieldContent {
        switch self {
        case .text(let text): .text(Self.folded(text))
        case .identifier(let text): .identifier(Self.folded(text))
        case .list(let rows): .list(rows.map { $0.mapValues(\.folded) })
        case .date, .money, .currency, .number, .label: self
        }
    }

    private static func folded(_ text: String) -> String {
        let kept = text.lowercased().filter { $0.isLetter || $0.isNumber }
        return kept.isEmpty ? text : kept
    }

    /// A text without white space around it; nil where it says that there is none.
    private static func said(_ text: String) -> String? {
        var text = text[...]
        while let first = text.first, first.isWhitespace { text = text.dropFirst() }
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        // What models write where null was meant.
        return ["", "null", "n/a"].contains(text.lowercased()) ? nil : String(text)
    }
}

extension CalendarDate {
    /// A day as `YYYY-MM-DD`; nil where it is none.
    init?(iso text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2],
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }
}

extension DecimalNumber {
    /// A number as JSON writes it, without exponent; nil where it is none or has more than 18 digits.
    init?(written text: String) {
        let isNegative = text.utf8.first == UInt8(ascii: "-")
        var units: Int64 = 0
        var digits = 0
        var scale: Int?
        for byte in text.utf8.dropFirst(isNegative ? 1 : 0) {
            if byte == UInt8(ascii: "."), scale == nil, digits > 0 {
                scale = 0
                continue
            }
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), digits < 18 else {
                return nil
            }
            units = units * 10 + Int64(byte - UInt8(ascii: "0"))
            digits += 1
            scale = scale.map { $0 + 1 }
        }
        guard digits > 0, scale != 0, (scale ?? 0) <= 9 else { return nil }
        self.init(units: isNegative ? -units : units, scale: scale ?? 0)
    }
}
