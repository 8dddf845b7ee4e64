/// The Gregorian calendar, as far as days written `YYYY-MM-DD` need it.
enum CalendarDay {
    /// Days of a month.
    ///
    /// - Parameters:
    ///   - month: From 1 to 12.
    ///   - isLeap: Whether it is a month of a leap year.
    /// - Returns: 28 to 31.
    static func days(ofMonth month: Int, isLeap: Bool) -> Int {
        switch month {
        case 2: isLeap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Whether a year has a 29 February.
    static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// Whether a text is a day from the year 1000 on, in its ten digits and dashes.
    static func isDay(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]),
            let day = number(bytes[8..<10])
        else { return false }
        return year >= 1000 && 1...12 ~= month && day >= 1
            && day <= days(ofMonth: month, isLeap: isLeap(year))
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        digits.reduce(0) { sum, byte in
            guard let sum, 0x30...0x39 ~= byte else { return nil }
            return 10 * sum + Int(byte - 0x30)
        }
    }
}
