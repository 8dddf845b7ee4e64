import Grammar

/// Numbers that are the same in every run (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

/// Schemas of every kind, with keys and labels that are awkward to write.
struct RandomSchema {
    private static let keys = [
        "merchant", "date", "total", "a", "ab", "price per item", "合計", "straße", "x\"y",
        "back\\slash", "", "e\u{301}",
        "null", "tab\there", "😀", "'s", "  two", "items",
    ]
    private static let labels = [
        "A", "AB", "ABC", "EUR", "USD", "positive", "negative", "neutral", "né", "né!", "", " ",
        "null",
        "a\"b", "a\\", "合", "合計", "😀", "😁", "line\nbreak", "very long label of several words",
    ]

    var numbers: SeededNumbers

    init(_ seed: UInt64) {
        numbers = SeededNumbers(seed)
    }

    mutating func schema() -> AnswerSchema {
        Int.random(in: 0..<4, using: &numbers) == 0 ? part(2) : object(3)
    }

    private mutating func object(_ depth: Int) -> AnswerSchema {
        let count = Int.random(in: 0...5, using: &numbers)
        let names = Self.keys.shuffled(using: &numbers).prefix(count)
        return .object(names.map { AnswerSchema.Property($0, part(depth - 1)) })
    }

    private mutating func part(_ depth: Int) -> AnswerSchema {
        switch Int.random(in: 0..<(depth > 0 ? 10 : 6), using: &numbers) {
        case 0, 1: return .text(atMost: Int.random(in: 0...12, using: &numbers))
        case 2:
            return .number(
                digits: Int.random(in: 1...5, using: &numbers),
                decimals: Int.random(in: 0...3, using: &numbers)
            )
        case 3: return .date
        case 4:
            let count = Int.random(in: 1...6, using: &numbers)
            return .choice(Array(Self.labels.shuffled(using: &numbers).prefix(count)))
        case 5, 6: return .nullable(part(depth - 1))
        case 7, 8: return .list(of: part(depth - 1), atMost: Int.random(in: 0...4, using: &numbers))
        default: return object(depth)
        }
    }
}
