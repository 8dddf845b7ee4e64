import Records

/// How sure the reader was of the words at a place, and of a page as a whole.
struct ReadingCertainty: Sendable {
    private let pages: [Int: PageText]
    private let means: [Int: Double]

    /// Keeps what was read.
    init(_ pages: [PageText]) {
        self.pages = Dictionary(
            pages.map { ($0.number, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        means = self.pages.mapValues { Self.mean($0.words) }
    }

    /// The mean over the signs at a value's places, its least sure word, and the mean of the page it begins on.
    func of(_ evidence: [Evidence]) -> (mean: Double, least: Double, page: Double) {
        var words: [Word] = []
        for place in evidence {
            guard let page = pages[place.page] else { continue }
            words += page.words.filter { place.box.holdsMiddle(of: $0.box) }
        }
        let page = evidence.first.flatMap { means[$0.page] } ?? 0
        guard !words.isEmpty else { return (page, page, page) }
        // A comma or a bar that was read beside the value says nothing about it.
        let least =
            words.filter { $0.text.contains { $0.isLetter || $0.isNumber } }
            .map(\.confidence).min() ?? Self.mean(words)
        return (Self.mean(words), least, page)
    }

    private static func mean(_ words: [Word]) -> Double {
        var sum = 0.0
        var weight = 0.0
        for word in words {
            let signs = Double(word.text.unicodeScalars.count)
            sum += word.confidence * signs
            weight += signs
        }
        return weight > 0 ? sum / weight : 0
    }
}

extension Box {
    /// Whether the middle of another box lies in this one.
    fileprivate func holdsMiddle(of other: Box) -> Bool {
        let x = other.x + other.width / 2
        return x >= self.x && x <= maxX && other.midY >= y && other.midY <= maxY
    }
}
