import FieldRules
import Records

/// Why a model's answer is believed as far as it is, in words for a person.
struct ModelReason {
    let match: EvidenceMatch?
    let opinion: RulesOpinion
    let proof: AnswerProof?
    let isNothingRead: Bool

    /// One sentence without a full stop: `the model's answer, printed right of “TOTAL”`.
    var sentence: String {
        var text = "the model's answer, " + place
        if let match {
            if match.hasDoubtfulDigit {
                text += ", with a digit that was read with doubt as another"
            } else if match.method == .shapes {
                text += ", read as “\(Self.short(match.printed))”"
            } else if match.method == .part {
                text += ", of which \(Int((match.similarity * 100).rounded())) % is printed"
            }
            if match.places > 1 { text += ", at \(match.places) places" }
        }
        if opinion.agreement > 0 { text += "; the rules found the same" }
        if let other = opinion.other { text += "; the rules found “\(Self.short(other.printed))”" }
        if let proof { text += "; \(proof.words)" }
        return text
    }

    private var place: String {
        guard let match else {
            return isNothingRead
                ? "with no text read to find it in" : "printed nowhere on the page"
        }
        if match.method == .symbol { return "in a bar code" }
        return match.key.map { "printed \($0.place)" }
            ?? "printed on page \(match.evidence.first?.page ?? 1)"
    }

    private static func short(_ text: String) -> String {
        text.count > 60 ? text.prefix(60) + "…" : text
    }
}
