/// Every key that a pipeline file may hold, by the mapping it stands in.
public enum PipelineKeys {
    /// The file itself.
    public static let file = [
        "pipeline", "description", "input", "record", "forms", "model", "steps", "output",
    ]
    /// `input:`.
    public static let input = ["folders", "include", "exclude", "settle", "limits"]
    /// `input.limits:`.
    public static let limits = ["bytes", "pixels", "pages", "seconds-per-page", "stall"]
    /// One field of `record:`.
    public static let field = ["type", "required", "labels", "of", "order", "near", "pattern"]
    /// One column of a list field, when it is more than a type.
    public static let column = ["type", "labels", "order"]
    /// The words for a field's type.
    public static let types = [
        "text", "date", "money", "currency", "number", "identifier", "label", "list",
    ]
    /// A file of forms that pipelines share.
    public static let formsFile = ["forms"]
    /// One form of `forms:`.
    public static let form = ["form", "when", "fields"]
    /// `when:` of a form.
    public static let signs = ["words", "any", "pattern"]
    /// One field of a form.
    public static let formField = [
        "is", "near", "place", "pattern", "region", "lines", "take", "order",
    ]
    /// `region:` of a form's field.
    public static let region = ["left", "top", "right", "bottom", "below", "above", "page"]
    /// `when:` of a step.
    public static let condition = ["missing", "or-confidence-below"]
    /// `output:`.
    public static let output = ["table", "review-below"]
    /// The verbs, each with the keys of its step.
    public static let steps: [(verb: String, keys: [String])] = [
        ("read", ["read", "languages", "prepare", "layout", "engine", "barcodes", "frames-every"]),
        ("find", ["find", "when"]),
        (
            "ask",
            [
                "ask", "fills", "composed", "from", "window", "stride", "max-tokens", "when",
                "route",
            ]
        ),
        ("classify", ["classify", "from", "when"]),
        ("summarize", ["summarize", "from", "window", "stride", "max-tokens", "when"]),
        ("check", ["check"]),
    ]
    /// Names that no field may have: they are columns of the view beside the fields.
    public static let viewColumns = [
        "document", "path", "folder", "status", "reason", "confidence", "needs_review",
        "duplicate_of",
    ]

    /// Every key and word above, once.
    public static var all: Set<String> {
        var all = Set(file + input + limits + field + column + types + condition + output)
        all.formUnion(formsFile + form + signs + formField + region)
        for step in steps { all.formUnion(step.keys) }
        return all.union(viewColumns)
    }
}
