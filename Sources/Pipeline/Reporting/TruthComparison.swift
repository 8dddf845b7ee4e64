import Foundation
import Records

/// Compares what was found with what is true, by the field's type.
enum TruthComparison {
    /// Whether a content is one of the true values.
    ///
    /// Days are equal as days, amounts and numbers as decimals, currencies and labels as words in any case, and texts and
    /// codes by their letters and digits alone, in any case and width (Unicode's NFKC).
    ///
    /// - Parameters:
    ///   - content: what was found.
    ///   - truth: the texts that are accepted; none where the document has no such value.
    /// - Returns: nil when none of the texts can be read as the content's type.
    static func isRight(_ content: FieldContent, _ truth: [String]) -> Bool? {
        guard !truth.isEmpty else { return false }
        switch content {
        case .date(let date): return among(truth.compactMap(day), date)
        case .money(let money): return among(truth.compactMap(decimal), money.amount)
        case .number(let number): return among(truth.compactMap(decimal), number)
        case .text(let text), .identifier(let text):
            return among(truth.map(signs).filter { !$0.isEmpty }, signs(text))
        case .currency(let word), .label(let word):
            return among(truth.map { $0.lowercased() }, word.lowercased())
        case .list: return nil
        }
    }

    private static func among<Value: Equatable>(_ options: [Value], _ found: Value) -> Bool? {
        options.isEmpty ? nil : options.contains(found)
    }

    /// The letters and digits of a text.
    static func signs(_ text: String) -> String {
        text.precomposedStringWithCompatibilityMapping.lowercased()
            .filter { $0.isLetter || $0.isNumber }
    }

    /// A day as `2025-03-31`, with a time behind it or without.
    static func day(_ text: String) -> CalendarDate? {
        let parts = text.prefix { $0 != "T" && $0 != " " }
            .split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], let year = Int(parts[0]), let month = Int(parts[1]),
            let day = Int(parts[2])
        else { return nil }
        return CalendarDate(year: year, month: month, day: day)
    }

    /// An amount such as `1234.5`, `1,234.50`, `12,50` or `RM 5.20`; nil where its decimals are not clear.
    static func decimal(_ text: String) -> DecimalNumber? {
        var digits = text.filter { ("0"..."9").contains($0) || $0 == "." || $0 == "," }
        while let last = digits.last, last == "." || last == "," { digits.removeLast() }
        let isNegative = text.contains("-") || text.contains("\u{2212}")
        let commas = digits.count { $0 == "," }
        if commas > 0, let last = digits.lastIndex(of: ",") {
            let point = digits.lastIndex(of: ".")
            if let point, point < last, commas == 1 {
                digits = digits.filter { $0 != "." }.replacing(",", with: ".")
            } else if point == nil, commas == 1,
                digits.distance(from: last, to: digits.endIndex) < 4
            {
                digits = digits.replacing(",", with: ".")
            } else {
                digits = digits.filter { $0 != "," }
            }
        }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let units = Int64(parts.joined()) else { return nil }
        let scale = parts.count == 2 ? parts[1].count : 0
        guard scale <= 9 else { return nil }
        return DecimalNumber(units: isNegative ? -units : units, scale: scale)
    }
}
