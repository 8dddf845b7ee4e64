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

    /// What was read at a value's places.
    struct OfPlace {
        /// The mean over the signs.
        var mean: Double
        /// The least sure word.
        var least: Double
        /// That all words are right, as if each were right or wrong for itself.
        var all: Double
        /// The mean over the signs of the page that it begins on.
        var page: Double
    }

    /// How sure the reader was at a value's places.
    func of(_ evidence: [Evidence]) -> OfPlace {
        var words: [Word] = []
        for place in evidence {
            guard let page = pages[place.page] else { continue }
            words += page.words.filter { place.box.holdsMiddle(of: $0.box) }
        }
        let page = evidence.first.flatMap { means[$0.page] } ?? 0
        guard !words.isEmpty else { return OfPlace(mean: page, least: page, all: page, page: page) }
        let mean = Self.mean(words)
        // A comma or a bar that was read beside the value says nothing about it.
        let spoken = words.filter { $0.text.contains { $0.isLetter || $0.isNumber } }
            .map(\.confidence)
        return OfPlace(
            mean: mean,
            least: spoken.min() ?? mean,
            all: spoken.isEmpty ? mean : spoken.reduce(1, *),
            page: page
        )
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
    /// Whether the middle of another box lies in this one; boxes of a foreign reader may lie beyond all whole numbers.
    fileprivate func holdsMiddle(of other: Box) -> Bool {
        let x = Double(other.x) + Double(other.width) / 2 - Double(self.x)
        let y = Double(other.y) + Double(other.height) / 2 - Double(self.y)
        return x >= 0 && x <= Double(width) && y >= 0 && y <= Double(height)
    }
}
