/// One word taken apart as a number: currency, sign, digits, and what stands behind them.
struct WordNumber: Sendable {
    /// What stands directly behind the digits.
    enum Suffix: Sendable {
        case none, negative, percent, taxLetter, other
        case measure(String)
        case currency(CurrencySign)
    }

    /// The currency before the digits.
    private(set) var currency: CurrencySign?
    /// Whether a minus stands before the digits.
    private(set) var isNegative = false
    /// Digits and separators; letters that were read for digits are replaced.
    var digits: [UInt32] = []
    /// What stands behind the digits.
    private(set) var suffix = Suffix.none
    /// Count of letters that were taken as digits.
    private(set) var slips = 0
    /// Whether a separator with nothing behind it ends the digits, as in `53.`.
    private(set) var endsInSeparator = false
    /// Whether a separator begins the digits, as in `.30`.
    private(set) var beginsWithSeparator = false
    /// Whether nothing but digits and separators is in the word.
    private var isBare = true

    private static let point: UInt32 = 0x2E
    private static let comma: UInt32 = 0x2C
    private static let apostrophe: UInt32 = 0x27

    /// Takes a word apart; nil when it holds no digit where a number would have them.
    init?(_ scalars: [Unicode.Scalar]) {
        guard scalars.contains(where: Self.isDigit) else {
            guard scalars.count == 1, scalars[0] == "." || scalars[0] == "," else { return nil }
            digits = [scalars[0].value]
            beginsWithSeparator = true
            endsInSeparator = true
            return
        }
        var start = 0
        while start < scalars.count, Self.isOpening(scalars[start]) { start += 1 }
        if start > 0 { isBare = false }
        takeMinus(scalars, &start)
        takeCurrency(scalars, &start)
        takeMinus(scalars, &start)
        while start < scalars.count, Self.isOpening(scalars[start]) { start += 1 }
        var end = takeDigits(scalars, &start)
        guard digits.contains(where: { (0x30...0x39).contains($0) }) else { return nil }
        takeWholeAmountDash(scalars, &end)
        while let last = digits.last, !(0x30...0x39).contains(last) {
            digits.removeLast()
            endsInSeparator = true
        }
        takeSuffix(scalars[end...])
    }

    /// Whether a further piece may follow in the next word.
    var isOpenAtEnd: Bool {
        guard case .none = suffix else { return false }
        return true
    }
    /// Whether it may continue the word before.
    var isOpenAtStart: Bool { currency == nil && !isNegative && isBare }
    /// Whether it is only the beginning of a number.
    var needsMore: Bool { digits.count == 1 && !(0x30...0x39).contains(digits[0]) }

    /// This word and the next as one number, and whether the space between them groups thousands.
    func joined(with next: WordNumber) -> (number: WordNumber, isGrouping: Bool)? {
        func isDigits(_ signs: some Sequence<UInt32>) -> Bool {
            signs.allSatisfy { (0x30...0x39).contains($0) }
        }
        var number = self
        number.suffix = next.suffix
        number.slips += next.slips
        number.endsInSeparator = next.endsInSeparator
        let nextCount = next.digits.count
        // 1 234,56: the first piece leads with up to three digits, and decimals or more groups follow.
        let tail = next.digits.drop { (0x30...0x39).contains($0) }
        let lead = nextCount - tail.count
        if isDigits(digits.filter { $0 != 0x20 }), !endsInSeparator, !next.beginsWithSeparator,
            lead == 3,
            digits.prefix(while: { $0 != 0x20 }).count <= 3, digits.first != 0x30,
            tail.isEmpty ? currency != nil : tail.count == 3
        {
            number.digits += [0x20] + next.digits
            return (number, true)
        }
        // 53. 30 and 53 .30: one separator between the pieces, two digits behind it.
        if endsInSeparator, isDigits(digits), isDigits(next.digits), nextCount == 2,
            !next.beginsWithSeparator, !next.endsInSeparator
        {
            number.digits += [Self.point] + next.digits
            return (number, false)
        }
        if next.beginsWithSeparator, isDigits(digits), !endsInSeparator, nextCount == 3,
            isDigits(next.digits.dropFirst())
        {
            number.digits += next.digits
            return (number, false)
        }
        return nil
    }

    // MARK: The parts of a word

    private mutating func takeMinus(_ scalars: [Unicode.Scalar], _ start: inout Int) {
        guard start + 1 < scalars.count, Self.isMinus(scalars[start...start]) else { return }
        isNegative = true
        isBare = false
        start += 1
    }

    private mutating func takeCurrency(_ scalars: [Unicode.Scalar], _ start: inout Int) {
        let limit = min(scalars.count - 1, start + CurrencySign.longest)
        guard start < limit else { return }
        for end in stride(from: limit, to: start, by: -1) {
            guard let sign = CurrencySign.exactly(scalars[start..<end]) else { continue }
            currency = sign
            isBare = false
            start = end
            while start < scalars.count, scalars[start] == ":" { start += 1 }
            return
        }
    }

    /// The digits and separators from `start`; returns the place behind them.
    private mutating func takeDigits(_ scalars: [Unicode.Scalar], _ start: inout Int) -> Int {
        let rest = scalars[start...]
        let genuine = rest.count(where: Self.isDigit)
        let hasSeparator = rest.contains { $0 == "." || $0 == "," }
        // A letter stands for a digit only inside what is otherwise a number with a separator.
        let mayRepair = genuine >= 2 && hasSeparator
        var end = start
        while end < scalars.count {
            let scalar = scalars[end]
            if Self.isDigit(scalar) {
                digits.append(scalar.value)
            } else if scalar == "." || scalar == "," || scalar == "٫" {
                if digits.isEmpty { beginsWithSeparator = true }
                if digits.last == Self.point || digits.last == Self.comma { break }
                digits.append(scalar == "٫" ? Self.comma : scalar.value)
            } else if scalar == "'" || scalar == "\u{2019}" {
                guard end + 1 < scalars.count, Self.isDigit(scalars[end + 1]), !digits.isEmpty
                else { break }
                digits.append(Self.apostrophe)
            } else if scalar == "\u{A0}" || scalar == "\u{202F}" || scalar == "\u{2009}" {
                digits.append(0x20)
            } else if mayRepair,
                let digit = Self.slip(scalar, isFirst: digits.isEmpty && currency == nil),
                isSurroundedByDigits(scalars, end, in: start)
            {
                digits.append(digit)
                slips += 1
            } else {
                break
            }
            end += 1
        }
        return end
    }

    /// Whether what follows a doubtful letter is still the number.
    private func isSurroundedByDigits(_ scalars: [Unicode.Scalar], _ index: Int, in start: Int)
        -> Bool
    {
        let next = index + 1
        if next < scalars.count {
            let scalar = scalars[next]
            return Self.isDigit(scalar) || scalar == "." || scalar == ","
                || (Self.slip(scalar, isFirst: false) != nil && next + 1 == scalars.count)
        }
        // The last sign: only where it completes two decimals, else it is a tax letter behind them.
        guard let separator = digits.lastIndex(where: { $0 == Self.point || $0 == Self.comma })
        else { return false }
        return digits.count - separator == 2
    }

    /// `12.-`, `12,--` and `12.—` are whole amounts.
    private mutating func takeWholeAmountDash(_ scalars: [Unicode.Scalar], _ end: inout Int) {
        guard let last = digits.last, last == Self.point || last == Self.comma, end < scalars.count,
            scalars[end...].allSatisfy({ Self.isMinus([$0]) || $0 == "=" }),
            scalars.count - end <= 3
        else { return }
        digits += [0x30, 0x30]
        end = scalars.count
    }

    private mutating func takeSuffix(_ rest: ArraySlice<Unicode.Scalar>) {
        var rest = rest
        while let last = rest.last, Self.isClosing(last), !(rest.count == 1 && last == "%") {
            rest.removeLast()
        }
        guard let first = rest.first else { return }
        isBare = false
        if Self.isMinus(rest) {
            suffix = .negative
        } else if first == "%" {
            suffix = .percent
        } else if let sign = CurrencySign.exactly(rest)
            ?? CurrencySign.exactly(rest.prefix { !Self.isMinus([$0]) })
        {
            // 220,00€- : a dash that fills the line.
            suffix = .currency(sign)
        } else if rest.count == 1, first.properties.isUppercase, first != "L", hasTwoDecimals {
            suffix = .taxLetter
        } else if let unit = Self.measure(rest) {
            suffix = .measure(unit)
        } else if rest.count <= 3,
            rest.allSatisfy({ $0.properties.isUppercase || "*#".unicodeScalars.contains($0) })
        {
            suffix = .taxLetter
        } else {
            suffix = .other
        }
    }

    /// Whether two digits follow the last separator.
    private var hasTwoDecimals: Bool {
        guard digits.count > 2 else { return false }
        let mark = digits[digits.count - 3]
        return mark == Self.point || mark == Self.comma
    }

    // MARK: Signs

    /// Whether a text is a minus or a dash.
    static func isMinus(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
        scalars.count == 1 && scalars.allSatisfy { "-−–—".unicodeScalars.contains($0) }
    }

    /// The currency that a word is, signs around it aside.
    static func currency(trimming scalars: ArraySlice<Unicode.Scalar>) -> CurrencySign? {
        if let sign = CurrencySign.exactly(scalars) { return sign }
        var inner = scalars
        while let last = inner.last, ":.)]*-".unicodeScalars.contains(last) { inner.removeLast() }
        while let first = inner.first, "([*".unicodeScalars.contains(first) { inner.removeFirst() }
        return inner.count < scalars.count ? CurrencySign.exactly(inner) : nil
    }

    /// The unit of measure that a text is, in lower case.
    static func measure(_ scalars: ArraySlice<Unicode.Scalar>) -> String? {
        guard scalars.count <= 5 else { return nil }
        var text = String(String.UnicodeScalarView(scalars)).lowercased()
        while let last = text.last, last == "." || last == "*" { text.removeLast() }
        return measures.contains(text) ? text : nil
    }

    private static let measures: Set<String> = [
        "kg", "g", "gr", "gm", "mg", "ml", "cl", "dl", "l", "lt", "ltr", "m", "cm", "mm", "km",
        "oz", "lb", "lbs",
        "pc", "pcs", "stk", "st", "stck", "x", "kwh", "kcal", "kj", "uhr", "pm", "am", "min", "nos",
        "unit",
        "units", "m2", "m3", "km/h", "gb", "tb", "w", "v", "°c", "ea", "pcs.", "个", "件", "克", "千克",
        "升", "毫升",
    ]

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        (0x30...0x39).contains(scalar.value)
    }

    private static func isOpening(_ scalar: Unicode.Scalar) -> Bool {
        "([{:;=~\"`“”„‘|_#*<>+»«—".unicodeScalars.contains(scalar)
    }

    private static func isClosing(_ scalar: Unicode.Scalar) -> Bool {
        ")]};:\"”“'’‘|_*.,`".unicodeScalars.contains(scalar)
    }

    /// The digit that a letter is often read for.
    private static func slip(_ scalar: Unicode.Scalar, isFirst: Bool) -> UInt32? {
        switch scalar {
        case "O", "o", "Q": 0x30
        case "l", "I", "|", "!", "]": 0x31
        case "D" where !isFirst: 0x30
        case "S" where !isFirst, "s" where !isFirst: 0x35
        case "B" where !isFirst: 0x38
        case "Z" where !isFirst: 0x32
        case "A" where !isFirst: 0x34
        case "$" where !isFirst, "§" where !isFirst: 0x35
        case "G" where !isFirst, "b" where !isFirst: 0x36
        case "?" where !isFirst: 0x37
        case "&" where !isFirst: 0x38
        case "g" where !isFirst, "q" where !isFirst: 0x39
        default: nil
        }
    }
}
