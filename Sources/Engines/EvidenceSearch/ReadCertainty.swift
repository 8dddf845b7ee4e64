import Records

/// How sure the reader was of whole pages, on average over the signs.
struct ReadCertainty {
    private let means: [Int: Double]
    /// The mean over all pages.
    let all: Double

    init(_ pages: [PageText]) {
        var means: [Int: Double] = [:]
        var total = (sum: 0.0, weight: 0.0)
        for page in pages {
            var sum = 0.0
            var weight = 0.0
            for word in page.words where !word.confidence.isNaN {
                let signs = Double(word.text.unicodeScalars.count)
                sum += min(1, max(0, word.confidence)) * signs
                weight += signs
            }
            if weight > 0 { means[page.number] = sum / weight }
            total = (total.sum + sum, total.weight + weight)
        }
        self.means = means
        all = total.weight > 0 ? total.sum / total.weight : 0
    }

    /// The mean of a page; 0 where nothing was read.
    func page(_ number: Int) -> Double { means[number] ?? 0 }
}
