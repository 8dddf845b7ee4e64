public import Records

/// One value of a model's answer, in its field's type.
public struct ModelValue: Hashable, Sendable {
    /// The field.
    public var field: String
    /// The content.
    public var content: FieldContent
    /// As the model wrote it; nil for the content's own form.
    public var written: String?
    /// Whether the words are the model's own, as a summary's and a reply's are: they are looked for nowhere.
    public var isComposed: Bool

    /// Collects a value.
    public init(
        field: String,
        content: FieldContent,
        written: String? = nil,
        isComposed: Bool = false
    ) {
        self.field = field
        self.content = content
        self.written = written
        self.isComposed = isComposed
    }
}
