/// What came of one rule of a `check` step.
public struct CheckResult: Hashable, Codable, Sendable {
    /// Whether the rule holds.
    public enum Outcome: String, Codable, Sendable {
        /// It holds.
        case passed
        /// It does not: the document goes under review.
        case failed
        /// A field it needs is missing.
        case notApplicable = "not applicable"
    }

    /// The rule as the pipeline words it.
    public var rule: String
    /// Whether it holds.
    public var outcome: Outcome
    /// The numbers that were compared, for a person: `items sum to 12.40, total is 12.90`.
    public var detail: String

    /// Creates a result.
    public init(rule: String, outcome: Outcome, detail: String) {
        self.rule = rule
        self.outcome = outcome
        self.detail = detail
    }
}
