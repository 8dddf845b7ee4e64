import Records

/// A number printed in a row: an amount of money, a quantity with its unit, or a percentage.
struct Amount: Sendable {
    /// What stands behind the number.
    enum Kind: Sendable {
        case plain
        case percent
        /// A unit of measure, in lower case.
        case measure(String)
    }

    /// The number.
    var value: DecimalNumber
    /// The other meaning of `1.234`, where the page does not decide.
    var otherValue: DecimalNumber?
    /// The separator that made it ambiguous, until the page has decided.
    var undecidedSeparator: UInt32?
    /// The mark before its decimals, where it has two and is certain.
    var decimalMark: UInt32?
    /// What stands behind the number.
    var kind: Kind
    /// The currency that stands with it.
    var currency: CurrencySign?
    /// The words that it covers, sign and currency too.
    var words: Range<Int>
    /// The words of its digits only.
    var digits: Range<Int>
    /// Count of signs that were read as letters and taken as digits, or joined over a space.
    var slips: Int
    /// Whether more than the number stands in its words (an opening bracket aside).
    var hasTaxLetter: Bool

    /// Count of decimal places.
    var places: Int { value.scale }
    /// Whether it looks like money: decimals of a currency, or a currency beside it.
    var isMoneyLike: Bool {
        guard case .plain = kind else { return false }
        return places == 2 || currency != nil
    }
    /// Whether a unit or a percent sign makes it something else than money.
    var isPlain: Bool {
        guard case .plain = kind else { return false }
        return true
    }
    /// What remains of confidence after the slips in it.
    var clarity: Double {
        var clarity = 1.0
        for _ in 0..<min(slips, 6) { clarity *= 0.85 }
        return otherValue == nil ? clarity : clarity * 0.6
    }
}
