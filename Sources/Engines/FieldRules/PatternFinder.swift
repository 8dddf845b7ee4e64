import Records

/// Values that match a field's own regular expression.
struct PatternFinder {
    /// Why a pattern cannot be used.
    enum Fault: Error, Equatable, Sendable {
        /// It is no regular expression.
        case invalid(pattern: String, detail: String)
        /// A repetition stands inside a repetition, which can take longer than the age of the universe.
        case nestedRepetition(pattern: String)
    }

    /// Most signs of a line that are searched at once; longer lines are searched in overlapping pieces.
    static let window = 320
    private static let mostMatches = 40

    private let regex: Regex<AnyRegexOutput>

    /// Compiles a pattern.
    init(_ pattern: String) throws(Fault) {
        guard !hasNestedRepetition(pattern) else { throw .nestedRepetition(pattern: pattern) }
        do {
            regex = try Regex(pattern)
        } catch {
            throw .invalid(pattern: pattern, detail: "\(error)")
        }
    }

    /// The matches in a document, or in some of its rows, each with the key in its row or the row above.
    func matches(in reading: DocumentReading, keys: [Int: [RowKey]], rows: [Int]? = nil) -> [(
        row: Int, words: Range<Int>, text: String, key: RowKey?
    )] {
        var found: [(row: Int, words: Range<Int>, text: String, key: RowKey?)] = []
        for index in rows ?? Array(reading.rows.indices) where found.count < Self.mostMatches {
            let row = reading.rows[index]
            let key = keys[index]?.first ?? (index > 0 ? keys[index - 1]?.first : nil)
            var start = 0
            while start < row.words.count, found.count < Self.mostMatches {
                var end = start
                var length = 0
                var starts: [Int] = []
                while end < row.words.count,
                    end == start || length + row.words[end].scalars.count + 1 <= Self.window
                {
                    starts.append(length)
                    length += row.words[end].scalars.count + 1
                    end += 1
                }
                if length <= Self.window + 2 {
                    for match in row.text(of: start..<end).matches(of: regex).prefix(
                        Self.mostMatches
                    ) {
                        guard
                            let place = place(
                                of: match,
                                in: row.text(of: start..<end),
                                starts: starts,
                                first: start
                            )
                        else { continue }
                        if let last = found.last, last.row == index, last.words == place.words {
                            continue
                        }
                        found.append((index, place.words, place.text, key))
                    }
                }
                guard end < row.words.count else { break }
                // Overlap by half, so that a match across the cut is seen whole once.
                start = max(start + 1, start + (end - start) / 2)
            }
        }
        return found
    }

    private func place(
        of match: Regex<AnyRegexOutput>.Match,
        in text: String,
        starts: [Int],
        first: Int
    ) -> (words: Range<Int>, text: String)? {
        // The first group that took part is the value, else the whole match.
        var range = match.range
        if match.output.count > 1, let group = match.output[1...].lazy.compactMap(\.range).first {
            range = group
        }
        guard !range.isEmpty else { return nil }
        let lower = text.unicodeScalars.distance(from: text.startIndex, to: range.lowerBound)
        let upper = text.unicodeScalars.distance(from: text.startIndex, to: range.upperBound)
        guard let from = starts.lastIndex(where: { $0 <= lower }),
            let to = starts.lastIndex(where: { $0 < upper })
        else { return nil }
        return ((first + from)..<(first + to + 1), String(text[range]))
    }
}
