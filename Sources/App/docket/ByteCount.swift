/// A number of bytes, as a person reads it: `4.26 GB`.
struct ByteCount: CustomStringConvertible {
    let bytes: Int

    init(_ bytes: Int) { self.bytes = bytes }

    var description: String {
        let units = ["bytes", "kB", "MB", "GB", "TB"]
        var value = Double(max(0, bytes))
        var unit = 0
        // 999.95 kB would be shown as 1000.0 kB.
        while value >= 999.95, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        if unit == 0 { return "\(bytes) bytes" }
        let digits = value < 9.995 ? 100.0 : 10.0
        let scaled = Int((value * digits).rounded())
        let whole = scaled / Int(digits)
        let rest = String(scaled % Int(digits))
        let zeros = String(repeating: "0", count: (digits == 100 ? 2 : 1) - rest.count)
        return "\(whole).\(zeros)\(rest) \(units[unit])"
    }
}
