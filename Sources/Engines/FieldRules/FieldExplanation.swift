public import Records

/// How a field's value was found: every candidate, what was passed over and why, and what decided.
public struct FieldExplanation: Sendable {
    /// A value that is printed on the document and is no candidate.
    public struct PassedOver: Hashable, Sendable {
        /// As printed.
        public var printed: String
        /// Where.
        public var evidence: [Evidence]
        /// Why it is no candidate, for a person.
        public var reason: String
    }

    /// What came of one of the user's forms.
    public struct FormNote: Hashable, Sendable {
        /// What a form has to do with the field.
        public enum Role: Hashable, Sendable {
            /// Its rule gave candidates.
            case decided
            /// Its rule should have decided, and found nothing: why.
            case foundNothing(why: String)
            /// It matched, and says of the field only how days are written.
            case gaveOrder
            /// It matched and has a rule, but the form named here comes before it.
            case outranked(by: String)
            /// It matched and has no rule for the field.
            case hasNoRule
            /// The document is not of this form: these signs are missing.
            case isAnother(missing: [String], found: [String])
        }

        /// The form's name.
        public var name: String
        /// What it has to do with the field.
        public var role: Role

        /// Creates a note.
        public init(name: String, role: Role) {
            self.name = name
            self.role = role
        }
    }

    /// The field.
    public var field: FieldDefinition
    /// The candidates, the likeliest first, as a run would store them.
    public var candidates: [Candidate]
    /// Values of the field's type that are no candidates, in the order of the document.
    public var passedOver: [PassedOver]
    /// The forms, in the order of the pipeline.
    public var forms: [FormNote]
    /// What else decided, such as the order of day and month.
    public var notes: [String]
    /// The place in ``candidates`` of the one that a record would hold, judged by this document alone; nil for none.
    public var chosen: Int?
    /// One sentence on what decided.
    public var verdict: String
}

extension FieldExplanation {
    /// One sentence on what decided between candidates.
    static func verdict(_ candidates: [Candidate], chosen: Int?, form: FormNote?) -> String {
        guard let chosen, candidates.indices.contains(chosen) else {
            guard let first = candidates.first else {
                if case .foundNothing(let why) = form?.role, let form {
                    return "Nothing was found: form \(form.name) looks for it, but \(why)."
                }
                return "Nothing on the document could be the value."
            }
            return
                "Nothing is chosen: \(quoted(first.printed)) can be read as two days, and nothing on the "
                + "document says which; a run asks the folder's other documents, and `order:` decides it."
        }
        let winner = candidates[chosen]
        let other = candidates.indices.first {
            $0 != chosen && candidates[$0].content != winner.content
                && !(candidates[$0].assumedOrder != nil
                    && candidates[$0].evidence == winner.evidence)
        }
        var sentence =
            "\(quoted(winner.content.plain)) is chosen, \(percent(winner.confidence)) sure: "
            + "\(winner.reason)."
        if case .decided = form?.role {
            sentence += " What a form finds comes before what the built-in rules find."
        }
        guard let other else { return sentence + " There is no other candidate." }
        let isNarrow = winner.confidence - candidates[other].confidence < 0.1
        return sentence
            + " Next best\(isNarrow ? ", close behind" : ""): \(described(candidates[other]))."
    }

    private static func described(_ candidate: Candidate) -> String {
        "\(quoted(candidate.content.plain)), \(percent(candidate.confidence)) (\(candidate.reason))"
    }

    private static func quoted(_ text: String) -> String {
        "“\(text.prefix(60))\(text.count > 60 ? "…" : "")”"
    }

    private static func percent(_ confidence: Double) -> String {
        "\(Int((confidence * 100).rounded())) %"
    }
}
