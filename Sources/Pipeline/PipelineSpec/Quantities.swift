/// Sizes, counts and durations as people write them in a pipeline.
enum Quantity {
    /// Bytes: `64MB` (powers of 1000), `64MiB` (powers of 1024), or a plain count.
    static func bytes(_ text: String) -> Int? {
        scaled(
            text,
            units: [
                "": 1, "b": 1, "kb": 1000, "mb": 1_000_000, "gb": 1_000_000_000,
                "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30,
            ]
        )
    }

    /// A count: `120M`, `500k`, or a plain one.
    static func count(_ text: String) -> Int? {
        scaled(text, units: ["": 1, "k": 1000, "m": 1_000_000, "g": 1_000_000_000])
    }

    /// Milliseconds: `500ms`, `2s`, `1.5m`, `1h`, or a plain count of seconds.
    static func milliseconds(_ text: String) -> Int? {
        scaled(
            text,
            units: ["": 1000, "ms": 1, "s": 1000, "m": 60_000, "min": 60_000, "h": 3_600_000]
        )
    }

    /// A plain whole number.
    static func whole(_ text: String) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            ? Int(text) : nil
    }

    /// A number from 0 to 1 with a decimal point.
    static func fraction(_ text: String) -> Double? {
        text.utf8.allSatisfy { "0123456789.".utf8.contains($0) } ? Double(text) : nil
    }

    /// Digits, at most one point, then a unit; nil when the result is not whole or out of range.
    private static func scaled(_ text: String, units: [String: Int]) -> Int? {
        let number = text.prefix { ("0"..."9").contains($0) || $0 == "." }
        let unit = text.dropFirst(number.count).drop { $0 == " " }.lowercased()
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard let factor = units[unit], parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }),
            number.count <= 18, let digits = Int(parts.joined())
        else { return nil }
        var divisor = 1
        for _ in 0..<(parts.count == 2 ? parts[1].count : 0) { divisor *= 10 }
        let (product, overflow) = digits.multipliedReportingOverflow(by: factor)
        guard !overflow, product % divisor == 0 else { return nil }
        return product / divisor
    }
}
