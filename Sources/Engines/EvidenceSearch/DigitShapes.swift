/// Which digits are taken for each other where print is poor.
enum DigitShapes {
    /// Below this certainty of its word, a digit may have been taken for one of like shape.
    static let unsure = 0.5

    /// Whether one digit of a word may have been read as the other.
    static func areAlike(_ a: UInt32, _ b: UInt32) -> Bool {
        guard a != b, let first = alike[a] else { return a == b }
        return first.contains(b)
    }

    private static let alike: [UInt32: Set<UInt32>] = {
        var table: [UInt32: Set<UInt32>] = [:]
        for pair in [
            "06", "08", "09", "17", "14", "27", "38", "35", "39", "49", "56", "58", "68", "89",
            "79",
        ] {
            let digits = pair.unicodeScalars.map(\.value)
            table[digits[0], default: []].insert(digits[1])
            table[digits[1], default: []].insert(digits[0])
        }
        return table
    }()
}
