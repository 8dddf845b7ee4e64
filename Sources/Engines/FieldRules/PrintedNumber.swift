import Records

/// The digits and separators of one number, as printed, and what they can mean.
enum PrintedNumber: Hashable, Sendable {
    /// One meaning.
    case exact(DecimalNumber)
    /// `1.234`: a thousand and more, or one and three decimals; the separator's scalar decides.
    case ambiguous(thousands: DecimalNumber, decimals: DecimalNumber, separator: UInt32)

    /// Reads digits, `.`, `,` and apostrophes; nil when they do not form a number.
    ///
    /// The signs are digits 0 to 9, `.`, `,`, `'` (also for U+2019) and a space between groups.
    static func read(_ signs: [UInt32]) -> PrintedNumber? {
        guard signs.count <= 24, let lastSign = signs.last, isDigit(lastSign) else { return nil }
        let point: UInt32 = 0x2E
        let comma: UInt32 = 0x2C
        var marks: [(mark: UInt32, position: Int)] = []
        for (position, sign) in signs.enumerated() where !isDigit(sign) {
            marks.append((sign, position))
        }
        guard let last = marks.last else { return number(signs, places: 0).map { .exact($0) } }
        let tail = signs.count - last.position - 1
        let head = Array(signs[..<last.position])
        let digits = signs.filter(isDigit)
        let isGrouped = hasThousands(signs)
        if last.mark == point || last.mark == comma {
            let others = marks.dropLast()
            let sameBefore = others.contains { $0.mark == last.mark }
            if others.isEmpty {
                if tail == 3, last.position <= 3, last.position > 0, signs[0] != 0x30 {
                    guard let thousands = number(digits, places: 0),
                        let decimals = number(digits, places: 3)
                    else { return nil }
                    return .ambiguous(
                        thousands: thousands,
                        decimals: decimals,
                        separator: last.mark
                    )
                }
                return tail <= 6 ? number(digits, places: tail).map { .exact($0) } : nil
            }
            if sameBefore {
                // 1.234.567 has groups only; 1.234.56 can only be two decimals (a misread comma).
                if isGrouped { return number(digits, places: 0).map { .exact($0) } }
                guard tail == 2, hasThousands(head), others.count <= 2 else { return nil }
                return number(digits, places: 2).map { .exact($0) }
            }
            guard hasThousands(head), tail <= 6 else { return nil }
            return number(digits, places: tail).map { .exact($0) }
        }
        // Apostrophes and spaces only ever group.
        return isGrouped ? number(digits, places: 0).map { .exact($0) } : nil
    }

    /// Whether every separator is followed by a group of three digits, and at most three lead.
    private static func hasThousands(_ signs: [UInt32]) -> Bool {
        var group = 0
        var isFirst = true
        var mark: UInt32?
        for sign in signs {
            if isDigit(sign) {
                group += 1
            } else {
                if isFirst ? !(1...3).contains(group) : group != 3 { return false }
                if let mark, mark != sign { return false }
                mark = sign
                group = 0
                isFirst = false
            }
        }
        return isFirst || group == 3
    }

    private static func isDigit(_ sign: UInt32) -> Bool { (0x30...0x39).contains(sign) }

    private static func number(_ digits: [UInt32], places: Int) -> DecimalNumber? {
        guard !digits.isEmpty, digits.count <= 18, places <= 9 else { return nil }
        var units: Int64 = 0
        for digit in digits { units = units * 10 + Int64(digit - 0x30) }
        return DecimalNumber(units: units, scale: places)
    }
}
