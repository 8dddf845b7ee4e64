internal import Records

/// One page of a PDF's text layer, in points, as `pdftotext -bbox-layout` prints it.
struct TextLayerPage: Hashable, Sendable {
    /// One word and its edges in points from the page's upper left corner.
    struct LayerWord: Hashable, Sendable {
        var text: String
        var left: Double
        var top: Double
        var right: Double
        var bottom: Double
        var block: Int
        var line: Int
    }

    var width: Double
    var height: Double
    var words: [LayerWord] = []
}

/// Reads what `pdftotext -bbox-layout` prints.
///
/// The form was chosen over `-tsv` because in it the document's text is escaped, so that nothing in a
/// document can pass for a page, a block or a line.
struct TextLayerParser {
    /// Most words of one page that are kept; no printed page has as many.
    static let wordLimit = 100_000

    private var pages: [TextLayerPage] = []
    private var block = -1
    private var line = -1

    /// The pages of an answer, in order.
    ///
    /// - Parameter output: what the program printed; it may end anywhere.
    /// - Returns: the pages whose start was seen.
    static func parse(_ output: [UInt8]) -> [TextLayerPage] {
        var parser = TextLayerParser()
        for row in output.split(separator: UInt8(ascii: "\n")) {
            parser.take(String(decoding: row, as: UTF8.self))
        }
        return parser.pages
    }

    private mutating func take(_ row: String) {
        let row = row.drop(while: \.isWhitespace)
        if row.hasPrefix("<word ") {
            takeWord(row)
        } else if row.hasPrefix("<line ") {
            line += 1
        } else if row.hasPrefix("<block ") {
            block += 1
        } else if row.hasPrefix("<page ") {
            pages.append(
                TextLayerPage(
                    width: Markup.number("width", in: row) ?? 0,
                    height: Markup.number("height", in: row) ?? 0
                )
            )
            block = -1
            line = -1
        }
    }

    private mutating func takeWord(_ row: Substring) {
        guard !pages.isEmpty, pages[pages.count - 1].words.count < TextLayerParser.wordLimit,
            let open = row.firstIndex(of: ">"),
            let left = Markup.number("xMin", in: row), let top = Markup.number("yMin", in: row),
            let right = Markup.number("xMax", in: row), let bottom = Markup.number("yMax", in: row)
        else { return }
        let rest = row[row.index(after: open)...]
        let text = Markup.unescaped(
            rest.firstRange(of: "</word>").map { rest[..<$0.lowerBound] } ?? rest
        )
        guard text.contains(where: { !$0.isWhitespace }) else { return }
        pages[pages.count - 1].words.append(
            TextLayerPage.LayerWord(
                text: text,
                left: min(left, right),
                top: min(top, bottom),
                right: max(left, right),
                bottom: max(top, bottom),
                block: max(block, 0),
                line: max(line, 0)
            )
        )
    }
}

/// The little of HTML that poppler and hOCR need.
enum Markup {
    /// The number of an attribute: `number("xMin", in: "<word xMin=\"1.5\">")` is 1.5.
    static func number(_ name: String, in tag: Substring) -> Double? {
        attribute(name, in: tag).flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil }
    }

    /// The text of an attribute in double or single quotes, as it stands.
    static func attribute(_ name: String, in tag: Substring) -> Substring? {
        for quote in ["\"", "'"] {
            if let start = tag.firstRange(of: " \(name)=\(quote)") {
                let rest = tag[start.upperBound...]
                return rest.firstIndex(of: Character(quote)).map { rest[..<$0] }
            }
        }
        return nil
    }

    /// Text with its character references replaced.
    static func unescaped(_ text: some StringProtocol) -> String {
        guard text.contains("&") else { return String(text) }
        var result = ""
        var rest = Substring(text)
        while let start = rest.firstIndex(of: "&") {
            result += rest[..<start]
            rest = rest[start...]
            guard let end = rest.prefix(12).firstIndex(of: ";"),
                let character = character(rest[rest.index(after: start)..<end])
            else {
                result += "&"
                rest = rest.dropFirst()
                continue
            }
            result += character
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private static func character(_ name: Substring) -> String? {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        case "nbsp": return " "
        default: break
        }
        guard name.hasPrefix("#") else { return nil }
        let digits = name.dropFirst()
        let code =
            digits.first == "x" || digits.first == "X"
            ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return code.flatMap(Unicode.Scalar.init).map { String(Character($0)) }
    }
}
