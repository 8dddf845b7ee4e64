/// Days that exist, from the year 1000 to 9999, as `"YYYY-MM-DD"`.
extension AutomatonBuilder {
    mutating func addDate(before next: Position) -> Position {
        let quote = addLiteral("\"", before: next)
        // By days of the month, 28 to 31.
        let days = (28...31).map { addLiteral("-", before: addDay(upTo: $0, before: quote)) }
        let common = addLiteral("-", before: addMonth(days, isLeap: false))
        let leap = addLiteral("-", before: addMonth(days, isLeap: true))
        return addLiteral("\"", before: addYear(common: common, leap: leap))
    }

    private func digit(_ digits: ClosedRange<Int>, _ target: Position) -> Edge {
        Edge(
            bytes: 0x30 + UInt8(digits.lowerBound)...0x30 + UInt8(digits.upperBound),
            target: target
        )
    }

    private mutating func addDay(upTo last: Int, before next: Position) -> Position {
        let any = addPosition([digit(0...9, next)])
        let early = addPosition([digit(1...9, next)])
        guard last >= 30 else {
            let twenties = addPosition([digit(0...last - 20, next)])
            return addPosition([digit(0...0, early), digit(1...1, any), digit(2...2, twenties)])
        }
        let late = addPosition([digit(0...last - 30, next)])
        return addPosition([digit(0...0, early), digit(1...2, any), digit(3...3, late)])
    }

    private mutating func addMonth(_ days: [Position], isLeap: Bool) -> Position {
        func month(_ month: Int) -> Edge {
            let count = CalendarDay.days(ofMonth: month, isLeap: isLeap)
            return digit(month % 10...month % 10, days[count - 28])
        }
        let early = addPosition((1...9).map(month))
        let late = addPosition((10...12).map(month))
        return addPosition([digit(0...0, early), digit(1...1, late)])
    }

    /// Writes four digits that part leap years from others: by the century divided by four, then the year in it.
    private mutating func addYear(common: Position, leap: Position) -> Position {
        /// The last digit, after one of the tens; a century's own year is leap if the century can be divided by four.
        func last(afterTens tens: Int, zeroIsLeap: Bool) -> Position {
            addPosition(
                (0...9).map { unit in
                    let isLeap = tens + unit == 0 ? zeroIsLeap : (10 * tens + unit) % 4 == 0
                    return digit(unit...unit, isLeap ? leap : common)
                }
            )
        }
        let (odd, even) = (
            last(afterTens: 1, zeroIsLeap: false), last(afterTens: 2, zeroIsLeap: false)
        )
        let centuries = [true, false].map { isLeap in
            let zero = last(afterTens: 0, zeroIsLeap: isLeap)
            return addPosition(
                [digit(0...0, zero)] + (1...9).map { digit($0...$0, $0 % 2 == 1 ? odd : even) }
            )
        }
        let seconds = [1, 2].map { first in
            addPosition(
                (0...9).map { digit($0...$0, centuries[(10 * first + $0) % 4 == 0 ? 0 : 1]) }
            )
        }
        return addPosition((1...9).map { digit($0...$0, seconds[$0 % 2 == 1 ? 0 : 1]) })
    }
}
