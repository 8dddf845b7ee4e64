import FieldRules
import Records

/// What the rules' candidates for a field say of a model's answer.
struct RulesOpinion {
    /// How sure the rules are of the same content, where it is their best; 0 elsewhere.
    let agreement: Double
    /// Whether the content is among their candidates, but not the best.
    let isSecond: Bool
    /// How sure the rules are of another content, where it is their best; 0 elsewhere.
    let contradiction: Double
    /// Their best where it is another content.
    let other: Candidate?

    /// Compares.
    ///
    /// - Parameters:
    ///   - content: The model's answer.
    ///   - candidates: The rules' candidates for the field, the best first.
    init(of content: FieldContent, among candidates: [Candidate]) {
        let place = candidates.firstIndex { Self.areSame($0.content, content) }
        guard let best = candidates.first else {
            (agreement, isSecond, contradiction, other) = (0, false, 0, nil)
            return
        }
        // The second reading of one printed day is as good as the first.
        let isTwin = place.map {
            candidates[$0].assumedOrder != nil && candidates[$0].evidence == best.evidence
        }
        if place == 0 || isTwin == true {
            (agreement, isSecond, contradiction, other) = (best.confidence, false, 0, nil)
        } else {
            (agreement, isSecond, contradiction, other) = (0, place != nil, best.confidence, best)
        }
    }

    /// A confidence that is higher than the rules' own where they say the same.
    ///
    /// Two who come to one answer on ways of their own are never less sure than one of them.
    func raising(_ confidence: Double) -> Double {
        guard agreement > 0 else { return confidence }
        return ModelCalibration.bounded(max(confidence, agreement + 0.1 * (1 - agreement)))
    }

    /// Whether two contents say the same: amounts whatever their currency, texts by their letters.
    static func areSame(_ a: FieldContent, _ b: FieldContent) -> Bool {
        switch (a, b) {
        case (.money(let a), .money(let b)): a.amount == b.amount
        case (.text(let a), .text(let b)), (.identifier(let a), .identifier(let b)),
            (.currency(let a), .currency(let b)):
            plain(a) == plain(b)
        default: a == b
        }
    }

    private static func plain(_ text: String) -> [UInt32] {
        let letters = text.unicodeScalars.flatMap(FoldedLetters.plain)
        return letters.isEmpty ? text.unicodeScalars.map(\.value) : letters
    }
}
