/// A kind of code that proves itself by its last digits.
public enum CheckedCode: String, Hashable, Codable, Sendable, CaseIterable {
    /// EAN-8, EAN-13, UPC-A and GTIN-14, as bar codes of products hold them.
    case articleNumber = "EAN"
    /// A book's number, of ten or thirteen digits.
    case bookNumber = "ISBN"
    /// An international bank account number.
    case iban = "IBAN"
    /// A number for value added tax with its country's letters.
    case vatNumber = "VAT number"
    /// The number of a shipping unit (SSCC), of eighteen digits.
    case shippingUnit = "SSCC"

    /// What the digits of a code say.
    public enum Verdict: Hashable, Sendable {
        /// They are right.
        case right
        /// They are wrong.
        case wrong
        /// The code has not the form of this kind, or of any.
        case notOfKind
        /// It has the form, but how its digits are made is not known here.
        case unknown
    }

    /// Holds a code against the rules of this kind.
    ///
    /// - Parameter code: The code; spaces, signs and case do not matter.
    /// - Returns: What its digits say.
    public func verdict(on code: String) -> Verdict {
        let signs = Self.signs(code)
        let isDigits = signs.allSatisfy(\.isNumber)
        switch self {
        case .articleNumber:
            guard isDigits, [8, 12, 13, 14].contains(signs.count) else { return .notOfKind }
            return CheckDigits.isProductCode(signs) ? .right : .wrong
        case .bookNumber:
            if signs.count == 10, signs.dropLast().allSatisfy(\.isNumber) {
                return CheckDigits.isBookNumber(signs) ? .right : .wrong
            }
            guard isDigits, signs.count == 13, signs.hasPrefix("978") || signs.hasPrefix("979")
            else { return .notOfKind }
            return CheckDigits.isProductCode(signs) ? .right : .wrong
        case .iban:
            let country = signs.prefix(2)
            guard (15...34).contains(signs.count), country.allSatisfy(\.isLetter),
                signs.dropFirst(2).prefix(2).allSatisfy(\.isNumber)
            else { return .notOfKind }
            return CheckDigits.isIBAN(signs) ? .right : .wrong
        case .vatNumber:
            let bare = Self.withoutSwissSuffix(signs)
            guard let number = VATNumber(bare), number.slips == 0 else {
                return VATNumber.hasForm(bare) ? .wrong : .notOfKind
            }
            return number.isProven ? .right : .unknown
        case .shippingUnit:
            guard isDigits, signs.count == 18 else { return .notOfKind }
            return CheckDigits.isSerial(signs.compactMap(\.wholeNumberValue)) ? .right : .wrong
        }
    }

    /// The kind whose form a code has, and what its digits say; nil where no kind has it.
    ///
    /// - Parameter code: The code; spaces, signs and case do not matter.
    /// - Returns: Of several kinds the one whose digits are right.
    public static func verdict(on code: String) -> (kind: CheckedCode, verdict: Verdict)? {
        let verdicts = allCases.map { ($0, $0.verdict(on: code)) }
        return verdicts.first { $0.1 == .right } ?? verdicts.first { $0.1 == .unknown }
            ?? verdicts.first { $0.1 == .wrong }
    }

    /// A Swiss number without the tax's name behind it, as it is printed there: `CHE-116.281.710 MWST`.
    private static func withoutSwissSuffix(_ signs: String) -> String {
        guard signs.hasPrefix("CHE") else { return signs }
        let suffix = ["MWST", "TVA", "IVA"].first { signs.hasSuffix($0) }
        return String(signs.dropLast(suffix?.count ?? 0))
    }

    /// A code's letters and digits, in capitals.
    private static func signs(_ code: String) -> String {
        code.prefix(64).filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.uppercased()
    }
}
