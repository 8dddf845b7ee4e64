import Records

/// A day that the test is sure of.
func day(_ year: Int, _ month: Int, _ day: Int) -> CalendarDate {
    guard let date = CalendarDate(year: year, month: month, day: day) else {
        preconditionFailure("the calendar has no \(year)-\(month)-\(day)")
    }
    return date
}
