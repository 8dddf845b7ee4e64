import Records

/// A day printed in a row, with every day that it can mean.
struct PrintedDate: Sendable {
    /// One meaning.
    struct Reading: Hashable, Sendable {
        /// The day.
        let date: CalendarDate
        /// The order that it takes for granted, where another order is possible.
        let assumedOrder: DateOrder?
    }

    /// How its parts are set apart, which tells one custom from another.
    enum Style: Hashable, Sendable {
        /// Day and month as numbers with this sign between them, the year last.
        case numbers(separator: UInt32)
        /// The year first.
        case yearFirst
        /// The month as a word.
        case named
        /// Eight digits without a sign between them.
        case compact
    }

    /// What it can mean; one or two days.
    var readings: [Reading]
    /// The order that its own numbers prove, such as day first in `25/12/2017`.
    let provenOrder: DateOrder?
    /// How it is written.
    let style: Style
    /// The words that it covers.
    let words: Range<Int>
    /// As printed.
    let printed: String
    /// Count of letters taken as digits.
    let slips: Int
    /// Whether the year has two digits.
    let hasShortYear: Bool
}
