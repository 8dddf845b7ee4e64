internal import Records

/// What another program answered to a picture: hOCR, Tesseract's TSV or plain text.
struct ProgramOutput: Hashable, Sendable {
    /// How the answer was understood.
    enum Form: Hashable, Sendable {
        case hocr
        case tsv
        case text
    }

    var form: Form
    /// Words in pixels of the picture that the program was given.
    var words: [RawWord]

    /// Most words of an answer that are kept.
    static let wordLimit = 100_000

    /// Understands an answer by its first bytes.
    ///
    /// - Parameters:
    ///   - bytes: the answer.
    ///   - width: width of the picture, over which plain text is spread.
    ///   - height: its height.
    /// - Returns: the words.
    static func parse(_ bytes: [UInt8], width: Int, height: Int) -> ProgramOutput {
        let text = String(decoding: bytes, as: UTF8.self)
        let start = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        if start.hasPrefix("<") {
            return ProgramOutput(form: .hocr, words: HOCR.words(in: start))
        }
        if let header = start.split(maxSplits: 1, whereSeparator: \.isNewline).first,
            let columns = TSVColumns(header: header)
        {
            return ProgramOutput(form: .tsv, words: columns.words(in: start))
        }
        return ProgramOutput(form: .text, words: spread(start, width: width, height: height))
    }

    /// Lines of plain text laid evenly over the page: their places are not known.
    private static func spread(_ text: Substring, width: Int, height: Int) -> [RawWord] {
        let page = PlainTextPage.page(of: String(text.drop { $0.isNewline }))
        let columnWidth = Double(width) / Double(page.width)
        let rowHeight = Double(height) / Double(page.height)
        return page.words.prefix(wordLimit).map { word in
            RawWord(
                text: word.text,
                left: Int(Double(word.box.x) * columnWidth),
                top: Int(Double(word.box.y) * rowHeight),
                right: Int(Double(word.box.maxX) * columnWidth),
                bottom: Int(Double(word.box.maxY) * rowHeight),
                confidence: 50,
                block: word.block,
                line: word.line
            )
        }
    }
}

/// The columns of Tesseract's TSV, found by their names.
private struct TSVColumns {
    private let places: [Substring: Int]

    init?(header: Substring) {
        var places: [Substring: Int] = [:]
        for (index, name) in header.split(separator: "\t", omittingEmptySubsequences: false)
            .enumerated()
        {
            places[name] = index
        }
        guard ["left", "top", "width", "height", "text"].allSatisfy({ places[$0] != nil }) else {
            return nil
        }
        self.places = places
    }

    func words(in text: Substring) -> [RawWord] {
        var words: [RawWord] = []
        var lines = Numbering()
        var blocks = Numbering()
        for row in text.split(whereSeparator: \.isNewline).dropFirst() {
            let cells = row.split(separator: "\t", omittingEmptySubsequences: false)
            guard let word = cell("text", of: cells), word.contains(where: { !$0.isWhitespace }),
                let left = number("left", of: cells), let top = number("top", of: cells),
                let width = number("width", of: cells), let height = number("height", of: cells),
                words.count < ProgramOutput.wordLimit
            else { continue }
            let block = "\(cell("page_num", of: cells) ?? "")/\(cell("block_num", of: cells) ?? "")"
            let line =
                "\(block)/\(cell("par_num", of: cells) ?? "")/\(cell("line_num", of: cells) ?? "")"
            words.append(
                RawWord(
                    text: String(word),
                    left: left,
                    top: top,
                    right: left + width,
                    bottom: top + height,
                    confidence: cell("conf", of: cells).flatMap { Double($0) } ?? 50,
                    block: blocks.number(of: block),
                    line: lines.number(of: line)
                )
            )
        }
        return words
    }

    private func cell(_ name: Substring, of cells: [Substring]) -> Substring? {
        places[name].flatMap { $0 < cells.count ? cells[$0] : nil }
    }

    private func number(_ name: Substring, of cells: [Substring]) -> Int? {
        cell(name, of: cells).flatMap { Double($0) }.flatMap(HOCR.pixel)
    }
}

/// Counts 0, 1, 2 … as keys change.
private struct Numbering {
    private var last: String?
    private var next = -1

    mutating func number(of key: String) -> Int {
        if key != last {
            next += 1
            last = key
        }
        return next
    }
}

/// Reads hOCR: words of class `ocrx_word` (or `ocr_word`) with `bbox` and `x_wconf` in their title.
enum HOCR {
    /// The words in the order of the file.
    static func words(in text: Substring) -> [RawWord] {
        var words: [RawWord] = []
        var block = -1
        var line = -1
        var rest = text
        while let open = rest.firstIndex(of: "<"),
            let close = rest[open...].firstIndex(of: ">")
        {
            let tag = rest[open..<close]
            rest = rest[rest.index(after: close)...]
            guard let kind = Markup.attribute("class", in: tag) else { continue }
            switch kind {
            case "ocr_carea": block += 1
            case "ocr_line", "ocr_header", "ocr_textfloat", "ocr_caption": line += 1
            case "ocrx_word", "ocr_word":
                guard words.count < ProgramOutput.wordLimit,
                    let title = Markup.attribute("title", in: tag), let edges = edges(in: title)
                else { continue }
                let end = rest.firstRange(of: "</span")?.lowerBound ?? rest.endIndex
                let content = Markup.unescaped(withoutTags(rest[..<end]))
                    .split(whereSeparator: \.isWhitespace).joined(separator: " ")
                guard !content.isEmpty else { continue }
                words.append(
                    RawWord(
                        text: content,
                        left: edges[0],
                        top: edges[1],
                        right: edges[2],
                        bottom: edges[3],
                        confidence: property("x_wconf", of: title).first ?? 50,
                        block: max(block, 0),
                        line: max(line, 0)
                    )
                )
                rest = rest[end...]
            default: continue
            }
        }
        return words
    }

    /// A number of pixels that a picture can have.
    static func pixel(_ value: Double) -> Int? {
        value.isFinite && abs(value) < 1e7 ? Int(value.rounded()) : nil
    }

    private static func edges(in title: Substring) -> [Int]? {
        let edges = property("bbox", of: title).compactMap(pixel)
        return edges.count == 4 ? edges : nil
    }

    /// The numbers of one property of a title: `bbox 1 2 3 4; x_wconf 90`.
    private static func property(_ name: String, of title: Substring) -> [Double] {
        for part in title.split(separator: ";") {
            let words = part.split(separator: " ")
            if words.first == Substring(name) { return words.dropFirst().compactMap { Double($0) } }
        }
        return []
    }

    private static func withoutTags(_ text: Substring) -> String {
        var result = ""
        var isInTag = false
        for character in text {
            if character == "<" {
                isInTag = true
            } else if character == ">" && isInTag {
                isInTag = false
            } else if !isInTag {
                result.append(character)
            }
        }
        return result
    }
}
