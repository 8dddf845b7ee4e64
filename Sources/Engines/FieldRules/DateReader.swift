import Records

/// Reads the days printed in a row: `16-03-18`, `28 MAR 2018`, `3. März 2020`, `2020年3月28日`.
struct DateReader {
    /// A run of like signs in the row.
    private enum Piece {
        case number(value: Int, digits: Int)
        case letters(String)
        case sign(UInt32)
        case space
    }

    private struct Element {
        let piece: Piece
        let word: Int
        /// The letters that were taken as digits in its word.
        let slips: Int
        /// As printed.
        let text: String
    }

    private let row: PageRow
    private let elements: [Element]

    /// Longest word that can hold a day.
    private static let longestWord = 40

    /// Prepares to read a row.
    init(_ row: PageRow) {
        self.row = row
        var elements: [Element] = []
        for (index, word) in row.words.enumerated() {
            if index > 0 {
                elements.append(Element(piece: .space, word: index, slips: 0, text: " "))
            }
            guard word.scalars.count <= Self.longestWord else {
                elements.append(Element(piece: .letters(""), word: index, slips: 0, text: ""))
                continue
            }
            Self.split(word, index: index, into: &elements)
        }
        self.elements = elements
    }

    /// Whether a time of day (13:49) stands in the row.
    var hasTime: Bool {
        for index in elements.indices.dropFirst().dropLast() {
            guard case .sign(let sign) = elements[index].piece, sign == 0x3A,
                case .number(let hour, let hourDigits) = elements[index - 1].piece,
                case .number(let minute, let minuteDigits) = elements[index + 1].piece
            else { continue }
            if hour < 24 || hourDigits > 2, minute < 60, minuteDigits == 2 { return true }
        }
        return false
    }

    /// The days from left to right.
    func dates() -> [PrintedDate] {
        var dates: [PrintedDate] = []
        var index = 0
        while index < elements.count {
            if let (date, end) = date(at: index) {
                dates.append(date)
                index = end
            } else {
                index += 1
            }
        }
        return dates
    }

    // MARK: Taking words apart

    private static func split(_ word: PageWord, index: Int, into elements: inout [Element]) {
        let printed = word.scalars
        var scalars = word.scalars
        var slips = 0
        // l2/O3/2018: letters between digits and separators only.
        let separators = scalars.count { "-/.".unicodeScalars.contains($0) }
        if word.digitCount >= 3, word.letterCount > 0, word.letterCount <= 3, separators >= 2 {
            for place in scalars.indices {
                guard let digit = digit(for: scalars[place]), standsAmongDigits(scalars, place)
                else { continue }
                scalars[place] = digit
                slips += 1
            }
        }
        var place = 0
        while place < scalars.count {
            let start = place
            if isDigit(scalars[place]) {
                var value = 0
                while place < scalars.count, isDigit(scalars[place]) {
                    value = min(value * 10 + Int(scalars[place].value - 0x30), 1_000_000_000)
                    place += 1
                }
                elements.append(
                    Element(
                        piece: .number(value: value, digits: place - start),
                        word: index,
                        slips: slips,
                        text: text(printed[start..<place])
                    )
                )
            } else if isLetter(scalars[place]) {
                while place < scalars.count, isLetter(scalars[place]) { place += 1 }
                var folded = String.UnicodeScalarView()
                for scalar in scalars[start..<place] {
                    for letter in FoldedLetters.plain(scalar) {
                        if let letter = Unicode.Scalar(letter) { folded.append(letter) }
                    }
                }
                elements.append(
                    Element(
                        piece: .letters(String(folded)),
                        word: index,
                        slips: 0,
                        text: text(printed[start..<place])
                    )
                )
            } else {
                // Dashes of all lengths and ideographs of the date are signs.
                let value = scalars[place].value
                let isDash = (0x2010...0x2015).contains(value) || value == 0x2212
                elements.append(
                    Element(
                        piece: .sign(isDash ? 0x2D : value),
                        word: index,
                        slips: 0,
                        text: text(printed[place...place])
                    )
                )
                place += 1
            }
        }
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        String(String.UnicodeScalarView(scalars))
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        (0x30...0x39).contains(scalar.value)
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic && !FoldedLetters.isIdeograph(scalar.value)
    }

    private static func digit(for scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar {
        case "O", "o", "Q", "D": "0"
        case "l", "I", "|", "i": "1"
        case "S": "5"
        case "B": "8"
        case "Z": "2"
        default: nil
        }
    }

    private static func standsAmongDigits(_ scalars: [Unicode.Scalar], _ place: Int) -> Bool {
        func isFitting(_ index: Int) -> Bool {
            guard scalars.indices.contains(index) else { return true }
            return isDigit(scalars[index]) || "-/.".unicodeScalars.contains(scalars[index])
                || digit(for: scalars[index]) != nil
        }
        return isFitting(place - 1) && isFitting(place + 1)
    }

    // MARK: Putting days together

    private func number(_ index: Int) -> (value: Int, digits: Int)? {
        guard index < elements.count, case .number(let value, let digits) = elements[index].piece
        else { return nil }
        return (value, digits)
    }

    private func sign(_ index: Int) -> UInt32? {
        guard index >= 0, index < elements.count, case .sign(let sign) = elements[index].piece
        else { return nil }
        return sign
    }

    private func isSpace(_ index: Int) -> Bool {
        guard index < elements.count, case .space = elements[index].piece else { return false }
        return true
    }

    private func month(_ index: Int) -> Int? {
        guard index < elements.count, case .letters(let word) = elements[index].piece else {
            return nil
        }
        return MonthNames.month(word)
    }

    /// Skips a separator with spaces around it; returns its sign and the next place.
    private func separator(at index: Int, among signs: [UInt32]) -> (sign: UInt32, next: Int)? {
        var next = index
        if isSpace(next) { next += 1 }
        guard let sign = sign(next), signs.contains(sign) else { return nil }
        next += 1
        if isSpace(next) { next += 1 }
        return (sign, next)
    }

    /// Skips up to three spaces and signs that may stand between a month's name and numbers.
    private func skippingFiller(_ index: Int) -> Int {
        var next = index
        for _ in 0..<3 {
            if isSpace(next) {
                next += 1
            } else if let sign = sign(next),
                [0x2D, 0x2F, 0x2E, 0x2C, 0x27, 0x2019, 0xB4, 0x60].contains(sign)
            {
                next += 1
            } else {
                break
            }
        }
        return next
    }

    /// Skips the ending of an ordinal: 3rd, 21st, 1er.
    private func skippingOrdinal(_ index: Int) -> Int {
        guard index < elements.count, case .letters(let word) = elements[index].piece else {
            return index
        }
        return ["st", "nd", "rd", "th", "er", "e", "eme"].contains(word) ? index + 1 : index
    }

    private func skippingOf(_ index: Int) -> Int {
        guard index < elements.count, case .letters(let word) = elements[index].piece else {
            return index
        }
        return ["de", "of", "del"].contains(word) ? skippingFiller(index + 1) : index
    }

    private func isCleanStart(_ index: Int) -> Bool {
        guard index > 0 else { return true }
        switch elements[index - 1].piece {
        case .number: return false
        case .letters(let word):
            return word.count > 3 || month(index - 1) != nil || word == "dt" || word == "t"
        case .sign(let sign):
            guard [0x2D, 0x2F, 0x2E].contains(sign), index > 1 else { return true }
            if case .number = elements[index - 2].piece { return false }
            return true
        case .space: return true
        }
    }

    private func isCleanEnd(_ index: Int) -> Bool {
        guard index < elements.count else { return true }
        switch elements[index].piece {
        case .number: return false
        case .sign(let sign):
            return !([0x2D, 0x2F, 0x2E].contains(sign) && number(index + 1) != nil)
        case .letters, .space: return true
        }
    }

    private func date(at index: Int) -> (PrintedDate, Int)? {
        if month(index) != nil { return monthFirst(at: index) }
        guard let first = number(index), isCleanStart(index) else { return nil }
        if first.digits == 4, (1900...2100).contains(first.value) {
            return yearFirst(first.value, at: index)
        }
        if first.digits == 8 { return compact(first.value, at: index) }
        guard first.digits <= 2 else { return nil }
        return dayAndNamedMonth(first.value, at: index) ?? numbers(first.value, at: index)
    }

    /// Reads `16-03-18`, `4/16/2017` and `18.04.2020`.
    private func numbers(_ first: Int, at index: Int) -> (PrintedDate, Int)? {
        guard let (sign, place) = separator(at: index + 1, among: [0x2D, 0x2F, 0x2E]),
            let second = number(place), second.digits <= 2,
            let (secondSign, yearPlace) = separator(
                at: place + 1,
                among: [sign, 0x2C == sign ? 0x2E : sign]
            ),
            secondSign == sign, let (year, isShort) = year(at: yearPlace)
        else { return nil }
        let end = yearPlace + 1
        guard isCleanEnd(end) else { return nil }
        let dayFirst = CalendarDate(year: year, month: second.value, day: first)
        let monthFirst = CalendarDate(year: year, month: first, day: second.value)
        let style = PrintedDate.Style.numbers(separator: sign)
        switch (dayFirst, monthFirst) {
        case (let a?, let b?) where a != b:
            let readings = [
                PrintedDate.Reading(date: a, assumedOrder: .dayFirst),
                PrintedDate.Reading(date: b, assumedOrder: .monthFirst),
            ]
            return made(readings, nil, style, index..<end, isShort)
        case (let a?, nil):
            return made([.init(date: a, assumedOrder: nil)], .dayFirst, style, index..<end, isShort)
        case (nil, let b?):
            return made(
                [.init(date: b, assumedOrder: nil)],
                .monthFirst,
                style,
                index..<end,
                isShort
            )
        case (let a?, _):
            return made([.init(date: a, assumedOrder: nil)], nil, style, index..<end, isShort)
        default: return nil
        }
    }

    /// A year of four digits, or of two behind an unmistakable day and month.
    private func year(at index: Int) -> (year: Int, isShort: Bool)? {
        guard let (value, digits) = number(index) else { return nil }
        if digits == 4, (1900...2100).contains(value) { return (value, false) }
        // 15.04. 16:14 is a day without a year and a time.
        if digits == 2, sign(index + 1) != 0x3A {
            return (value < 70 ? 2000 + value : 1900 + value, true)
        }
        // 201813:49 — the time ran into the year.
        if digits == 6 || digits == 5, sign(index + 1) == 0x3A {
            let year = digits == 6 ? value / 100 : value / 10
            if (1900...2100).contains(year) { return (year, false) }
        }
        return nil
    }

    /// Reads `28 MAR 2018`, `3. März 2020` and `30-Aug-88`.
    private func dayAndNamedMonth(_ day: Int, at index: Int) -> (PrintedDate, Int)? {
        var next = skippingOrdinal(index + 1)
        next = skippingOf(skippingFiller(next))
        guard let month = month(next) else { return nil }
        next = skippingOf(skippingFiller(next + 1))
        guard let (year, isShort) = year(at: next), isCleanEnd(next + 1),
            let date = CalendarDate(year: year, month: month, day: day)
        else { return nil }
        return made(
            [.init(date: date, assumedOrder: nil)],
            nil,
            .named,
            index..<(next + 1),
            isShort
        )
    }

    /// Reads `March 3rd, 2020` and `Jun17'13`.
    private func monthFirst(at index: Int) -> (PrintedDate, Int)? {
        guard let month = month(index) else { return nil }
        let dayPlace = skippingFiller(index + 1)
        guard let (day, dayDigits) = number(dayPlace), dayDigits <= 2 else { return nil }
        let yearPlace = skippingFiller(skippingOrdinal(dayPlace + 1))
        guard yearPlace > dayPlace + 1, let (year, isShort) = year(at: yearPlace),
            isCleanEnd(yearPlace + 1),
            let date = CalendarDate(year: year, month: month, day: day)
        else { return nil }
        return made(
            [.init(date: date, assumedOrder: nil)],
            nil,
            .named,
            index..<(yearPlace + 1),
            isShort
        )
    }

    /// Reads `2020-03-28`, `2020/3/28`, `2020年3月28日` and `2018 MAR 28`.
    private func yearFirst(_ year: Int, at index: Int) -> (PrintedDate, Int)? {
        let signs: [UInt32] = [0x2D, 0x2F, 0x2E, 0x5E74]
        if let (sign, place) = separator(at: index + 1, among: signs), let month = number(place),
            month.digits <= 2,
            let (_, dayPlace) = separator(at: place + 1, among: sign == 0x5E74 ? [0x6708] : [sign]),
            let day = number(dayPlace), day.digits <= 2, isCleanEnd(dayPlace + 1),
            let date = CalendarDate(year: year, month: month.value, day: day.value)
        {
            var end = dayPlace + 1
            if self.sign(end) == 0x65E5 { end += 1 }
            return made([.init(date: date, assumedOrder: nil)], nil, .yearFirst, index..<end, false)
        }
        let monthPlace = skippingFiller(index + 1)
        guard let month = month(monthPlace) else { return nil }
        let dayPlace = skippingFiller(monthPlace + 1)
        guard let (day, digits) = number(dayPlace), digits <= 2, isCleanEnd(dayPlace + 1),
            let date = CalendarDate(year: year, month: month, day: day)
        else { return nil }
        return made(
            [.init(date: date, assumedOrder: nil)],
            nil,
            .yearFirst,
            index..<(dayPlace + 1),
            false
        )
    }

    /// Reads `20200328`.
    private func compact(_ value: Int, at index: Int) -> (PrintedDate, Int)? {
        guard isCleanEnd(index + 1), (1990...2100).contains(value / 10000),
            let date = CalendarDate(year: value / 10000, month: value / 100 % 100, day: value % 100)
        else { return nil }
        return made(
            [.init(date: date, assumedOrder: nil)],
            nil,
            .compact,
            index..<(index + 1),
            false
        )
    }

    private func made(
        _ readings: [PrintedDate.Reading],
        _ provenOrder: DateOrder?,
        _ style: PrintedDate.Style,
        _ range: Range<Int>,
        _ hasShortYear: Bool
    ) -> (PrintedDate, Int) {
        let words = elements[range.lowerBound].word..<(elements[range.upperBound - 1].word + 1)
        var slips = 0
        for word in words {
            slips += elements[range].first { $0.word == word && $0.slips > 0 }?.slips ?? 0
        }
        let date = PrintedDate(
            readings: readings,
            provenOrder: provenOrder,
            style: style,
            words: words,
            printed: elements[range].map(\.text).joined(),
            slips: slips,
            hasShortYear: hasShortYear
        )
        return (date, range.upperBound)
    }
}
