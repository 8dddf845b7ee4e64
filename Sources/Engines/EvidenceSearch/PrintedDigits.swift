import FieldRules
import Records

/// The digits of a document's words, for numbers that cannot be read as one: a point lost, a letter among the digits.
struct PrintedDigits {
    /// The digits of a word, or of two that stand close.
    private struct Entry {
        var words: Range<Int>
        /// How many digits follow the last separator; nil without one.
        var decimals: Int?
        /// Count of separators between digits.
        var separators: Int
    }

    private let letters: DocumentLetters
    private var entries: [Entry] = []
    private var byDigits: [[UInt32]: [Int32]] = [:]
    /// Entries whose words the reader was unsure of, by their count of digits.
    private var unsure: [Int: [(digits: [UInt32], entry: Int32)]] = [:]

    private static let longestWord = 32
    private static let mostPlaces = 40
    private static let mostUnsure = 2000

    init(_ letters: DocumentLetters) {
        self.letters = letters
        var last: (digits: [UInt32], decimals: Int?, separators: Int)?
        for index in letters.words.indices {
            let here = Self.digits(of: letters.words[index].word.text)
            if let here {
                add(here, words: index..<(index + 1))
                if let last, areClose(index - 1, index) {
                    // Torn apart at a separator: 53. 30
                    let joined = (
                        digits: last.digits + here.digits,
                        decimals: here.decimals ?? (last.separators > 0 ? here.digits.count : nil),
                        separators: last.separators + here.separators
                    )
                    add(joined, words: (index - 1)..<(index + 1))
                }
            }
            last = here
        }
    }

    private mutating func add(
        _ read: (digits: [UInt32], decimals: Int?, separators: Int),
        words: Range<Int>
    ) {
        guard read.digits.count <= 20 else { return }
        let entry = Int32(entries.count)
        entries.append(
            Entry(words: words, decimals: read.decimals, separators: read.separators)
        )
        byDigits[read.digits, default: []].append(entry)
        if letters.certainty(of: words).least < DigitShapes.unsure,
            unsure[read.digits.count, default: []].count < Self.mostUnsure
        {
            unsure[read.digits.count, default: []].append((read.digits, entry))
        }
    }

    /// Whether two words stand in one line with hardly a space between them.
    private func areClose(_ first: Int, _ second: Int) -> Bool {
        let (a, b) = (letters.words[first], letters.words[second])
        guard a.page == b.page, a.word.line == b.word.line else { return false }
        let gap = b.word.box.x.subtractingReportingOverflow(a.word.box.x).partialValue
        let signs = max(1, a.word.text.unicodeScalars.count)
        return gap >= 0 && gap <= (max(0, a.word.box.width) / signs) &* (signs + 1)
    }

    /// The digits of a word that holds little else; letters that look like digits stand for them.
    private static func digits(of text: String)
        -> (digits: [UInt32], decimals: Int?, separators: Int)?
    {
        let scalars = Array(text.unicodeScalars)
        guard scalars.count <= longestWord,
            scalars.contains(where: { (0x30...0x39).contains($0.value) })
        else { return nil }
        var digits: [UInt32] = []
        var decimals: Int?
        var separators = 0
        var others = 0
        for scalar in scalars {
            if let digit = digit(scalar) {
                digits.append(digit)
                if let known = decimals { decimals = known + 1 }
            } else if ".,'-/:".unicodeScalars.contains(scalar) {
                if !digits.isEmpty {
                    separators += 1
                    if scalar == "." || scalar == "," { decimals = 0 }
                }
            } else {
                others += 1
            }
        }
        return others <= 4 ? (digits, decimals, separators) : nil
    }

    private static func digit(_ scalar: Unicode.Scalar) -> UInt32? {
        switch scalar {
        case "0"..."9": scalar.value
        case "O", "o", "Q", "D": 0x30
        case "l", "I", "|", "!", "i": 0x31
        case "Z", "z": 0x32
        case "S", "s", "§": 0x35
        case "G", "b": 0x36
        case "B": 0x38
        case "g", "q": 0x39
        default: nil
        }
    }

    // MARK: Asking

    /// Where digits are printed with so many decimals, or without a point that tells.
    func amounts(_ digits: [UInt32], decimals: Int) -> [FoundPlace] {
        guard digits.count >= 2 else { return [] }
        return same(digits) {
            $0.decimals == decimals || ($0.decimals == nil && $0.separators == 0 && decimals > 0)
        }
            ?? doubtful(digits) { $0.decimals == decimals }
    }

    /// Where the digits of a day are printed with its separators, or eight of them without.
    func days(_ digits: [UInt32]) -> [FoundPlace] {
        same(digits) { $0.separators >= 2 || digits.count == 8 }
            ?? doubtful(digits) { $0.separators >= 2 }
    }

    private func same(_ digits: [UInt32], _ fits: (Entry) -> Bool) -> [FoundPlace]? {
        let found = (byDigits[digits] ?? []).lazy.map { entries[Int($0)] }.filter(fits)
        let places = found.prefix(Self.mostPlaces).map { place($0, similarity: 0.9) }
        return places.isEmpty ? nil : places
    }

    /// Words that the reader was unsure of, with one digit in the place of one of like shape.
    private func doubtful(_ digits: [UInt32], _ fits: (Entry) -> Bool) -> [FoundPlace] {
        guard digits.count >= 3 else { return [] }
        var places: [FoundPlace] = []
        for (read, index) in unsure[digits.count] ?? [] {
            var others = 0
            var fitsShape = true
            for (a, b) in zip(digits, read) where a != b {
                others += 1
                fitsShape = fitsShape && DigitShapes.areAlike(a, b)
            }
            guard others == 1, fitsShape, fits(entries[Int(index)]) else { continue }
            var place = place(entries[Int(index)], similarity: 0.7)
            place.hasDoubtfulDigit = true
            places.append(place)
            if places.count == Self.mostPlaces { break }
        }
        return places
    }

    private func place(_ entry: Entry, similarity: Double) -> FoundPlace {
        let certainty = letters.certainty(of: entry.words)
        return FoundPlace(
            evidence: letters.evidence(of: entry.words),
            method: .shapes,
            similarity: similarity,
            certainty: certainty.mean,
            leastCertainty: certainty.least
        )
    }
}
