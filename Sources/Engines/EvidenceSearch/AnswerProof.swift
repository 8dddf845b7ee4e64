import Records

/// What within an answer shows that a value was read right, besides the print itself.
enum AnswerProof {
    /// Other amounts add up to it, or it adds up with others.
    case sums
    /// A code's own last digits.
    case checkDigits

    /// The proof of a value.
    ///
    /// - Parameters:
    ///   - content: The value.
    ///   - isInSum: Whether sums of the answer agree with it.
    /// - Returns: What proves it; nil where nothing does.
    static func of(_ content: FieldContent, isInSum: Bool) -> AnswerProof? {
        if isInSum { return .sums }
        guard case .identifier(let code) = content, let known = CheckedCode.verdict(on: code),
            known.verdict == .right
        else { return nil }
        switch known.kind {
        case .iban, .vatNumber: return .checkDigits
        // One in ten numbers of any kind ends so: only a long one says anything.
        case .articleNumber, .shippingUnit: return code.count >= 12 ? .checkDigits : nil
        case .bookNumber: return nil
        }
    }

    /// In words, for a person.
    var words: String {
        switch self {
        case .sums: "sums agree with it"
        case .checkDigits: "its check digits are right"
        }
    }
}
