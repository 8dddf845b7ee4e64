import FieldRules
import Records

/// The letters of a document's words one after another, each with its word: what texts are looked for in.
///
/// Spaces, signs, case and accents are gone, so that line ends and hyphens part nothing. Pairs of neighbouring letters
/// are indexed: the rarest pairs of a text tell where it can stand, without a walk over the document.
struct DocumentLetters {
    /// A word with its page.
    struct PlacedWord {
        var page: Int
        var word: Word
        /// How sure the reader was, 0 to 1, whatever a foreign reader reported.
        var certainty: Double
    }

    /// The words of all pages in reading order.
    private(set) var words: [PlacedWord] = []
    /// Letters with look-alikes joined; 0 between pages.
    private(set) var values: [UInt32] = []
    /// The same letters before look-alikes were joined.
    private(set) var plain: [UInt32] = []
    /// The index of each letter's word; -1 between pages.
    private(set) var word: [Int32] = []
    /// Whether a text may begin at a letter.
    private(set) var begins: [Bool] = []
    /// Whether a text may end with a letter.
    private(set) var ends: [Bool] = []
    /// Where each pair of neighbours begins.
    private var pairs: [UInt64: [Int32]] = [:]
    /// Where each word of one letter stands.
    private var singles: [UInt32: [Int32]] = [:]
    /// Words without any letter, such as `***`.
    private(set) var signs: [String: [Int]] = [:]

    /// Longest word whose letters are all taken: what is longer is no word.
    private static let longestWord = 2000

    init(_ pages: [PageText]) {
        for page in pages {
            for word in page.words { add(word, page: page.number) }
            close()
        }
        for index in values.indices.dropLast() where values[index] != 0 && values[index + 1] != 0 {
            pairs[Self.pair(values[index], values[index + 1]), default: []].append(Int32(index))
        }
        for index in values.indices where begins[index] && ends[index] {
            singles[values[index], default: []].append(Int32(index))
        }
    }

    private enum Kind { case none, lower, upper, digit, ideograph }

    private mutating func add(_ read: Word, page: Int) {
        let index = Int32(words.count)
        let certainty = read.confidence.isNaN ? 0 : min(1, max(0, read.confidence))
        var placed = read
        placed.box = read.box.bounded
        words.append(PlacedWord(page: page, word: placed, certainty: certainty))
        let start = values.count
        defer { if values.count == start { signs[read.text, default: []].append(Int(index)) } }
        var last = Kind.none
        for scalar in read.text.unicodeScalars.prefix(Self.longestWord) {
            let folded = FoldedLetters.plain(scalar)
            guard !folded.isEmpty else {
                markEnd()
                last = .none
                continue
            }
            let kind = Self.kind(scalar)
            let isNew = last == .none || kind == .ideograph || Self.changes(last, kind)
            if isNew { markEnd() }
            for (offset, letter) in folded.enumerated() {
                plain.append(letter)
                values.append(FoldedLetters.lookAlike(letter))
                word.append(index)
                begins.append(isNew && offset == 0)
                ends.append(false)
            }
            last = kind
        }
        markEnd()
    }

    private mutating func markEnd() {
        if !ends.isEmpty, values[ends.count - 1] != 0 { ends[ends.count - 1] = true }
    }

    /// A sign that is in no text, so that nothing is found over the end of a page.
    private mutating func close() {
        plain.append(0)
        values.append(0)
        word.append(-1)
        begins.append(false)
        ends.append(false)
    }

    private static func kind(_ scalar: Unicode.Scalar) -> Kind {
        switch scalar.value {
        case 0x30...0x39: .digit
        case let value where FoldedLetters.isIdeograph(value): .ideograph
        default: scalar.properties.isUppercase ? .upper : .lower
        }
    }

    private static func changes(_ last: Kind, _ kind: Kind) -> Bool {
        switch (last, kind) {
        case (.ideograph, _), (.digit, .lower), (.digit, .upper), (.lower, .digit),
            (.upper, .digit), (.lower, .upper):
            true
        default: false
        }
    }

    private static func pair(_ first: UInt32, _ second: UInt32) -> UInt64 {
        UInt64(first) << 32 | UInt64(second)
    }

    // MARK: Asking

    /// Where a text's letters stand as they are, look-alikes joined; at most so many places.
    func places(of letters: [UInt32], atMost limit: Int) -> [Range<Int>] {
        guard letters.count > 1 else {
            let places = letters.first.flatMap { singles[$0] } ?? []
            return places.prefix(limit).map { Int($0)..<(Int($0) + 1) }
        }
        guard let (offset, starts) = rarestPairs(of: letters, count: 1).first else { return [] }
        var found: [Range<Int>] = []
        for start in starts.prefix(Self.mostLooks) {
            let first = Int(start) - offset
            let end = first + letters.count
            guard first >= 0, end <= values.count, values[first..<end].elementsEqual(letters)
            else { continue }
            found.append(first..<end)
            if found.count == limit { break }
        }
        return found
    }

    /// Stretches where a text may stand with errors, the likeliest first.
    ///
    /// - Parameters:
    ///   - letters: The text's letters, look-alikes joined.
    ///   - slack: How many letters more or less may stand before a place.
    ///   - limit: The most stretches.
    /// - Returns: Ranges of letters, each somewhat longer than the text.
    func stretches(like letters: [UInt32], slack: Int, atMost limit: Int) -> [Range<Int>] {
        let width = max(4, slack)
        var votes: [Int: Int] = [:]
        for (offset, starts) in rarestPairs(of: letters, count: 24) {
            for start in starts.prefix(Self.mostVotes) {
                votes[(Int(start) - offset + values.count) / width, default: 0] += 1
            }
        }
        // A place at the edge of two buckets has its votes in both.
        let scores = votes.map { bucket, count in
            (bucket: bucket, count: count + (votes[bucket + 1] ?? 0))
        }
        let best = scores.sorted { (-$0.count, $0.bucket) < (-$1.count, $1.bucket) }
        var stretches: [Range<Int>] = []
        for (bucket, count) in best where count >= 2 || letters.count <= 4 {
            let start = bucket * width - values.count
            let first = max(0, start - slack)
            let end = min(values.count, start + 2 * width + letters.count + slack)
            guard first < end else { continue }
            if stretches.contains(where: { abs($0.lowerBound - first) < width }) { continue }
            stretches.append(first..<end)
            if stretches.count == limit { break }
        }
        return stretches
    }

    private static let mostLooks = 20_000
    private static let mostVotes = 400

    /// A text's pairs with where they stand, those of fewest places first; each with its offset in the text.
    private func rarestPairs(of letters: [UInt32], count: Int) -> [(offset: Int, starts: [Int32])] {
        var found: [(offset: Int, starts: [Int32])] = []
        for offset in letters.indices.dropLast() {
            if let starts = pairs[Self.pair(letters[offset], letters[offset + 1])] {
                found.append((offset, starts))
            } else if count == 1 {
                return []
            }
        }
        found.sort { ($0.starts.count, $0.offset) < ($1.starts.count, $1.offset) }
        return Array(found.prefix(count))
    }

    /// The words that a range of letters touches.
    func words(of range: Range<Int>) -> Range<Int> {
        var first = Int(Int32.max)
        var last = -1
        for index in range where word[index] >= 0 {
            first = min(first, Int(word[index]))
            last = max(last, Int(word[index]))
        }
        return last < 0 ? 0..<0 : first..<(last + 1)
    }

    /// Evidence for some words, one for each line.
    func evidence(of indices: some Sequence<Int>) -> [Evidence] {
        var evidence: [Evidence] = []
        var line: (page: Int, line: Int)?
        for index in indices {
            let placed = words[index]
            if let line, line == (placed.page, placed.word.line), let last = evidence.indices.last {
                evidence[last].box = evidence[last].box.union(placed.word.box)
                evidence[last].words += " " + placed.word.text
            } else {
                evidence.append(
                    Evidence(
                        page: placed.page,
                        box: placed.word.box,
                        words: placed.word.text
                    )
                )
                line = (placed.page, placed.word.line)
            }
        }
        return evidence
    }

    /// How sure the reader was of some words: the mean over their signs, and the least sure one that says something.
    func certainty(of indices: some Sequence<Int>) -> (mean: Double, least: Double) {
        var sum = 0.0
        var weight = 0.0
        var least = 1.0
        for index in indices {
            let placed = words[index]
            let signs = Double(placed.word.text.unicodeScalars.count)
            sum += placed.certainty * signs
            weight += signs
            if placed.word.text.contains(where: { $0.isLetter || $0.isNumber }) {
                least = min(least, placed.certainty)
            }
        }
        let mean = weight > 0 ? sum / weight : 0
        return (mean, min(least, max(mean, 0)))
    }
}

extension Box {
    /// The box with all numbers in a range that sums of them cannot leave, wherever a foreign reader put it.
    var bounded: Box {
        let limit = 1 << 24
        return Box(
            x: min(limit, max(-limit, x)),
            y: min(limit, max(-limit, y)),
            width: min(limit, max(0, width)),
            height: min(limit, max(0, height))
        )
    }
}
