/// Chooses, word by word, among what the readings of a page have in the same place.
///
/// Words are compared in groups that begin and end together in all readings, so that `TOTAL:12.50` in one stands against
/// `TOTAL:` and `12.50` in the other. Confidence is honest, so the surest wins; what several readings agree on
/// and what fits the page counts for more. After Fiscus' voting for speech recognisers (ROVER, 1997), with places on the page for alignment.
struct WordVote {
    /// Every reading's words.
    private let readings: [[RawWord]]
    private let fit: WordFit

    /// Share of the narrower of two words that they must have in common to lie over each other.
    private static let sharedWidth = 0.3
    /// Weight of the other readings' confidence in the same words.
    private static let agreement = 0.3
    /// What agreement takes from the doubt that is left: words of two readings are right in 97 of 100 above 90 %
    /// confidence, and still in 45 below 40 %.
    private static let doubtTaken = 0.3
    /// What confidence is worth where another reading differs: it is right in 82 of 100 above 90 %, 14 below 40 %.
    private static let contestedWorth = 0.75
    /// And where another reading has nothing in that place, which is mostly grain: 50 of 100, and 10.
    private static let lonelyWorth = 0.5

    /// A vote among readings whose words are in one frame.
    init(among readings: [[RawWord]]) {
        self.readings = readings
        fit = WordFit(readings: readings)
    }

    /// A word of one reading beside a line, and the first of the line's words that it lies over.
    private struct Guest {
        var word: RawWord
        var reading: Int
        var place: Int
    }

    /// Lines with the words that won, whose confidence says how far the readings agree.
    func decided(_ lines: [TextLine]) -> [TextLine] {
        var guests: [[Guest]] = lines.map { _ in [] }
        // Whether a word and its right neighbour are in one group, as a word of another reading lies over both.
        var joined = lines.map { Array(repeating: false, count: $0.words.count) }
        for (number, reading) in readings.enumerated() {
            for word in reading {
                guard let place = place(of: word, in: lines) else { continue }
                for index in place.words.dropLast() { joined[place.line][index] = true }
                guests[place.line].append(
                    Guest(word: word, reading: number, place: place.words.lowerBound)
                )
            }
        }
        return lines.indices.map { index in
            let line = lines[index]
            var words: [RawWord] = []
            var start = 0
            for last in line.words.indices where !joined[index][last] {
                let own = Array(line.words[start...last])
                let beside = guests[index].filter { $0.place >= start && $0.place <= last }
                words += decided(among: candidates(own, beside), in: line)
                start = last + 1
            }
            return TextLine(words)
        }
    }

    /// The line that a word lies over most, and the words of that line that it lies over.
    private func place(
        of word: RawWord,
        in lines: [TextLine]
    ) -> (line: Int, words: ClosedRange<Int>)? {
        var best: (line: Int, words: ClosedRange<Int>)?
        var most = 0
        for (number, line) in lines.enumerated()
        where line.bottom > word.top && line.top < word.bottom && line.right > word.left
            && line.left < word.right
        {
            var first: Int?
            var last = 0
            var area = 0
            for (index, own) in line.words.enumerated() {
                let shared = WordVote.area(of: word, over: own)
                guard shared > 0 else { continue }
                first = first ?? index
                last = index
                area = max(area, shared)
            }
            if let first, area > most {
                best = (number, first...last)
                most = area
            }
        }
        return best
    }

    /// The area that two words share; 0 where they are not in one line or only touch.
    private static func area(of word: RawWord, over other: RawWord) -> Int {
        let height = TextLine.shared(word.top, word.bottom, other.top, other.bottom)
        guard 2 * height > min(word.bottom - word.top, other.bottom - other.top) else { return 0 }
        let width = TextLine.shared(word.left, word.right, other.left, other.right)
        let narrower = min(word.right - word.left, other.right - other.left)
        return Double(width) > sharedWidth * Double(narrower) ? width * height : 0
    }

    // MARK: - One group of words

    private struct Candidate {
        var words: [RawWord]
        var text: String
        var confidence: Double

        init(_ words: [RawWord]) {
            self.words = words
            text = words.map(\.text).joined(separator: " ")
            confidence = words.confidence
        }
    }

    /// What each reading has where a line has some of its words.
    private func candidates(_ own: [RawWord], _ beside: [Guest]) -> [Candidate] {
        var candidates = [Candidate(own)]
        var isOwnSeen = false
        for number in readings.indices {
            let words = beside.filter { $0.reading == number }.map(\.word)
            // Of two lines that a skewed line lies over, the one with more to say.
            let lines = TextLine.lines(of: words.sorted { ($0.line, $0.left) < ($1.line, $1.left) })
            guard var longest = lines.first else { continue }
            for line in lines where line.length > longest.length { longest = line }
            // The line's own words come back once, from the reading that they are from.
            if !isOwnSeen, longest.words.map(\.left) == own.map(\.left),
                longest.words.map(\.text) == own.map(\.text),
                longest.words.map(\.confidence) == own.map(\.confidence)
            {
                isOwnSeen = true
                continue
            }
            candidates.append(Candidate(longest.words))
        }
        return candidates
    }

    private func decided(among candidates: [Candidate], in line: TextLine) -> [RawWord] {
        var best = candidates[0]
        var bestScore = -Double.infinity
        for (index, candidate) in candidates.enumerated() {
            var score = candidate.confidence + fit.points(of: candidate.words)
            for (other, ally) in candidates.enumerated()
            where other != index && ally.text == candidate.text {
                score += WordVote.agreement * ally.confidence
            }
            if score > bestScore {
                best = candidate
                bestScore = score
            }
        }
        let allies = candidates.count { $0.text == best.text }
        return best.words.map { word in
            var decided = word
            decided.block = line.block
            if allies > 1 {
                decided.confidence += WordVote.doubtTaken * (100 - word.confidence)
            } else if candidates.count > 1 || line.isAdded {
                decided.confidence *= WordVote.contestedWorth
            } else {
                decided.confidence *= WordVote.lonelyWorth
            }
            return decided
        }
    }
}
