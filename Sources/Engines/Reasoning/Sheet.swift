import PipelineSpec
import Records

/// What a model is shown in one piece: a page's picture, a page's text, or a part of a long text.
struct Sheet: Sendable {
    /// What is shown.
    enum Content: Sendable {
        /// The page as a picture.
        case picture
        /// The page's words, laid out when they are asked for.
        case text
        /// A part of a text that is too long for one sheet.
        case passage(Substring)
    }

    /// The page, from 1.
    let number: Int
    /// What was read from it; nil where no step has read it.
    let page: PageText?
    /// What is shown of it.
    let content: Content

    /// Characters of one sheet: a page full of small print, so that a window of a long text costs what one of pages does.
    static let longest = 6000
    /// A passage is not halved below this.
    static let shortest = 200

    /// The text that is shown; nil for a picture.
    var text: String? {
        switch content {
        case .picture: nil
        case .text: page?.text ?? ""
        case .passage(let passage): String(passage)
        }
    }

    /// A document's sheets in their order; blank pages are left out.
    ///
    /// - Parameters:
    ///   - pages: What was read.
    ///   - source: What the model is to see. A page of a text file has no picture: its text is shown.
    /// - Returns: The sheets; none where there is nothing to show.
    static func sheets(of pages: [PageText], from source: StepSource) -> [Sheet] {
        pages.flatMap { page -> [Sheet] in
            guard !page.isBlank else { return [] }
            if source == .picture, page.source != .plainText {
                return [Sheet(number: page.number, page: page, content: .picture)]
            }
            guard !page.words.isEmpty else { return [] }
            // Words as printed, with one sign between them: seldom less than the text has.
            let length = page.words.reduce(0) { $0 + $1.text.unicodeScalars.count + 1 }
            let passages = length > longest ? passages(of: page.text[...], atMost: longest) : []
            guard passages.count > 1 else {
                return [Sheet(number: page.number, page: page, content: .text)]
            }
            return passages.map { Sheet(number: page.number, page: page, content: .passage($0)) }
        }
    }

    /// The sheet in two parts of about equal length; nil for a picture, and for a text that is short already.
    var halves: [Sheet]? {
        let whole: Substring
        switch content {
        case .picture: return nil
        case .text: whole = (page?.text ?? "")[...]
        case .passage(let passage): whole = passage
        }
        let count = whole.count
        guard count > Self.shortest else { return nil }
        let parts = Self.passages(of: whole, atMost: (count + 1) / 2 + Self.shortest / 4)
        guard parts.count > 1 else { return nil }
        return parts.map { Sheet(number: number, page: page, content: .passage($0)) }
    }

    /// Cuts a text into passages: after a line where there is one in the second half, else after a word, else anywhere.
    private static func passages(of text: Substring, atMost length: Int) -> [Substring] {
        var passages: [Substring] = []
        var rest = text
        while let end = rest.index(rest.startIndex, offsetBy: length, limitedBy: rest.endIndex),
            end < rest.endIndex
        {
            let middle = rest.index(rest.startIndex, offsetBy: length / 2)
            let window = rest[middle..<end]
            let cut =
                window.lastIndex(where: \.isNewline) ?? window.lastIndex(where: \.isWhitespace)
            let stop = cut.map { rest.index(after: $0) } ?? end
            passages.append(rest[..<stop])
            rest = rest[stop...]
        }
        if rest.contains(where: { !$0.isWhitespace }) { passages.append(rest) }
        return passages
    }
}
