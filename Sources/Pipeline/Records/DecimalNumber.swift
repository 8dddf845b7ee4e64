/// A decimal number held exactly: `units` divided by ten to the power of `scale`.
///
/// Never binary floating point: `0.1 + 0.2` is `0.3`, and `27.80` keeps its printed places.
public struct DecimalNumber: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    /// The number without its decimal point.
    public var units: Int64
    /// How many of its digits follow the decimal point, 0 to 9.
    public var scale: Int

    /// Creates `units` / 10^`scale`.
    public init(units: Int64, scale: Int) {
        self.units = units
        self.scale = scale
    }

    /// The number with `.` as decimal point and no grouping, such as `-1234.50`.
    public var description: String {
        guard scale > 0 else { return String(units) }
        var digits = String(units.magnitude)
        if digits.count <= scale {
            digits = String(repeating: "0", count: scale + 1 - digits.count) + digits
        }
        return (units < 0 ? "-" : "") + digits.dropLast(scale) + "." + digits.suffix(scale)
    }

    /// The same number with another count of decimal places, or nil when digits would be lost.
    public func rescaled(to newScale: Int) -> DecimalNumber? {
        var units = units
        var scale = scale
        while scale < newScale {
            let (product, overflow) = units.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            units = product
            scale += 1
        }
        while scale > newScale {
            guard units % 10 == 0 else { return nil }
            units /= 10
            scale -= 1
        }
        return DecimalNumber(units: units, scale: scale)
    }

    /// Equal by value: `1.5` and `1.50` are the same number.
    public static func == (left: DecimalNumber, right: DecimalNumber) -> Bool {
        left.lowestTerms == right.lowestTerms
    }

    /// Hashes the value, so that `1.5` and `1.50` hash alike.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(lowestTerms.0)
        hasher.combine(lowestTerms.1)
    }

    /// Ordered by value.
    public static func < (left: DecimalNumber, right: DecimalNumber) -> Bool {
        let scale = max(left.scale, right.scale)
        if let a = left.rescaled(to: scale), let b = right.rescaled(to: scale) {
            return a.units < b.units
        }
        // Out of Int64 at a common scale: the magnitudes differ so much that rounding cannot matter.
        return left.approximate < right.approximate
    }

    /// The sum, or nil beyond the range of Int64.
    public func adding(_ other: DecimalNumber) -> DecimalNumber? {
        let scale = max(scale, other.scale)
        guard let a = rescaled(to: scale), let b = other.rescaled(to: scale) else { return nil }
        let (sum, overflow) = a.units.addingReportingOverflow(b.units)
        return overflow ? nil : DecimalNumber(units: sum, scale: scale)
    }

    /// The product, or nil beyond the range of Int64.
    public func multiplied(by other: DecimalNumber) -> DecimalNumber? {
        let (product, overflow) = units.multipliedReportingOverflow(by: other.units)
        guard !overflow, scale + other.scale <= 18 else { return nil }
        return DecimalNumber(units: product, scale: scale + other.scale)
    }

    /// The number with its sign turned.
    public var negated: DecimalNumber { DecimalNumber(units: 0 &- units, scale: scale) }

    /// A nearby binary number: for ordering and progress bars, never for money.
    public var approximate: Double {
        var divisor = 1.0
        for _ in 0..<scale { divisor *= 10 }
        return Double(units) / divisor
    }

    private var lowestTerms: (Int64, Int) {
        var units = units
        var scale = scale
        while scale > 0, units % 10 == 0 {
            units /= 10
            scale -= 1
        }
        return (units, scale)
    }
}
