import Records

/// Reads the days printed in a row: `16-03-18`, `28 MAR 2018`, `3. März 2020`, `2020年3月28日`.
struct DateReader {
    private let pieces: DatePieces

    /// Prepares to read a row.
    init(_ row: PageRow) {
        pieces = DatePieces(row)
    }

    /// Whether a time of day (13:49) stands in the row.
    var hasTime: Bool {
        for index in pieces.elements.indices.dropFirst().dropLast() {
            guard pieces.sign(index) == 0x3A, let (hour, hourDigits) = pieces.number(index - 1),
                let (minute, minuteDigits) = pieces.number(index + 1)
            else { continue }
            if hour < 24 || hourDigits > 2, minute < 60, minuteDigits == 2 { return true }
        }
        return false
    }

    /// The days from left to right.
    func dates() -> [PrintedDate] {
        var dates: [PrintedDate] = []
        var index = 0
        while index < pieces.elements.count {
            if let (date, end) = date(at: index) {
                dates.append(date)
                index = end
            } else {
                index += 1
            }
        }
        return dates
    }

    private func date(at index: Int) -> (PrintedDate, Int)? {
        if pieces.month(index) != nil { return monthFirst(at: index) }
        guard let first = pieces.number(index), pieces.isCleanStart(index) else { return nil }
        if first.digits == 4, (1900...2100).contains(first.value) {
            return yearFirst(first.value, at: index)
        }
        if first.digits == 8 { return compact(first.value, at: index) }
        guard first.digits <= 2 else { return nil }
        return dayAndNamedMonth(first.value, at: index) ?? numbers(first.value, at: index)
    }

    /// Reads `16-03-18`, `4/16/2017` and `18.04.2020`.
    private func numbers(_ first: Int, at index: Int) -> (PrintedDate, Int)? {
        guard let (sign, place) = pieces.separator(at: index + 1, among: [0x2D, 0x2F, 0x2E]),
            let second = pieces.number(place), second.digits <= 2,
            let (_, yearPlace) = pieces.separator(at: place + 1, among: [sign]),
            let (year, isShort) = year(at: yearPlace)
        else { return nil }
        let end = yearPlace + 1
        guard pieces.isCleanEnd(end) else { return nil }
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
        guard let (value, digits) = pieces.number(index) else { return nil }
        if digits == 4, (1900...2100).contains(value) { return (value, false) }
        // 15.04. 16:14 is a day without a year and a time.
        if digits == 2, pieces.sign(index + 1) != 0x3A {
            return (value < 70 ? 2000 + value : 1900 + value, true)
        }
        // 201813:49 — the time ran into the year.
        if digits == 6 || digits == 5, pieces.sign(index + 1) == 0x3A {
            let year = digits == 6 ? value / 100 : value / 10
            if (1900...2100).contains(year) { return (year, false) }
        }
        return nil
    }

    /// Reads `28 MAR 2018`, `3. März 2020` and `30-Aug-88`.
    private func dayAndNamedMonth(_ day: Int, at index: Int) -> (PrintedDate, Int)? {
        var next = pieces.skippingOrdinal(index + 1)
        next = pieces.skippingOf(pieces.skippingFiller(next))
        guard let month = pieces.month(next) ?? romanMonth(at: next) else { return nil }
        next = pieces.skippingOf(pieces.skippingFiller(next + 1))
        guard let (year, isShort) = year(at: next), pieces.isCleanEnd(next + 1),
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

    /// A month as a Roman numeral between two like signs: `12.IV.2018`.
    private func romanMonth(at index: Int) -> Int? {
        guard let sign = pieces.sign(index - 1), [0x2D, 0x2E, 0x2F].contains(sign),
            pieces.sign(index + 1) == sign
        else { return nil }
        return pieces.romanMonth(index)
    }

    /// Reads `March 3rd, 2020` and `Jun17'13`.
    private func monthFirst(at index: Int) -> (PrintedDate, Int)? {
        guard let month = pieces.month(index) else { return nil }
        let dayPlace = pieces.skippingFiller(index + 1)
        guard let (day, dayDigits) = pieces.number(dayPlace), dayDigits <= 2 else { return nil }
        let yearPlace = pieces.skippingFiller(pieces.skippingOrdinal(dayPlace + 1))
        guard yearPlace > dayPlace + 1, let (year, isShort) = year(at: yearPlace),
            pieces.isCleanEnd(yearPlace + 1),
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
        if let (sign, place) = pieces.separator(at: index + 1, among: signs),
            let month = pieces.number(place),
            month.digits <= 2,
            let (_, dayPlace) = pieces.separator(
                at: place + 1,
                among: sign == 0x5E74 ? [0x6708] : [sign]
            ),
            let day = pieces.number(dayPlace), day.digits <= 2, pieces.isCleanEnd(dayPlace + 1),
            let date = CalendarDate(year: year, month: month.value, day: day.value)
        {
            var end = dayPlace + 1
            if pieces.sign(end) == 0x65E5 { end += 1 }
            return made([.init(date: date, assumedOrder: nil)], nil, .yearFirst, index..<end, false)
        }
        let monthPlace = pieces.skippingFiller(index + 1)
        guard let month = pieces.month(monthPlace) else { return nil }
        let dayPlace = pieces.skippingFiller(monthPlace + 1)
        guard let (day, digits) = pieces.number(dayPlace), digits <= 2,
            pieces.isCleanEnd(dayPlace + 1),
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
        guard pieces.isCleanEnd(index + 1), (1990...2100).contains(value / 10000),
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
        let words =
            pieces.elements[range.lowerBound]
            .word..<(pieces.elements[range.upperBound - 1].word + 1)
        var slips = 0
        for word in words {
            slips += pieces.elements[range].first { $0.word == word && $0.slips > 0 }?.slips ?? 0
        }
        let date = PrintedDate(
            readings: readings,
            provenOrder: provenOrder,
            style: style,
            words: words,
            printed: pieces.elements[range].map(\.text).joined(),
            slips: slips,
            hasShortYear: hasShortYear
        )
        return (date, range.upperBound)
    }
}
