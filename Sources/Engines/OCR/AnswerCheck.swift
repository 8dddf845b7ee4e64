internal import Jobs
internal import PipelineSpec
internal import Records
internal import Sandbox

/// Looks through what a worker answered before anything of it is believed.
///
/// A worker has touched foreign bytes; one that was taken over may answer anything. What is out of bounds
/// in kind is an error, what is out of bounds in size is brought back.
enum AnswerCheck {
    /// An answer that no honest worker gives.
    struct Nonsense: Error, Hashable {
        var what: String
    }

    /// Longest message of a worker in bytes.
    static let messageLimit = 64_000_000
    /// Most words of a page.
    static let wordLimit = 200_000
    /// Longest word in characters; tables of dots and lines stay below.
    static let wordLength = 1000
    /// Most characters of a symbol: a QR code holds up to 7089.
    static let symbolLength = 7100
    /// Most warnings of a page.
    static let warningLimit = 20

    /// The count of pages and the size that a worker found.
    static func checked(_ shape: DocumentShape) throws(Nonsense) -> DocumentShape {
        guard shape.pageCount >= 1, shape.pageCount <= 1_000_000 else {
            throw Nonsense(what: "\(shape.pageCount) pages")
        }
        return shape
    }

    /// A page with its words inside it.
    static func checked(_ page: ReadPage, limits: PageLimits) throws(Nonsense) -> ReadPage {
        try checkSize(width: page.width, height: page.height, limits: limits)
        guard (1...1_000_000).contains(page.pageCount) else {
            throw Nonsense(what: "\(page.pageCount) pages")
        }
        guard [0, 90, 180, 270].contains(page.turnedBy) else {
            throw Nonsense(what: "a turn by \(page.turnedBy) degrees")
        }
        guard page.words.count <= wordLimit else {
            throw Nonsense(what: "\(page.words.count) words on a page")
        }
        var page = page
        page.words = words(page.words, width: page.width, height: page.height)
        page.symbols = symbols(page.symbols, width: page.width, height: page.height)
        page.warnings = warnings(page.warnings)
        if page.isBlank { page.words = [] }
        return page
    }

    /// A prepared picture's place on its page.
    static func checked(
        _ picture: PreparedPicture,
        limits: PageLimits
    ) throws(Nonsense) -> PreparedPicture {
        let placement = picture.placement
        try checkSize(width: placement.width, height: placement.height, limits: limits)
        guard placement.scale.isFinite, placement.scale > 0.01, placement.scale < 100,
            placement.radians.isFinite, (1...1_000_000).contains(placement.turnedWidth),
            (1...1_000_000).contains(placement.turnedHeight),
            (1...1_000_000).contains(picture.pictureWidth),
            (1...1_000_000).contains(picture.pictureHeight),
            [0, 90, 180, 270].contains(picture.turnedBy)
        else { throw Nonsense(what: "a picture that lies nowhere") }
        var picture = picture
        picture.warnings = warnings(picture.warnings)
        picture.symbols = symbols(
            picture.symbols,
            width: placement.width,
            height: placement.height
        )
        return picture
    }

    /// Words with text that can be printed, confidence from 0 to 1, boxes on the page, and blocks and lines counted from 0.
    static func words(_ words: [Word], width: Int, height: Int) -> [Word] {
        var checked: [Word] = []
        checked.reserveCapacity(min(words.count, wordLimit))
        var block = -1
        var line = -1
        var last: (block: Int, line: Int)?
        for word in words.prefix(wordLimit) {
            let text = printable(word.text)
            guard !text.isEmpty else { continue }
            if last?.block != word.block { block += 1 }
            if last?.block != word.block || last?.line != word.line { line += 1 }
            last = (word.block, word.line)
            checked.append(
                Word(
                    text: text,
                    box: inside(word.box, width: width, height: height),
                    confidence: word.confidence.isFinite ? min(max(word.confidence, 0), 1) : 0,
                    block: block,
                    line: line
                )
            )
        }
        return checked
    }

    /// Symbols with text, confidence from 0 to 1, and boxes on the page.
    static func symbols(_ symbols: [Symbol], width: Int, height: Int) -> [Symbol] {
        symbols.prefix(SymbolReading.symbolLimit).compactMap { symbol in
            let text = content(of: symbol)
            guard text.contains(where: { !$0.isWhitespace }) else { return nil }
            return Symbol(
                format: symbol.format,
                text: text,
                box: inside(symbol.box, width: width, height: height),
                confidence: symbol.confidence.isFinite ? min(max(symbol.confidence, 0), 1) : 0,
                isGS1: symbol.isGS1
            )
        }
    }

    /// A symbol's text without control characters but for line ends and the sign between GS1's elements.
    private static func content(of symbol: Symbol) -> String {
        let scalars = symbol.text.unicodeScalars.prefix(symbolLength).filter { scalar in
            scalar == "\u{1D}" || scalar == "\n" || scalar.properties.generalCategory != .control
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// A box clamped to the page, at least one pixel wide and high.
    static func inside(_ box: Box, width: Int, height: Int) -> Box {
        let x = min(max(box.x, 0), width - 1)
        let y = min(max(box.y, 0), height - 1)
        // A sum of two numbers from outside can overflow.
        let endX = box.x.addingReportingOverflow(box.width)
        let endY = box.y.addingReportingOverflow(box.height)
        return Box(
            x: x,
            y: y,
            width: max(1, min(endX.overflow ? width : endX.partialValue, width) - x),
            height: max(1, min(endY.overflow ? height : endY.partialValue, height) - y)
        )
    }

    private static func checkSize(width: Int, height: Int, limits: PageLimits) throws(Nonsense) {
        let area = width.multipliedReportingOverflow(by: height)
        guard width > 0, height > 0, !area.overflow, area.partialValue <= limits.pixels else {
            throw Nonsense(what: "a page of \(width)x\(height) pixels")
        }
    }

    private static func printable(_ text: String) -> String {
        let isPlain =
            text.utf8.count <= wordLength && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        if isPlain { return text }
        let scalars = text.unicodeScalars.prefix(wordLength).filter {
            switch $0.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
        let cleaned = String(String.UnicodeScalarView(scalars))
        return cleaned.contains(where: { !$0.isWhitespace }) ? cleaned : ""
    }

    private static func warnings(_ warnings: [String]) -> [String] {
        warnings.prefix(warningLimit).map(PlainLine.of).filter { !$0.isEmpty }
    }
}
