import Records

/// The time of day of a receipt: `12:38`, `6:42pm`, `15.26 Uhr`, `8h30`; beside the day or its key word.
struct TimeFinder {
    let reading: DocumentReading

    /// A time printed in a row, in hours of the whole day.
    private struct Printed {
        let text: String
        let words: Range<Int>
        let isKeyed: Bool
    }

    private static let keys: Set<String> = [
        "time", "uhrzeit", "zeit", "uhr", "heure", "hora", "tid", "klokken", "tijd",
    ]
    private static let mostProposals = 40

    /// Proposals, the best first on the page's order.
    func proposals() -> [Proposal] {
        var proposals: [Proposal] = []
        for (index, row) in reading.rows.enumerated() where proposals.count < Self.mostProposals {
            let times = times(in: row)
            // Opening hours: two times in a row without a day.
            let isRange = times.count > 1 && row.dates.isEmpty
            for time in times.prefix(4) {
                let (strength, reason) = strength(time, in: index, isRange: isRange)
                proposals.append(
                    Proposal(
                        content: .text(time.text),
                        printed: row.text(of: time.words),
                        confidence: strength * Proposals.readable(row.confidence(of: time.words)),
                        evidence: [row.evidence(of: time.words)],
                        reason: reason,
                        key: time.isKeyed ? .exact : .none,
                        agreements: row.dates.isEmpty ? 0 : 1
                    )
                )
            }
        }
        return proposals
    }

    private func strength(_ time: Printed, in index: Int, isRange: Bool) -> (Double, String) {
        let row = reading.rows[index]
        if isRange || row.keys.contains(where: { $0.concept == .courtesy }) {
            return (0.15, "one of several hours")
        }
        if !row.dates.isEmpty { return (0.93, "beside the day") }
        if time.isKeyed { return (0.9, "beside its key word") }
        let isNear = [index - 1, index + 1].contains {
            reading.rows.indices.contains($0) && reading.rows[$0].page == row.page
                && !reading.rows[$0].dates.isEmpty
        }
        return isNear ? (0.8, "near the day") : (0.55, "a time of day")
    }

    // MARK: Reading times

    private func times(in row: PageRow) -> [Printed] {
        guard row.words.contains(where: { $0.digitCount > 0 }) else { return [] }
        let pieces = DatePieces(row)
        var times: [Printed] = []
        var index = 0
        while index < pieces.elements.count {
            guard let hour = hour(pieces, index), let (time, end) = time(pieces, hour, at: index)
            else {
                index += 1
                continue
            }
            let words = pieces.elements[index].word..<(pieces.elements[end - 1].word + 1)
            let isKeyed = row.words[..<words.lowerBound].suffix(3).contains { word in
                FoldedLetters.words(word.text).contains(where: Self.keys.contains)
            }
            times.append(Printed(text: time.text, words: words, isKeyed: isKeyed || time.isNamed))
            index = end
        }
        return times
    }

    /// The hour before a colon; the last digits of a day that it was glued to.
    private func hour(_ pieces: DatePieces, _ index: Int) -> Int? {
        guard let (value, digits) = pieces.number(index) else { return nil }
        if digits <= 2 { return value < 25 ? value : nil }
        // 24/11/201712:38
        guard digits == 6, (1990...2060).contains(value / 100), pieces.sign(index + 1) == 0x3A
        else {
            return nil
        }
        return value % 100 < 25 ? value % 100 : nil
    }

    private func time(_ pieces: DatePieces, _ hour: Int, at index: Int) -> (
        (text: String, isNamed: Bool), end: Int
    )? {
        var hour = hour
        var place = index + 1
        var isNamed = false
        let isColon = pieces.sign(place) == 0x3A
        if isColon {
            place += 1
        } else if pieces.isSpace(place), pieces.sign(place + 1) == 0x3A, pieces.isSpace(place + 2) {
            // 12 : 38, set loosely or torn apart.
            place += 3
        } else if pieces.sign(place) == 0x2E {
            place += 1
        } else if pieces.letters(place) == "h" {
            place += 1
            isNamed = true
        } else {
            return nil
        }
        guard let (minute, minuteDigits) = pieces.number(place), minuteDigits == 2, minute < 60
        else {
            return nil
        }
        place += 1
        var second: Int?
        if pieces.sign(place) == 0x3A, let (value, digits) = pieces.number(place + 1), digits == 2,
            value < 60
        {
            second = value
            place += 2
        }
        guard pieces.number(place) == nil else { return nil }
        let suffix = pieces.isSpace(place) ? place + 1 : place
        if let letters = pieces.letters(suffix) {
            switch letters {
            // pn, ph: how PM is misread.
            case "pm", "p", "pn", "ph", "pw":
                if hour < 12 { hour += 12 }
                place = suffix + 1
            case "am", "a", "an", "ah", "aw":
                if hour == 12 { hour = 0 }
                place = suffix + 1
            case "uhr", "u", "h", "hrs", "hours":
                isNamed = true
                place = suffix + 1
            default: break
            }
        }
        // 16.14 is an amount or a day unless something says that it is a time.
        if !isColon, !isNamed, pieces.sign(index + 1) == 0x2E { return nil }
        guard hour < 24 else { return nil }
        let parts = [hour, minute] + (second.map { [$0] } ?? [])
        let text = parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        return ((text, isNamed), place)
    }
}
