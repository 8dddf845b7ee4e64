import Records

/// Reads days whose digits or separators recognition damaged: `14-06-2618`, `33/06/2018`, `23/06/ l8`, `28-0CT-2018`.
///
/// Used only where a day is expected (beside its key word or a time) and none was read as printed. Every
/// repair counts as a slip, which lowers the confidence; the printed signs are kept.
struct DamagedDate {
    private let row: PageRow
    private let signs: [Sign]

    private struct Sign {
        let scalar: Unicode.Scalar
        let word: Int
        /// The digit that it is or is read for.
        let digit: Int?
        let isDigit: Bool
    }

    /// A run of digits with the repairs that it took.
    private struct Run {
        var digits: [Int] = []
        var slips = 0
        var end = 0

        var value: Int { digits.reduce(0) { $0 * 10 + $1 } }
    }

    /// Longest word that can hold a day, and most signs of a row that are looked at.
    private static let longestWord = 24
    private static let mostSigns = 400

    /// Prepares to read a row from a word on.
    init(_ row: PageRow, from first: Int) {
        self.row = row
        var signs: [Sign] = []
        for index in first..<max(first, row.words.count) where signs.count < Self.mostSigns {
            let word = row.words[index]
            if index > first {
                signs.append(Sign(scalar: " ", word: index, digit: nil, isDigit: false))
            }
            guard word.scalars.count <= Self.longestWord else { continue }
            for scalar in word.scalars {
                let value = Int(scalar.value) - 0x30
                let isDigit = (0...9).contains(value)
                signs.append(
                    Sign(
                        scalar: scalar,
                        word: index,
                        digit: isDigit ? value : Self.digit(for: scalar),
                        isDigit: isDigit
                    )
                )
            }
        }
        self.signs = signs
    }

    /// The first day that can be made out.
    func date() -> PrintedDate? {
        for index in signs.indices where startsNumber(index) {
            if let date = numbers(at: index) ?? named(at: index) { return date }
        }
        for index in signs.indices where startsNumber(index) {
            if let date = withoutSeparators(at: index) { return date }
        }
        return nil
    }

    /// Whether a number may begin here: no digit and no letter stands directly before.
    private func startsNumber(_ index: Int) -> Bool {
        guard signs[index].digit != nil else { return false }
        guard index > 0 else { return true }
        let before = signs[index - 1]
        if before.isDigit { return false }
        return before.digit == nil && !before.scalar.properties.isAlphabetic
    }

    // MARK: The forms

    /// Day, month and year with two separators, damaged ones too.
    private func numbers(at start: Int) -> PrintedDate? {
        guard let first = run(at: start, most: 2), let second = separated(first.end, most: 2),
            let year = separated(second.end, most: 4)
        else { return nil }
        let genuine = signs[start..<year.end].count(where: \.isDigit)
        let marks = signs[start..<year.end].count { "-/.".unicodeScalars.contains($0.scalar) }
        guard genuine >= 4, marks >= 1, isEnd(year.end), let repaired = Self.year(year.digits)
        else { return nil }
        return made(
            first,
            second,
            year: repaired.value,
            slips: repaired.slips + year.slips,
            isShort: year.digits.count == 2,
            start..<year.end
        )
    }

    /// `2370672018`: the strokes of 23/06/2018 read as digits.
    private func withoutSeparators(at start: Int) -> PrintedDate? {
        guard let first = exactly(2, at: start), let stroke = stroke(at: first.end),
            let second = exactly(2, at: stroke), let other = self.stroke(at: second.end),
            let year = exactly(4, at: other), isEnd(year.end),
            let repaired = Self.year(year.digits)
        else { return nil }
        return made(
            first,
            second,
            year: repaired.value,
            slips: repaired.slips + year.slips + 2,
            isShort: false,
            start..<year.end
        )
    }

    /// `28-0CT-2018`: the month's name with a letter read as a digit or as another letter.
    private func named(at start: Int) -> PrintedDate? {
        guard let day = run(at: start, most: 2), (1...31).contains(day.value) else { return nil }
        var place = skippingSeparator(day.end)
        guard place > day.end else { return nil }
        var name = String.UnicodeScalarView()
        let nameStart = place
        while place < signs.count, signs[place].scalar != " ",
            !Self.isSeparator(signs[place].scalar)
        {
            name.append(signs[place].scalar)
            place += 1
        }
        guard signs[nameStart..<place].contains(where: { $0.scalar.properties.isAlphabetic }),
            let month = MonthNames.damaged(String(name))
        else { return nil }
        let next = skippingSeparator(place)
        guard next > place, let year = run(at: next, most: 4), isEnd(year.end),
            let repaired = Self.year(year.digits),
            let date = CalendarDate(year: repaired.value, month: month, day: day.value)
        else { return nil }
        return printed(
            [.init(date: date, assumedOrder: nil)],
            nil,
            .named,
            slips: day.slips + 1 + repaired.slips + year.slips,
            isShort: year.digits.count == 2,
            start..<year.end
        )
    }

    private func made(
        _ first: Run,
        _ second: Run,
        year: Int,
        slips: Int,
        isShort: Bool,
        _ range: Range<Int>
    ) -> PrintedDate? {
        let slips = slips + first.slips + second.slips
        let style = PrintedDate.Style.numbers(separator: 0x2F)
        func date(_ day: Int, _ month: Int) -> CalendarDate? {
            CalendarDate(year: year, month: month, day: day)
        }
        let (a, b) = (first.value, second.value)
        switch (date(a, b), date(b, a)) {
        case (let dayFirst?, let monthFirst?) where dayFirst != monthFirst:
            let readings = [
                PrintedDate.Reading(date: dayFirst, assumedOrder: .dayFirst),
                PrintedDate.Reading(date: monthFirst, assumedOrder: .monthFirst),
            ]
            return printed(readings, nil, style, slips: slips, isShort: isShort, range)
        case (let day?, _), (nil, let day?):
            let reading = PrintedDate.Reading(date: day, assumedOrder: nil)
            return printed([reading], nil, style, slips: slips, isShort: isShort, range)
        default: break
        }
        // No such day: one tens digit is wrong. A 0 is what other digits are read for most often.
        let dayFirst = date(Self.tens(a, most: 31), b) ?? date(a, Self.tens(b, most: 12))
        let monthFirst = date(Self.tens(b, most: 31), a)
        var readings: [PrintedDate.Reading] = []
        if let dayFirst { readings.append(.init(date: dayFirst, assumedOrder: .dayFirst)) }
        if let monthFirst { readings.append(.init(date: monthFirst, assumedOrder: .monthFirst)) }
        if readings.count == 1 { readings[0] = .init(date: readings[0].date, assumedOrder: nil) }
        guard !readings.isEmpty else { return nil }
        return printed(readings, nil, style, slips: slips + 2, isShort: isShort, range)
    }

    private func printed(
        _ readings: [PrintedDate.Reading],
        _ order: DateOrder?,
        _ style: PrintedDate.Style,
        slips: Int,
        isShort: Bool,
        _ range: Range<Int>
    ) -> PrintedDate? {
        guard let first = range.first, let last = range.last,
            readings.allSatisfy({ Self.usualYears.contains($0.date.year) })
        else { return nil }
        let words = signs[first].word..<(signs[last].word + 1)
        return PrintedDate(
            readings: readings,
            provenOrder: order,
            style: style,
            words: words,
            printed: row.text(of: words),
            slips: slips,
            hasShortYear: isShort
        )
    }

    // MARK: Its parts

    /// Up to a count of signs that are digits or read for digits.
    private func run(at start: Int, most: Int) -> Run? {
        var run = Run(end: start)
        while run.end < signs.count, run.digits.count < most, let digit = signs[run.end].digit {
            run.digits.append(digit)
            if !signs[run.end].isDigit { run.slips += 1 }
            run.end += 1
        }
        guard !run.digits.isEmpty, run.slips < run.digits.count || run.digits.count == 1 else {
            return nil
        }
        // `20 18`: a year that a narrow space tore apart.
        if most == 4, run.digits.count == 2 || run.digits.count == 3, run.digits[0] == 2,
            run.digits[1] == 0, run.end + 1 < signs.count, signs[run.end].scalar == " ",
            row.isTight(before: signs[run.end].word)
        {
            var rest = Run(end: run.end + 1)
            while rest.end < signs.count, run.digits.count + rest.digits.count < 4,
                let digit = signs[rest.end].digit
            {
                rest.digits.append(digit)
                rest.end += 1
            }
            if run.digits.count + rest.digits.count == 4, isEnd(rest.end) {
                run.digits += rest.digits
                run.slips += 1
                run.end = rest.end
            }
        }
        return run
    }

    private func exactly(_ count: Int, at start: Int) -> Run? {
        guard let run = run(at: start, most: count), run.digits.count == count, run.slips <= 1,
            run.end == start + count
        else { return nil }
        return run
    }

    private func separated(_ end: Int, most: Int) -> Run? {
        let start = skippingSeparator(end)
        guard start > end else { return nil }
        return run(at: start, most: most)
    }

    /// Skips one separator with spaces around it.
    private func skippingSeparator(_ start: Int) -> Int {
        var place = start
        if place < signs.count, signs[place].scalar == " " { place += 1 }
        guard place < signs.count, Self.isSeparator(signs[place].scalar) else { return start }
        place += 1
        // `23-06 -18` and `23//06`: a second sign or a space belongs to it.
        for _ in 0..<2 where place < signs.count {
            if signs[place].scalar == " " || Self.isSeparator(signs[place].scalar) { place += 1 }
        }
        return place
    }

    /// The place behind a stroke, printed or read as 1 or 7.
    private func stroke(at index: Int) -> Int? {
        guard index < signs.count else { return nil }
        if Self.isSeparator(signs[index].scalar) { return index + 1 }
        return signs[index].digit == 1 || signs[index].digit == 7 ? index + 1 : nil
    }

    private func isEnd(_ index: Int) -> Bool {
        guard index < signs.count else { return true }
        return !signs[index].isDigit && !"-/:".unicodeScalars.contains(signs[index].scalar)
    }

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        "-/.,~_'’‘\\|–—−".unicodeScalars.contains(scalar)
    }

    /// The digit that a letter or sign is often read for.
    private static func digit(for scalar: Unicode.Scalar) -> Int? {
        switch scalar {
        case "O", "o", "Q", "D", "U", "C", "©", "@": 0
        case "l", "I", "i", "!", "]", "[", "t": 1
        case "Z", "z": 2
        case "A": 4
        case "S", "s", "$", "§": 5
        case "G", "b": 6
        case "?", "T": 7
        case "B", "&": 8
        case "g", "q": 9
        default: nil
        }
    }

    // MARK: Repairs

    /// Years of the documents that are looked at with repairs in mind.
    static let usualYears = 1990...2039

    /// A year of two or four digits; one wrong digit of four is put right.
    static func year(_ digits: [Int]) -> (value: Int, slips: Int)? {
        let value = digits.reduce(0) { $0 * 10 + $1 }
        switch digits.count {
        case 2: return value < 40 ? (2000 + value, 0) : (value >= 90 ? (1900 + value, 0) : nil)
        case 3:
            // 018 and 201 lost a digit; only the first still says which year.
            return digits[0] == 0 && value < 40 ? (2000 + value, 1) : nil
        case 4:
            if usualYears.contains(value) { return (value, 0) }
            let repaired =
                2000 + (digits[2] > 3 ? tens(digits[2]) * 10 : digits[2] * 10) + digits[3]
            let changed = zip(digits, [2, 0, repaired / 10 % 10, digits[3]]).count { $0 != $1 }
            return changed == 1 ? (repaired, 2) : nil
        default: return nil
        }
    }

    /// The tens digit that was printed where a larger one was read: 7 and 4 look like 1, the rest like 0.
    private static func tens(_ digit: Int) -> Int { digit == 7 || digit == 4 ? 1 : 0 }

    private static func tens(_ value: Int, most: Int) -> Int {
        guard value > most else { return value }
        let repaired = tens(value / 10) * 10 + value % 10
        if repaired == 0 { return most == 12 ? 10 : 30 }
        return repaired > most ? value % 10 : repaired
    }
}
