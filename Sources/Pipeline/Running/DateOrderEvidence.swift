import Records

/// What a folder's unambiguous dates say about the order of day and month.
struct DateOrderEvidence: Hashable, Sendable {
    /// Dates that can only be read day first, such as `31/03/2025`.
    var dayFirst = 0
    /// Dates that can only be read month first, such as `03/31/2025`.
    var monthFirst = 0

    /// The folder's order: that of all its unambiguous dates, one in ten may differ; nil when they do not tell.
    var order: DateOrder? {
        let count = dayFirst + monthFirst
        guard count > 0 else { return nil }
        if monthFirst * 10 <= count { return .dayFirst }
        if dayFirst * 10 <= count { return .monthFirst }
        return nil
    }

    /// Takes one date into account if its printed form shows the order.
    mutating func count(_ date: CalendarDate, printed: String) {
        switch Self.order(shownBy: printed, of: date) {
        case .dayFirst: dayFirst += 1
        case .monthFirst: monthFirst += 1
        case nil: break
        }
    }

    /// The order that a printed date shows, when its day is above 12 and both are numbers.
    static func order(shownBy printed: String, of date: CalendarDate) -> DateOrder? {
        guard date.day > 12 else { return nil }
        let numbers = printed.split { !$0.isASCII || !$0.isNumber }.prefix(2).map { Int($0) ?? 0 }
        guard numbers.count == 2 else { return nil }
        if numbers == [date.day, date.month] { return .dayFirst }
        if numbers == [date.month, date.day] { return .monthFirst }
        return nil
    }
}
