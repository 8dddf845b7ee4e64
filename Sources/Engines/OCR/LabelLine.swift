internal import Records

/// One line of scattered print, in pixels of the page.
struct LabelLine {
    /// From left to right.
    var words: [Word]
    /// The smallest box that holds them.
    var box: Box
    /// Letters and digits.
    var signs: Int
    /// Sure signs count most: of two readings of one place that with the higher value stays.
    var value: Double

    /// Confidence below which a line read by itself is no print.
    private static let leastConfidence = 0.6
    /// Confidence below which nothing is worth another reading.
    private static let guessConfidence = 0.45
    /// Confidence that a line of a few letters needs.
    private static let shortConfidence = 0.7
    /// Confidence of a sign that is worth nothing.
    private static let worthless = 0.35
    /// Share of the smaller of two boxes from which on they lie over each other.
    private static let overlap = 0.3

    /// A line that was read by itself.
    init(_ words: [Word]) {
        self.words = words
        box =
            words.dropFirst().reduce(words.first?.box ?? Box(x: 0, y: 0, width: 1, height: 1)) {
                $0.union($1.box)
            }
        signs = words.reduce(0) { $0 + LabelLine.signs(in: $1.text) }
        value = words.reduce(0) { sum, word in
            sum + (word.confidence - LabelLine.worthless) * Double(LabelLine.signs(in: word.text))
        }
    }

    private var length: Int { words.reduce(0) { $0 + $1.text.count } }
    private var confidence: Double {
        words.reduce(0) { $0 + $1.confidence * Double($1.text.count) } / Double(max(length, 1))
    }

    /// Whether it is worth reading again: signs rather than marks, and not all of them guessed.
    var mayBePrint: Bool {
        signs >= 2 && 2 * signs > length && confidence >= LabelLine.guessConfidence
    }

    /// Whether it can be print and no grain.
    var isPrint: Bool {
        let digits = words.reduce(0) { $0 + $1.text.count(where: \.isNumber) }
        return mayBePrint && confidence >= LabelLine.leastConfidence
            && (signs >= 3 || digits == signs)
            && (signs > 4 || confidence >= LabelLine.shortConfidence)
    }

    /// Of several readings of one line the best; those that agree with it make it surer.
    static func agreed(_ lines: [LabelLine]) -> LabelLine? {
        let texts = lines.map { $0.words.map(\.text).joined(separator: " ") }
        var best: (line: LabelLine, votes: Double)?
        for (index, line) in lines.enumerated() where line.isPrint {
            var line = line
            let others = lines.indices.filter { $0 != index && texts[$0] == texts[index] }
            let votes = line.value + 0.3 * others.reduce(0) { $0 + max(0, lines[$1].value) }
            guard votes > best?.votes ?? 0 else { continue }
            // Against what the page as a whole was read as, agreement of one line with itself counts little.
            line.value *= 1 + 0.1 * Double(min(2, others.count))
            best = (line, votes)
        }
        return best?.line
    }

    /// The two words of a price with raised decimals; nil where they are not sure.
    init?(price words: [Word]) {
        self.init(words)
        guard words.allSatisfy({ $0.confidence >= LabelLine.leastConfidence }) else { return nil }
        // Read apart, its parts would be worth as much.
        value *= 3
    }

    /// Whether it is made of letters rather than digits: languages differ in those.
    var hasLetters: Bool {
        words.reduce(0) { $0 + $1.text.count(where: \.isLetter) }
            > words.reduce(0) { $0 + $1.text.count(where: \.isNumber) }
    }

    /// Letters and digits of a text.
    static func signs(in text: String) -> Int { text.count { $0.isLetter || $0.isNumber } }

    /// The lines of another reading.
    static func lines(of words: [Word]) -> [LabelLine] {
        var lines: [[Word]] = []
        for word in words {
            if let last = lines.last?.last, last.line == word.line {
                lines[lines.count - 1].append(word)
            } else {
                lines.append([word])
            }
        }
        return lines.map { words in
            var line = LabelLine(words)
            // What reads the page as a whole has voted on it already.
            line.value *= 1.1
            return line
        }
    }

    /// Of lines that lie over each other the best.
    static func best(of lines: [LabelLine]) -> [LabelLine] {
        let ranked = lines.enumerated().sorted {
            ($1.element.value, $0.offset) < ($0.element.value, $1.offset)
        }
        var kept: [LabelLine] = []
        for (_, line) in ranked where line.value > 0 {
            let isCovered = kept.contains { other in
                let width = min(line.box.maxX, other.box.maxX) - max(line.box.x, other.box.x)
                let height = min(line.box.maxY, other.box.maxY) - max(line.box.y, other.box.y)
                guard width > 0, height > 0 else { return false }
                let smaller = min(
                    line.box.width * line.box.height,
                    other.box.width * other.box.height
                )
                return Double(width * height) > overlap * Double(smaller)
            }
            if !isCovered { kept.append(line) }
        }
        return kept
    }

    /// The words of lines from top to bottom, each line a block of its own.
    static func words(of lines: [LabelLine]) -> [Word] {
        let sorted = lines.sorted { ($0.box.y, $0.box.x) < ($1.box.y, $1.box.x) }
        return sorted.enumerated().flatMap { number, line in
            line.words.map { word in
                var word = word
                word.block = number
                word.line = number
                return word
            }
        }
    }
}
