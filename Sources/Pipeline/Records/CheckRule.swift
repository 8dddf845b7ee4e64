/// One rule of a `check` step, parsed.
///
/// Forms: `total is sum of items.price`, `net + tax = total`, `total = quantity * price`, `due is not before date`,
/// `date is not in the future`, `ean has a valid check digit`, `currency is one of EUR, CHF`.
public enum CheckRule: Hashable, Codable, Sendable {
    /// `left = right`, where each side is a sum of terms; amounts are equal within half a minor unit.
    case comparison(left: [Term], relation: Relation, right: [Term], wording: String)
    /// A date field is not after the day of the run.
    case notInFuture(field: String, wording: String)
    /// A code proves itself; of any kind that it has the form of, where none is named.
    case checkDigits(field: String, kind: CheckedCode?, wording: String)
    /// A field's content is one of several, or none of them when `isNegated`.
    case membership(field: String, of: [String], isNegated: Bool, wording: String)

    /// How two sides compare.
    public enum Relation: String, Hashable, Codable, Sendable {
        /// `=` or `is`.
        case equal = "="
        /// `!=` or `is not`.
        case notEqual = "!="
        /// `<=`, `is at most` or `is not after`.
        case atMost = "<="
        /// `>=`, `is at least` or `is not before`.
        case atLeast = ">="
        /// `<`, `is below` or `is before`.
        case below = "<"
        /// `>`, `is above` or `is after`.
        case above = ">"
    }

    /// One summand.
    public enum Term: Hashable, Codable, Sendable {
        /// A number in the rule itself.
        case constant(DecimalNumber)
        /// A field; subtracted when `isNegative`.
        case field(String, isNegative: Bool)
        /// The sum of a list's column.
        case sum(list: String, column: String, isNegative: Bool)
        /// Two factors, of which one at most is an amount of money.
        case product(Factor, Factor, isNegative: Bool)
        /// The sum over a list's rows of one column times another.
        case sumOfProducts(list: String, column: String, by: String, isNegative: Bool)
        /// A day in the rule itself: `2020-01-31`.
        case day(CalendarDate)
    }

    /// One side of a product.
    public enum Factor: Hashable, Codable, Sendable {
        /// A number in the rule itself.
        case constant(DecimalNumber)
        /// A field.
        case field(String)
    }

    /// The rule as the pipeline words it.
    public var wording: String {
        switch self {
        case .comparison(_, _, _, let wording), .notInFuture(_, let wording),
            .checkDigits(_, _, let wording), .membership(_, _, _, let wording):
            wording
        }
    }
}
