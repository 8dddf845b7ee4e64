/// One proposal for a field's content; every one is kept, the record chooses among them.
public struct Candidate: Hashable, Codable, Sendable {
    /// The field.
    public var field: String
    /// The content, normalised.
    public var content: FieldContent
    /// The content as it is printed.
    public var printed: String
    /// How likely it is right, 0 to 1.
    public var confidence: Double
    /// Where it is printed; empty when it was derived (the reason says from what).
    public var evidence: [Evidence]
    /// Why it was proposed, for a person: `right of "TOTAL"`.
    public var reason: String
    /// For a date that can be read two ways, the order this candidate assumes; its twin assumes the other.
    public var assumedOrder: DateOrder?
    /// What the confidence was made from, by name, each a number from 0 to 1; empty where nothing was measured.
    public var features: [Feature: Double]
    /// True for an answer of a model that is nowhere on the page, and should be: its document goes under review.
    public var isUnverified: Bool

    /// Creates a candidate.
    public init(
        field: String,
        content: FieldContent,
        printed: String,
        confidence: Double,
        evidence: [Evidence],
        reason: String,
        assumedOrder: DateOrder? = nil,
        features: [Feature: Double] = [:],
        isUnverified: Bool = false
    ) {
        self.field = field
        self.content = content
        self.printed = printed
        self.confidence = confidence
        self.evidence = evidence
        self.reason = reason
        self.assumedOrder = assumedOrder
        self.features = features
        self.isUnverified = isUnverified
    }
}
