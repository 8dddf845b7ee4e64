/// Makes one reading of several of the same page.
///
/// On receipts one reading in five words errs elsewhere than another in a different tone, so that two together err less than
/// either.
enum ReadingVote {
    /// Words of a reading beyond which a page is grain, and comparing each with each would take long.
    private static let mostWords = 20_000

    /// The words that the readings agree on, or that the surest of them has.
    ///
    /// - Parameters:
    ///   - readings: the words of each reading in one frame, lines together; the first one's order stays.
    ///   - mayInsert: whether lines that only a later reading has may be added.
    /// - Returns: the words, lines numbered from 0; a single reading as it is.
    static func voted(_ readings: [[RawWord]], mayInsert: Bool) -> [RawWord] {
        guard let first = readings.first, readings.count > 1,
            readings.allSatisfy({ $0.count <= mostWords })
        else { return readings.first ?? [] }
        let match = LineMatch(mayInsert: mayInsert)
        let lines = readings.dropFirst().reduce(TextLine.lines(of: first)) { lines, reading in
            match.merged(lines, with: TextLine.lines(of: reading))
        }
        return WordVote(among: readings).decided(lines).enumerated().flatMap { number, line in
            line.words.map { word in
                var numbered = word
                numbered.line = number
                return numbered
            }
        }
    }
}
