/// One line of a reading: its words in order and the box around them, in the frame that the readings of a page share.
struct TextLine: Sendable {
    let words: [RawWord]
    let left: Int
    let top: Int
    let right: Int
    let bottom: Int
    /// Characters of all words.
    let length: Int
    /// Mean of the words' confidence, weighted by their length, 0 to 100.
    let confidence: Double
    /// Whether the line was added to the first reading, which has nothing there.
    let isAdded: Bool

    /// Takes the words of one line.
    init(_ words: [RawWord], isAdded: Bool = false) {
        self.words = words
        self.isAdded = isAdded
        left = words.map(\.left).min() ?? 0
        top = words.map(\.top).min() ?? 0
        right = words.map(\.right).max() ?? 0
        bottom = words.map(\.bottom).max() ?? 0
        length = words.length
        confidence = words.confidence
    }

    /// The lines of a reading, in its order; none is empty.
    static func lines(of words: [RawWord]) -> [TextLine] {
        var lines: [TextLine] = []
        var start = words.startIndex
        for index in words.indices where words[index].line != words[start].line {
            lines.append(TextLine(Array(words[start..<index])))
            start = index
        }
        if start < words.endIndex { lines.append(TextLine(Array(words[start...]))) }
        return lines
    }

    var middle: Int { (top + bottom) / 2 }

    /// Tesseract's block that the line is in.
    var block: Int { words.first?.block ?? 0 }

    /// The same words, counted among those of a block.
    func moved(toBlock block: Int, isAdded: Bool = false) -> TextLine {
        let moved = words.map { word in
            var moved = word
            moved.block = block
            return moved
        }
        return TextLine(moved, isAdded: isAdded)
    }

    /// Whether two lines are the same print: they share more than half of the lower and of the narrower one.
    func lies(over other: TextLine) -> Bool {
        2 * TextLine.shared(top, bottom, other.top, other.bottom)
            > min(bottom - top, other.bottom - other.top)
            && 2 * TextLine.shared(left, right, other.left, other.right)
                > min(right - left, other.right - other.left)
    }

    /// Length that two stretches have in common.
    static func shared(_ start: Int, _ end: Int, _ otherStart: Int, _ otherEnd: Int) -> Int {
        max(0, min(end, otherEnd) - max(start, otherStart))
    }
}

extension [RawWord] {
    /// Characters of all words.
    var length: Int { reduce(0) { $0 + $1.text.count } }

    /// Mean of the words' confidence, weighted by their length; 0 of no words.
    var confidence: Double {
        reduce(0) { $0 + $1.confidence * Double($1.text.count) } / Double(Swift.max(length, 1))
    }
}
