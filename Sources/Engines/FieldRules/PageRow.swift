import Records

/// What stands at one height of a page, from left to right, whichever blocks it was read in.
struct PageRow: Sendable {
    /// The page's number, from 1.
    let page: Int
    /// The page's width.
    let pageWidth: Int
    /// The words from left to right; never empty.
    let words: [PageWord]
    /// The smallest box that holds all words.
    let box: Box
    /// Height of its letters: the median of its words' heights.
    let letterHeight: Int
    /// Whether one unit is one character cell (plain text), where nothing can be told from gaps of one cell.
    let isPlainText: Bool
    /// Key words from left to right.
    var keys: [RowKey] = []
    /// Amounts and other numbers from left to right.
    var amounts: [Amount] = []
    /// Days from left to right.
    var dates: [PrintedDate] = []
    /// Whether a time of day stands in it.
    var hasTime = false

    /// Makes a row of words that are in order of x.
    init(page: Int, pageWidth: Int, words: [PageWord], isPlainText: Bool) {
        self.page = page
        self.pageWidth = pageWidth
        self.words = words
        self.isPlainText = isPlainText
        box = Self.union(words.map(\.box))
        letterHeight = max(1, words.map(\.box.height).sorted()[words.count / 2])
    }

    /// The smallest box that holds all; empty when there is none.
    static func union(_ boxes: [Box]) -> Box {
        guard let first = boxes.first else { return Box(x: 0, y: 0, width: 0, height: 0) }
        return boxes.dropFirst().reduce(first) { $0.union($1) }
    }

    /// The smallest box that holds some of its words.
    func box(of range: Range<Int>) -> Box { Self.union(words[range].map(\.box)) }

    /// Some of its words with one space between them, but none between Chinese or Japanese signs.
    func text(of range: Range<Int>) -> String {
        var text = ""
        var last: Unicode.Scalar?
        for word in words[range] {
            let joins = [last, word.scalars.first].allSatisfy {
                $0.map { FoldedLetters.isIdeograph($0.value) } ?? false
            }
            if last != nil, !joins { text += " " }
            text += word.text
            last = word.scalars.last ?? last
        }
        return text
    }

    /// Mean confidence of some of its words, weighted by their length.
    func confidence(of range: Range<Int>) -> Double {
        var sum = 0.0
        var weight = 0.0
        for word in words[range] {
            sum += word.confidence * Double(word.scalars.count)
            weight += Double(word.scalars.count)
        }
        return weight > 0 ? sum / weight : 0
    }

    /// Evidence for some of its words.
    func evidence(of range: Range<Int>) -> Evidence {
        Evidence(page: page, box: box(of: range), words: text(of: range))
    }

    /// Count of letters in it.
    var letterCount: Int { words.reduce(0) { $0 + $1.letterCount } }

    /// Free space before a word, in pixels; infinite for the first.
    func gap(before index: Int) -> Int {
        guard index > 0, index < words.count else { return Int.max }
        return words[index].box.x - words[index - 1].box.maxX
    }

    /// Whether the space before a word separates columns.
    func isColumnGap(before index: Int) -> Bool {
        gap(before: index) > (isPlainText ? 2 : letterHeight * 2)
    }

    /// Whether a word follows the one before it as closely as the signs of one number do.
    func isTight(before index: Int) -> Bool {
        guard index > 0, index < words.count else { return false }
        if isPlainText { return gap(before: index) <= 1 }
        let sign = max(words[index].signWidth, words[index - 1].signWidth)
        return Double(gap(before: index)) <= min(sign * 1.1, Double(letterHeight) * 0.8)
    }

    /// The ranges of words that no wide space interrupts.
    var segments: [Range<Int>] {
        var segments: [Range<Int>] = []
        var start = 0
        for index in words.indices.dropFirst() where isColumnGap(before: index) {
            segments.append(start..<index)
            start = index
        }
        segments.append(start..<words.count)
        return segments
    }

    /// Index of the first word whose right edge lies beyond an x.
    func firstWord(beyond x: Int) -> Int {
        // The words are in order of their left edges; boxes rarely overlap, so this is found by halving.
        var low = 0
        var high = words.count
        while low < high {
            let middle = (low + high) / 2
            if words[middle].box.maxX <= x { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// A key word in a row.
struct RowKey: Sendable {
    /// What it says of the value beside it.
    let concept: KeyConcept
    /// The words that it covers, wholly or in part.
    let words: Range<Int>
    /// The phrase as printed.
    let printed: String
    /// Whether one letter differs from the table's.
    let isInexact: Bool
    /// Count of letters of the phrase: a longer one is more certain.
    let length: Int
}
