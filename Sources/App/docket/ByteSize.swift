import ArgumentParser

/// A number of bytes as a person writes it: `10GB`, `500MiB`, or a plain count.
struct ByteSize: ExpressibleByArgument {
    let bytes: Int

    init?(argument: String) {
        let units = [
            "": 1, "b": 1, "kb": 1000, "mb": 1_000_000, "gb": 1_000_000_000,
            "tb": 1_000_000_000_000, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
        ]
        guard let bytes = Self.scaled(argument, units) else { return nil }
        self.bytes = bytes
    }

    /// Digits, at most one point, then a unit; nil where that is none, and beyond 2^62.
    static func scaled(_ text: String, _ units: [String: Int]) -> Int? {
        let number = text.prefix { ("0"..."9").contains($0) || $0 == "." }
        let unit = text.dropFirst(number.count).lowercased()
        guard let factor = units[unit], let first = number.first, first != ".",
            number.last != ".", let value = Double(number), value * Double(factor) < 4.6e18
        else { return nil }
        return Int((value * Double(factor)).rounded())
    }
}

/// A stretch of time as a person writes it: `30d`, `12h`, `2w`.
struct Age: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        let units = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        guard let seconds = ByteSize.scaled(argument, units), seconds <= 100 * 366 * 86_400 else {
            return nil
        }
        duration = .seconds(seconds)
    }
}
