internal import Imaging
internal import Jobs
internal import Records

/// Reads scattered print in a small photograph line by line: shelf labels, price tags, displays.
///
/// Layout analysis loses such lines among shelves, frames and bars. Here marks of one height that stand side by side are
/// chained, at several thresholds and both polarities, each chain is cut out, made even and read by itself, and of
/// readings that lie over each other the one with most sure characters stays.
struct LabelReading {
    /// Reads a picture of a single line.
    let readLine: (borrowing Picture) throws -> [RawWord]

    /// Side that a small picture is enlarged to.
    private static let searchedSide = 1400.0
    private static let largestFactor = 4.0
    /// Lines read for a page at most.
    private static let readingLimit = 90
    /// Lines that may be no print before the rest is given up: noise makes hundreds.
    private static let patience = 30
    /// Chains weighed for a page at most.
    private static let chainLimit = 400
    /// Thresholds: half the window, and how much darker a mark must be.
    private static let thresholds = [(25, 0.2), (25, 0.08), (12, 0.15)]
    /// Sure characters from which on a page was read well enough without.
    private static let enoughCharacters = 150

    /// Whether a page's words are so few that reading line by line may find more.
    static func isWorthwhile(after words: [Word]) -> Bool {
        words.reduce(0) { sum, word in
            let count = LabelLine.signs(in: word.text)
            return sum + (count >= 3 && word.confidence >= 0.75 ? count : 0)
        } < enoughCharacters
    }

    /// The words of a page.
    ///
    /// - Parameters:
    ///   - picture: the upright page.
    ///   - words: what other readings found; they stay where nothing surer lies over them.
    /// - Returns: the words, line by line from top to bottom.
    /// - Throws: ``JobFailure``, `PictureError`.
    func words(of picture: borrowing Picture, besides words: [Word]) throws -> [Word] {
        let longest = Double(max(picture.width, picture.height))
        let factor = min(max(LabelReading.searchedSide / longest, 0.1), LabelReading.largestFactor)
        let searched = try picture.grey().scaled(by: factor)
        let page = ChainPicture.Page(
            grey: try searched.greyBytes(),
            width: searched.width,
            height: searched.height
        )
        var lines = LabelLine.lines(of: words)
        let known = lines.count
        for (tried, chain) in try chains(of: searched).prefix(LabelReading.readingLimit)
            .enumerated()
        {
            if tried == LabelReading.patience, lines.count == known { break }
            guard let line = try read(chain, on: page, wider: false, factor: factor) else {
                continue
            }
            lines.append(line)
            guard chain.marks.count >= 3, line.signs >= 3,
                let wider = try read(chain, on: page, wider: true, factor: factor),
                wider.signs > line.signs
            else { continue }
            lines.append(wider)
        }
        return LabelLine.words(of: LabelLine.best(of: lines))
    }

    /// The chains that are worth reading, the weightiest first.
    private func chains(of picture: borrowing Picture) throws -> [LetterChain] {
        var chains: [LetterChain] = []
        for (halfWidth, factor) in LabelReading.thresholds {
            for isInverted in [false, true] {
                let marks = try picture.marks(
                    halfWidth: halfWidth,
                    factor: factor,
                    inverted: isInverted
                )
                let found = LetterChain.chains(
                    of: marks,
                    width: picture.width,
                    height: picture.height,
                    isInverted: isInverted
                )
                .filter { chain in !chains.contains { $0.isSame(as: chain, within: 4) } }
                chains += weightiest(found, LabelReading.chainLimit / 6)
            }
        }
        var joined: [LetterChain] = []
        for chain in chains {
            guard let longer = chain.joined(with: chains),
                !joined.contains(where: { $0.isSame(as: longer, within: 6) })
            else { continue }
            joined.append(longer)
        }
        return weightiest(chains + joined, LabelReading.chainLimit)
    }

    private func weightiest(_ chains: [LetterChain], _ count: Int) -> [LetterChain] {
        let sorted = chains.sorted {
            ($1.weight, $0.top, $0.left, $0.right) < ($0.weight, $1.top, $1.left, $1.right)
        }
        return Array(sorted.prefix(count))
    }

    /// Reads one chain.
    ///
    /// - Returns: the line in pixels of the page; nil where it is no print.
    private func read(
        _ chain: LetterChain,
        on page: ChainPicture.Page,
        wider: Bool,
        factor: Double
    ) throws -> LabelLine? {
        guard let cut = try ChainPicture.cut(chain, from: page, wider: wider) else { return nil }
        let words = try readLine(cut.picture).flatMap { word in
            placed(word, cut, chain).map { word in
                Word(
                    text: word.text,
                    box: Box(
                        x: Int(Double(word.left) / factor),
                        y: Int(Double(word.top) / factor),
                        width: max(1, Int(Double(word.right - word.left) / factor)),
                        height: max(1, Int(Double(word.bottom - word.top) / factor))
                    ),
                    confidence: min(max(word.confidence / 100, 0), 1),
                    block: 0,
                    line: 0
                )
            }
        }
        return LabelLine(words)
    }

    /// A word with the edges of its marks; raised decimals become a word of their own.
    private func placed(
        _ word: RawWord,
        _ cut: borrowing ChainPicture,
        _ chain: LetterChain
    ) -> [RawWord] {
        var word = word
        word.left = cut.pageX(word.left)
        word.right = max(word.left + 1, cut.pageX(word.right))
        let rows = (cut.pageY(word.top), cut.pageY(word.bottom))
        func edges(_ left: Int, _ right: Int) -> (top: Int, bottom: Int) {
            let own = chain.marks.filter {
                2 * left <= $0.left + $0.right && $0.left + $0.right <= 2 * right
            }
            guard let top = own.map(\.top).min(), let bottom = own.map(\.bottom).max() else {
                return (rows.0, max(rows.0 + 1, rows.1))
            }
            return (top, bottom)
        }
        if let start = chain.raisedStart, word.left < start, start < word.right,
            (3...6).contains(word.text.count), word.text.allSatisfy(\.isNumber)
        {
            var raised = word
            raised.text = String(word.text.suffix(2))
            raised.left = start
            (raised.top, raised.bottom) = edges(start, word.right)
            word.text = String(word.text.dropLast(2))
            word.right = start
            (word.top, word.bottom) = edges(word.left, start)
            return [word, raised]
        }
        (word.top, word.bottom) = edges(word.left, word.right)
        return [word]
    }
}
