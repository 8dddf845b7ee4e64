internal import Imaging
internal import Jobs
internal import Records

/// Reads scattered print in a small photograph line by line: shelf labels, price tags, displays.
///
/// Layout analysis loses such lines among shelves, frames and bars. Here marks of one height that stand side by side are
/// chained, at several thresholds and both polarities, each chain is cut out, made even and read by itself, and of
/// readings that lie over each other the one with most sure characters stays.
struct LabelReading {
    /// Languages that lines may be read in, the page's own first.
    let languageCount: Int
    /// Reads a picture of a single line in one of the languages.
    let readLine: (borrowing Picture, Int) throws -> [RawWord]

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
    private static let thresholds = [(25, 0.2), (25, 0.08), (12, 0.15), (25, 0.35)]
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
        let found = try chains(of: searched)
        for price in RaisedPrice.pairs(among: found) {
            if let line = try read(price, on: page, factor: factor) { lines.append(line) }
        }
        let readable = found.filter(\.isLine)
        let joined = LabelReading.joined(readable)
        let chains = weightiest(readable + joined, LabelReading.chainLimit)
        for (tried, chain) in chains.prefix(LabelReading.readingLimit).enumerated() {
            if tried == LabelReading.patience, lines.count == known { break }
            lines += try readings(of: chain, on: page, factor: factor)
        }
        return LabelLine.words(of: LabelLine.best(of: lines))
    }

    /// What a chain says: read in each language, in the best at several heights and tones, and with what touches it on both sides.
    private func readings(
        of chain: LetterChain,
        on page: ChainPicture.Page,
        factor: Double
    ) throws -> [LabelLine] {
        guard let cut = try ChainPicture.cut(chain, from: page, wider: false),
            let first = try read(cut, chain, language: 0, factor: factor), first.mayBePrint
        else { return [] }
        var lines = [first]
        var language = 0
        for other in 1..<max(1, languageCount) where first.hasLetters {
            guard let line = try read(cut, chain, language: other, factor: factor) else {
                continue
            }
            if line.isPrint, line.value > lines[0].value {
                language = other
                lines.insert(line, at: 0)
            } else {
                lines.append(line)
            }
        }
        for tuning in ChainPicture.Tuning.others {
            guard
                let cut = try ChainPicture.cut(chain, from: page, wider: false, tuning: tuning),
                let line = try read(cut, chain, language: language, factor: factor)
            else { continue }
            lines.append(line)
        }
        let best = LabelLine.agreed(lines)
        guard let best, chain.marks.count >= 3, best.signs >= 3,
            let wide = try ChainPicture.cut(chain, from: page, wider: true)
        else { return best.map { [$0] } ?? [] }
        guard let wider = try read(wide, chain, language: language, factor: factor),
            wider.isPrint, wider.signs > best.signs
        else { return [best] }
        return [best, wider]
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
                chains += weightiest(found, LabelReading.chainLimit / 8)
            }
        }
        return chains
    }

    /// Longer chains, of parts that different thresholds found.
    private static func joined(_ chains: [LetterChain]) -> [LetterChain] {
        var joined: [LetterChain] = []
        for chain in chains {
            guard let longer = chain.joined(with: chains),
                !joined.contains(where: { $0.isSame(as: longer, within: 6) })
            else { continue }
            joined.append(longer)
        }
        return joined
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
        _ cut: borrowing ChainPicture,
        _ chain: LetterChain,
        language: Int,
        factor: Double
    ) throws -> LabelLine? {
        var words = try readLine(cut.picture, language).map { placed($0, cut, chain) }
        // What was read of the edges beside the chain counts only when it is sure.
        words.removeAll { word in
            word.confidence < LabelReading.edgeConfidence
                && (word.right <= chain.left + 2 || word.left >= chain.right - 2)
        }
        return words.isEmpty ? nil : LabelLine(words.map { LabelReading.word($0, factor: factor) })
    }

    /// Confidence, 0 to 100, of a word beside a chain.
    private static let edgeConfidence = 80.0

    /// Reads a price: digits only, the last of them the raised ones.
    private func read(
        _ price: RaisedPrice,
        on page: ChainPicture.Page,
        factor: Double
    ) throws -> LabelLine? {
        guard let whole = try ChainPicture.cut(price.whole, from: page, wider: false),
            let decimals = try ChainPicture.cut(price.decimals, from: page, wider: false)
        else { return nil }
        let read = try readLine(ChainPicture.beside(whole, decimals), 0)
        let signs = read.map(\.text).joined().compactMap(LabelReading.digit)
        let letters = read.reduce(0) { $0 + $1.text.count(where: \.isLetter) }
        let digits = String(signs)
        guard (3...6).contains(digits.count), digits.count(where: \.isNumber) == digits.count,
            letters <= 1
        else { return nil }
        let length = read.reduce(0) { $0 + $1.text.count }
        let confidence =
            read.reduce(0) { $0 + $1.confidence * Double($1.text.count) } / Double(max(1, length))
        let words = [
            (String(digits.dropLast(2)), price.whole), (String(digits.suffix(2)), price.decimals),
        ].map { text, chain in
            LabelReading.word(
                RawWord(
                    text: text,
                    left: chain.left,
                    top: chain.top,
                    right: chain.right,
                    bottom: chain.bottom,
                    confidence: confidence,
                    block: 0,
                    line: 0
                ),
                factor: factor
            )
        }
        return LabelLine(price: words)
    }

    /// The digit that a sign among digits is; nil for marks, which raised decimals do without.
    private static func digit(_ sign: Character) -> Character? {
        switch sign {
        case "O", "o", "Q", "D": "0"
        case "I", "l": "1"
        case "Z", "z": "2"
        case "S", "s": "5"
        case "B": "8"
        default: sign.isLetter || sign.isNumber ? sign : nil
        }
    }

    private static func word(_ word: RawWord, factor: Double) -> Word {
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

    /// A word with the edges of its marks.
    private func placed(
        _ word: RawWord,
        _ cut: borrowing ChainPicture,
        _ chain: LetterChain
    ) -> RawWord {
        var word = word
        let rows = (cut.pageY(word.top), cut.pageY(word.bottom))
        word.left = cut.pageX(word.left)
        word.right = max(word.left + 1, cut.pageX(word.right))
        let own = chain.marks.filter {
            2 * word.left <= $0.left + $0.right && $0.left + $0.right <= 2 * word.right
        }
        word.top = own.map(\.top).min() ?? rows.0
        word.bottom = own.map(\.bottom).max() ?? max(rows.0 + 1, rows.1)
        return word
    }
}
