internal import Records

/// Whether the text layer of a PDF page can stand for its picture.
enum TextLayerJudgement: Hashable, Sendable {
    /// Words of the layer are the page's words.
    case usable
    /// The layer has text, but it may be only a heading or a stamp over a scan: the pictures decide.
    case thin
    /// There is none, or its characters mean nothing.
    case unusable

    /// Judges a layer by its characters and by how much of the page its words cover.
    ///
    /// - Parameter page: the layer.
    /// - Returns: the judgement.
    static func of(_ page: TextLayerPage) -> TextLayerJudgement {
        guard !page.words.isEmpty, page.width > 0, page.height > 0 else { return .unusable }
        var characters = 0
        var meaningless = 0
        var wordlike = 0
        for word in page.words {
            for scalar in word.text.unicodeScalars {
                characters += 1
                if isMeaningless(scalar) { meaningless += 1 }
                if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                    wordlike += 1
                }
            }
        }
        guard characters > 0, meaningless * 20 <= characters, wordlike * 3 >= characters else {
            return .unusable
        }
        // All words in one place are a layer that was never laid over anything.
        let places = Set(
            page.words.map { Place(x: Int($0.left.rounded()), y: Int($0.top.rounded())) }
        )
        if page.words.count >= 10 && places.count * 5 < page.words.count { return .unusable }
        return isSparse(page) ? .thin : .usable
    }

    /// Whether a page with a thin layer is a scan: one picture covers most of it.
    ///
    /// - Parameters:
    ///   - pictures: the pictures that the page holds.
    ///   - page: the page.
    /// - Returns: true when the picture must be read instead.
    static func isScan(_ pictures: [PagePicture], on page: TextLayerPage) -> Bool {
        let area = page.width * page.height
        return area > 0 && pictures.contains { $0.widthInPoints * $0.heightInPoints >= 0.5 * area }
    }

    private struct Place: Hashable {
        var x: Int
        var y: Int
    }

    /// Fewer words than a page of print has, or words that cover little of it.
    ///
    /// Printed invoices cover 3 % and more of their page; a heading over a scan covers below 1 %.
    private static func isSparse(_ page: TextLayerPage) -> Bool {
        let covered = page.words.reduce(0.0) {
            $0 + ($1.right - $1.left) * ($1.bottom - $1.top)
        }
        return page.words.count < 40 || covered < 0.02 * page.width * page.height
    }

    private static func isMeaningless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .privateUse, .unassigned, .surrogate: true
        default: scalar == "\u{FFFD}"
        }
    }
}

extension TextLayerPage {
    /// The layer as a page of words, in pixels at a resolution.
    ///
    /// - Parameters:
    ///   - number: the page's number, from 1.
    ///   - dotsPerInch: the resolution; a point is 1/72 inch.
    /// - Returns: the page.
    func pageText(number: Int, dotsPerInch: Int) -> PageText {
        let scale = Double(dotsPerInch) / 72
        let pixelWidth = max(1, Int((width * scale - 0.01).rounded(.up)))
        let pixelHeight = max(1, Int((height * scale - 0.01).rounded(.up)))
        let words = words.compactMap { word -> Word? in
            let text = String(
                String.UnicodeScalarView(
                    word.text.unicodeScalars.filter { $0.properties.generalCategory != .control }
                )
            )
            guard text.contains(where: { !$0.isWhitespace }) else { return nil }
            let x = min(max(0, (word.left * scale).rounded()), Double(pixelWidth - 1))
            let y = min(max(0, (word.top * scale).rounded()), Double(pixelHeight - 1))
            let endX = min(max(x + 1, (word.right * scale).rounded()), Double(pixelWidth))
            let endY = min(max(y + 1, (word.bottom * scale).rounded()), Double(pixelHeight))
            return Word(
                text: text,
                box: Box(x: Int(x), y: Int(y), width: Int(endX - x), height: Int(endY - y)),
                confidence: 1,
                block: word.block,
                line: word.line
            )
        }
        return PageText(
            number: number,
            width: pixelWidth,
            height: pixelHeight,
            words: words,
            source: .textLayer
        )
    }
}
