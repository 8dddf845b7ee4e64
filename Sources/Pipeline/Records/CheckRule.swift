/// One rule of a `check` step, parsed.
///
/// Forms: `total is sum of items.price`, `net + tax = total`, `date is not in the future`,
/// `total is at least 0`, `a <= b`.
public enum CheckRule: Hashable, Codable, Sendable {
    /// `left = right`, where each side is a sum of terms; amounts are equal within half a minor unit.
    case comparison(left: [Term], relation: Relation, right: [Term], wording: String)
    /// A date field is not after the day of the run.
    case notInFuture(field: String, wording: String)

    /// How two sides compare.
    public enum Relation: String, Hashable, Codable, Sendable {
        /// `=` or `is`.
        case equal = "="
        /// `<=` or `is at most`.
        case atMost = "<="
        /// `>=` or `is at least`.
        case atLeast = ">="
        /// `<` or `is below`.
        case below = "<"
        /// `>` or `is above`.
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
    }

    /// The rule as the pipeline words it.
    public var wording: String {
        switch self {
        case .comparison(_, _, _, let wording), .notInFuture(_, let wording): wording
        }
    }
}
