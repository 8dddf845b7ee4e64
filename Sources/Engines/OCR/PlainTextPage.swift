internal import Records

/// A text or Markdown file as one page, in cells of a character.
enum PlainTextPage {
    /// The longest text that becomes words; the rest is cut off and said so.
    static let byteLimit = 4_000_000

    /// The page of a text file.
    ///
    /// - Parameters:
    ///   - bytes: the file's bytes, or its first `byteLimit` ones.
    ///   - byteCount: how many bytes the file has.
    /// - Returns: the page; nil when the bytes are no text.
    static func page(from bytes: [UInt8], byteCount: Int) -> PageText? {
        let isCut = byteCount > bytes.count || bytes.count > byteLimit
        guard let decoded = TextDecoding.decode(Array(bytes.prefix(byteLimit)), mayEndEarly: isCut)
        else { return nil }
        var page = page(of: decoded.text)
        page.isBlank = page.words.isEmpty
        if isCut {
            page.isCutShort = true
            page.warnings.append("only the first \(byteLimit) of \(byteCount) bytes were read")
        }
        if let warning = decoded.warning { page.warnings.append(warning) }
        return page
    }

    /// The words of a text, each in the cells that it takes up; an empty line begins a new block.
    static func page(of text: String) -> PageText {
        var words: [Word] = []
        var width = 0
        var row = 0
        var block = 0
        var line = 0
        var isBlockOpen = false
        for content in text.split(
            omittingEmptySubsequences: false,
            whereSeparator: { $0.isNewline }
        ) {
            defer { row += 1 }
            let before = words.count
            width = max(
                width,
                appendWords(of: content, row: row, block: block, line: line, to: &words)
            )
            if words.count > before {
                line += 1
                isBlockOpen = true
            } else if isBlockOpen {
                block += 1
                isBlockOpen = false
            }
        }
        if let last = text.last, last.isNewline { row -= 1 }
        return PageText(
            number: 1,
            width: max(1, width),
            height: max(1, row),
            words: words,
            source: .plainText
        )
    }

    private static func appendWords(
        of content: Substring,
        row: Int,
        block: Int,
        line: Int,
        to words: inout [Word]
    ) -> Int {
        var column = 0
        var start = 0
        var current = ""
        func close() {
            guard !current.isEmpty else { return }
            words.append(
                Word(
                    text: current,
                    box: Box(x: start, y: row, width: column - start, height: 1),
                    confidence: 1,
                    block: block,
                    line: line
                )
            )
            current = ""
        }
        for character in content {
            if character == "\t" {
                close()
                column = (column / 8 + 1) * 8
            } else if character.isWhitespace || PlainTextPage.isControl(character) {
                close()
                column += 1
            } else {
                if current.isEmpty { start = column }
                current.append(character)
                column += 1
            }
        }
        close()
        return column
    }

    private static func isControl(_ character: Character) -> Bool {
        character.unicodeScalars.allSatisfy { $0.properties.generalCategory == .control }
    }
}

/// Bytes to text, by their marks or by what they can be.
public enum TextDecoding {
    /// The text of a file's bytes.
    ///
    /// A byte order mark decides; then zero bytes at every other place (UTF-16 without a mark); then whether
    /// the bytes are valid UTF-8; what is left is read as Windows-1252, in which every byte means something.
    ///
    /// - Parameters:
    ///   - bytes: the file's bytes.
    ///   - mayEndEarly: true when the bytes were cut off somewhere, perhaps inside a character.
    /// - Returns: the text and what a reader should know of it; nil when it holds too many zero bytes to be text.
    public static func decode(
        _ bytes: [UInt8],
        mayEndEarly: Bool
    ) -> (text: String, warning: String?)? {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            return decodeUTF8(Array(bytes.dropFirst(3)), mayEndEarly: mayEndEarly) ?? latin(bytes)
        }
        if bytes.starts(with: [0xFF, 0xFE]) {
            return (utf16(bytes.dropFirst(2), bigEndian: false), nil)
        }
        if bytes.starts(with: [0xFE, 0xFF]) {
            return (utf16(bytes.dropFirst(2), bigEndian: true), nil)
        }
        let sample = bytes.prefix(4096)
        let zerosAtEven = sample.indices.count { $0 % 2 == 0 && sample[$0] == 0 }
        let zerosAtOdd = sample.indices.count { $0 % 2 == 1 && sample[$0] == 0 }
        let half = max(1, sample.count / 2)
        if zerosAtOdd * 3 > half && zerosAtEven == 0 {
            return (utf16(bytes[...], bigEndian: false), nil)
        }
        if zerosAtEven * 3 > half && zerosAtOdd == 0 {
            return (utf16(bytes[...], bigEndian: true), nil)
        }
        if (zerosAtEven + zerosAtOdd) * 20 > sample.count { return nil }
        return decodeUTF8(bytes, mayEndEarly: mayEndEarly) ?? latin(bytes)
    }

    private static func decodeUTF8(
        _ bytes: [UInt8],
        mayEndEarly: Bool
    ) -> (text: String, warning: String?)? {
        // A cut can fall inside a character of up to four bytes.
        for dropped in 0...(mayEndEarly ? 3 : 0) where dropped <= bytes.count {
            if let text = String(validating: bytes.dropLast(dropped), as: UTF8.self) {
                return (text, nil)
            }
        }
        return nil
    }

    private static func utf16(_ bytes: ArraySlice<UInt8>, bigEndian: Bool) -> String {
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        var index = bytes.startIndex
        while index + 1 < bytes.endIndex {
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            units.append(bigEndian ? first << 8 | second : second << 8 | first)
            index += 2
        }
        return String(decoding: units, as: UTF16.self)
    }

    /// What Windows-1252 puts where Latin-1 has control characters, 0x80 to 0x9F; 0 where it has nothing.
    private static let windows1252: [UInt32] = [
        0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
        0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC,
        0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
    ]

    private static func latin(_ bytes: [UInt8]) -> (text: String, warning: String?) {
        var scalars = String.UnicodeScalarView()
        for byte in bytes {
            let code =
                (0x80...0x9F).contains(byte) ? windows1252[Int(byte) - 0x80] : UInt32(byte)
            scalars.append(Unicode.Scalar(code) ?? "\u{FFFD}")
        }
        return (String(scalars), "the file is not UTF-8; it was read as Windows-1252")
    }
}
