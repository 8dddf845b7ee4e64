public import Records

/// Every amount and day that is printed in a document, whatever it is for, with the key words beside it.
///
/// Read by the same rules as candidates are, so that `1.234,56` and `3 Apr 2025` have one meaning in Docket. Made once a
/// document, in time that grows with its words.
public struct PrintedValues: Sendable {
    /// An amount or other number.
    public struct Amount: Sendable {
        /// What it can mean: one number, or two where nothing on the page says which.
        public var meanings: [DecimalNumber]
        /// The ISO 4217 code of the sign beside it.
        public var currency: String?
        /// Where it is printed.
        public var evidence: Evidence
        /// How sure the reader was of its digits, 0 to 1.
        public var certainty: Double
        /// Count of signs that were read as letters and taken as digits, or joined over a space.
        public var slips: Int
        /// Whether it is no measure and no percentage.
        public var isPlain: Bool
    }

    /// A day.
    public struct Day: Sendable {
        /// One meaning.
        public struct Reading: Hashable, Sendable {
            /// The day.
            public var date: CalendarDate
            /// The order of day and month that it takes for granted; nil where there is no other.
            public var assumedOrder: DateOrder?
        }

        /// What it can mean, one day or two.
        public var readings: [Reading]
        /// As printed.
        public var printed: String
        /// Where it is printed.
        public var evidence: Evidence
        /// How sure the reader was of its words, 0 to 1.
        public var certainty: Double
        /// Count of letters taken as digits.
        public var slips: Int
    }

    /// All amounts, page by page from top to bottom.
    public let amounts: [Amount]
    /// All days, page by page from top to bottom.
    public let days: [Day]
    /// The order in which the document writes day and month, where another of its days or its country's custom tells.
    public let dateOrder: DateOrder?
    let reading: DocumentReading
    /// The rows of each page by their index, for finding a row by its height.
    private let rowsOfPage: [Int: Range<Int>]

    /// Reads a document's pages.
    ///
    /// - Parameter pages: What was read from them.
    public init(pages: [PageText]) {
        let reading = DocumentReading(pages)
        self.reading = reading
        var amounts: [Amount] = []
        var days: [Day] = []
        for row in reading.rows {
            for amount in row.amounts {
                amounts.append(
                    Amount(
                        meanings: [amount.value] + (amount.otherValue.map { [$0] } ?? []),
                        currency: amount.currency.map { reading.meant(by: $0).code },
                        evidence: row.evidence(of: amount.words),
                        certainty: row.confidence(of: amount.digits),
                        slips: amount.slips,
                        isPlain: amount.isPlain
                    )
                )
            }
            for date in row.dates {
                days.append(
                    Day(
                        readings: date.readings.map {
                            .init(date: $0.date, assumedOrder: $0.assumedOrder)
                        },
                        printed: date.printed,
                        evidence: row.evidence(of: date.words),
                        certainty: row.confidence(of: date.words),
                        slips: date.slips
                    )
                )
            }
        }
        self.amounts = amounts
        self.days = days
        dateOrder = reading.dateOrder ?? reading.dateCustom
        var ranges: [Int: Range<Int>] = [:]
        for (index, row) in reading.rows.enumerated() {
            let start = ranges[row.page]?.lowerBound ?? index
            ranges[row.page] = start..<(index + 1)
        }
        rowsOfPage = ranges
    }

    /// The rows of a page that a box may stand in or under, from top to bottom; a few more than those.
    func rows(near evidence: Evidence) -> Range<Int> {
        guard let range = rowsOfPage[evidence.page] else { return 0..<0 }
        // Rows are in order of their first line's middle: found by halving, with room for those that are uneven.
        let middle = evidence.box.y + evidence.box.height / 2
        var low = range.lowerBound
        var high = range.upperBound
        while low < high {
            let half = (low + high) / 2
            if reading.rows[half].box.midY < middle { low = half + 1 } else { high = half }
        }
        return max(range.lowerBound, low - 5)..<min(range.upperBound, low + 4)
    }
}
