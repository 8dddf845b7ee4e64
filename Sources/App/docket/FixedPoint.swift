/// A number with so many digits after the point, as a person reads it: `12.5`.
struct FixedPoint: CustomStringConvertible {
    private let number: Double
    private let digits: Int

    init(_ number: Double, digits: Int) {
        self.number = number
        self.digits = digits
    }

    /// With three digits that count: `1.72`, `12.5`, `850`.
    init(_ number: Double) {
        self.init(number, digits: abs(number) < 9.995 ? 2 : abs(number) < 99.95 ? 1 : 0)
    }

    var description: String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = (number.magnitude * scale).rounded()
        guard scaled.isFinite, scaled < 1e15 else { return "\(number)" }
        let sign = number < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(Int(scaled))" }
        let (whole, rest) = Int(scaled).quotientAndRemainder(dividingBy: Int(scale))
        let text = String(rest)
        return "\(sign)\(whole)." + String(repeating: "0", count: digits - text.count) + text
    }
}
