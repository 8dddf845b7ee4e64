/// What was read from one page of a document.
public struct PageText: Hashable, Codable, Sendable {
    /// Who read the words.
    public enum Source: String, Codable, Sendable {
        /// Tesseract, from the page's picture.
        case tesseract
        /// The text layer that a PDF page carries.
        case textLayer = "text layer"
        /// The bytes of a text or Markdown file.
        case plainText = "plain text"
        /// The program that a `read` step names with `engine:`.
        case program
    }

    /// The page's number in its document, from 1.
    public var number: Int
    /// Width of the upright page in pixels (characters for plain text).
    public var width: Int
    /// Height of the upright page in pixels (lines for plain text).
    public var height: Int
    /// The words in reading order, lines together.
    public var words: [Word]
    /// The bar codes and matrix codes, where the step asks for them; from top to bottom.
    public var symbols: [Symbol]
    /// Who read the words.
    public var source: Source
    /// The language that Tesseract read the words in, as the step names it; nil where another read them.
    public var language: String?
    /// True when the page carries no ink: a result, not a failure.
    public var isBlank: Bool
    /// Clockwise turn in degrees (0, 90, 180, 270) that made the stored page upright, besides EXIF.
    public var turnedBy: Int
    /// What a reader of the result should know: repaired data, resolution reduced, rows missing.
    public var warnings: [String]
    /// True when a limit or damage kept part of the page from being read.
    public var isCutShort: Bool

    /// Creates a page's text.
    public init(
        number: Int,
        width: Int,
        height: Int,
        words: [Word],
        symbols: [Symbol] = [],
        source: Source,
        language: String? = nil,
        isBlank: Bool = false,
        turnedBy: Int = 0,
        warnings: [String] = [],
        isCutShort: Bool = false
    ) {
        self.number = number
        self.width = width
        self.height = height
        self.words = words
        self.symbols = symbols
        self.source = source
        self.language = language
        self.isBlank = isBlank
        self.turnedBy = turnedBy
        self.warnings = warnings
        self.isCutShort = isCutShort
    }

    /// One line of a page: its words from left to right.
    public struct Line: Hashable, Sendable {
        /// The words from left to right.
        public var words: [Word]

        /// The words with one space between them.
        public var text: String { words.map(\.text).joined(separator: " ") }
        /// The smallest box that holds all words.
        public var box: Box {
            words.dropFirst().reduce(words[0].box) { $0.union($1.box) }
        }
    }

    /// The words grouped into their lines, in reading order; no line is empty.
    public var lines: [Line] {
        var lines: [Line] = []
        var last: Int?
        for word in words {
            if word.line == last {
                lines[lines.count - 1].words.append(word)
            } else {
                lines.append(Line(words: [word]))
                last = word.line
            }
        }
        return lines
    }

    /// The page as text: one line a line, an empty line between blocks.
    public var text: String {
        var text = ""
        var block: Int?
        for line in lines {
            if let block, block != line.words[0].block { text += "\n" }
            block = line.words[0].block
            text += line.text + "\n"
        }
        return text
    }
}
