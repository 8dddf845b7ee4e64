import FieldRules
import Records

/// What the rules' candidates for a field say of a model's answer.
struct RulesOpinion {
    /// How sure the rules are of the same content, where it is their best; 0 elsewhere.
    let agreement: Double
    /// How sure the rules are of the same words with a few letters misread, where that is their best; 0 elsewhere.
    let nearAgreement: Double
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
            (agreement, nearAgreement, isSecond, contradiction, other) = (0, 0, false, 0, nil)
            return
        }
        // The second reading of one printed day is as good as the first.
        let isTwin = place.map {
            candidates[$0].assumedOrder != nil && candidates[$0].evidence == best.evidence
        }
        if place == 0 || isTwin == true {
            (agreement, nearAgreement) = (best.confidence, 0)
            (isSecond, contradiction, other) = (false, 0, nil)
        } else if Self.areNear(best.content, content) {
            (agreement, nearAgreement) = (0, best.confidence)
            (isSecond, contradiction, other) = (false, 0, best)
        } else {
            (agreement, nearAgreement) = (0, 0)
            (isSecond, contradiction, other) = (place != nil, best.confidence, best)
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

    /// Whether two texts are the same words, of which a letter here and there was misread, but no digit.
    private static func areNear(_ a: FieldContent, _ b: FieldContent) -> Bool {
        guard case .text(let a) = a, case .text(let b) = b else { return false }
        let (read, wanted) = (plain(a), plain(b))
        guard (6...400).contains(read.count), (6...400).contains(wanted.count),
            abs(read.count - wanted.count) <= max(1, wanted.count / 12),
            let alignment = LetterAlignment(wanted, in: read, stretch: read.indices)
        else { return false }
        let loose = read.count - alignment.range.count
        return alignment.cost + loose * 2 <= max(2, wanted.count / 5)
            && alignment.digits.allSatisfy { $0.wanted.map(LetterAlignment.isDigit) != true }
    }

    private static func plain(_ text: String) -> [UInt32] {
        let letters = text.unicodeScalars.flatMap(FoldedLetters.plain)
        return letters.isEmpty ? text.unicodeScalars.map(\.value) : letters
    }
}
