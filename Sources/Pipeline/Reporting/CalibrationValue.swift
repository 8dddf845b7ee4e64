/// One value that stands in a record, with its confidence and whether it is right.
public struct CalibrationValue: Hashable, Sendable {
    /// The document: values of one document are not independent, so that it is drawn as a whole.
    public var document: Int
    /// The field.
    public var field: String
    /// How sure Docket was.
    public var confidence: Double
    /// Whether it is right.
    public var isRight: Bool

    /// Creates a value.
    public init(document: Int, field: String, confidence: Double, isRight: Bool) {
        self.document = document
        self.field = field
        self.confidence = confidence
        self.isRight = isRight
    }
}
