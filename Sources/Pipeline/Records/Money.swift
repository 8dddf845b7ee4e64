/// An amount of money: an exact decimal and, where it is known, its currency.
public struct Money: Hashable, Codable, Sendable {
    /// The amount.
    public var amount: DecimalNumber
    /// The ISO 4217 code, or nil where the page does not say.
    public var currency: String?

    /// Creates an amount.
    public init(amount: DecimalNumber, currency: String? = nil) {
        self.amount = amount
        self.currency = currency
    }

    /// The amount in the currency's smallest unit (cents), by ISO 4217's count of decimal places (2 when unknown).
    ///
    /// Nil when the amount has a fraction of that unit.
    public var minorUnits: Int64? {
        amount.rescaled(to: Money.decimalPlaces(of: currency))?.units
    }

    /// The count of decimal places of a currency by ISO 4217.
    public static func decimalPlaces(of currency: String?) -> Int {
        switch currency {
        case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND",
            "VUV", "XAF", "XOF", "XPF":
            0
        case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
        default: 2
        }
    }
}
