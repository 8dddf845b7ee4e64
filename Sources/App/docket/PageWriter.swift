import ArgumentParser
import Records

/// The forms in which a page's text is printed.
enum PageFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case tsv
    case hocr
}

/// Prints pages to standard output.
struct PageWriter {
    let format: PageFormat
    /// Pages written so far.
    private var count = 0

    init(format: PageFormat) {
        self.format = format
    }

    /// What stands before the first page.
    func begin() {
        switch format {
        case .text, .json: break
        case .tsv:
            Terminal.output("file\tpage\tblock\tline\tx\ty\twidth\theight\tconfidence\ttext")
        case .hocr:
            Terminal.output(
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" \
                "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
                <html xmlns="http://www.w3.org/1999/xhtml">
                <head><title></title><meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>
                <meta name="ocr-system" content="docket \(Docket.version)"/>
                <meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_line ocrx_word"/></head>
                <body>
                """
            )
        }
    }

    /// What stands behind the last page.
    func end() {
        if format == .hocr { Terminal.output("</body>\n</html>") }
    }

    /// Prints a page; pages of text stand apart by a form feed, as other programs do it.
    mutating func write(_ page: PageText, of file: String) {
        count += 1
        switch format {
        case .text: Terminal.outputText((count > 1 ? "\u{0C}" : "") + page.text)
        case .json: Terminal.output(json(page, file).text)
        case .tsv: for word in page.words { Terminal.output(tsv(word, page, file)) }
        case .hocr: Terminal.output(hocr(page, file))
        }
    }

    private func tsv(_ word: Word, _ page: PageText, _ file: String) -> String {
        let cells = [
            file, "\(page.number)", "\(word.block)", "\(word.line)", "\(word.box.x)",
            "\(word.box.y)", "\(word.box.width)", "\(word.box.height)", percent(word.confidence),
            word.text,
        ]
        return cells.map { $0.replacing("\t", with: " ").replacing("\n", with: " ") }
            .joined(separator: "\t")
    }

    private func json(_ page: PageText, _ file: String) -> JSONValue {
        .object([
            "file": .text(file), "page": .number(page.number), "width": .number(page.width),
            "height": .number(page.height), "source": .text(page.source.rawValue),
            "language": page.language.map(JSONValue.text) ?? .null,
            "is_blank": .flag(page.isBlank), "turned_by": .number(page.turnedBy),
            "is_cut_short": .flag(page.isCutShort), "text": .text(page.text),
            "warnings": .list(page.warnings.map(JSONValue.text)),
            "words": .list(
                page.words.map { word in
                    .object([
                        "text": .text(word.text), "confidence": .fraction(word.confidence),
                        "block": .number(word.block), "line": .number(word.line),
                        "box": .list(
                            [word.box.x, word.box.y, word.box.width, word.box.height]
                                .map(JSONValue.number)
                        ),
                    ])
                }
            ),
            "symbols": .list(
                page.symbols.map { symbol in
                    .object([
                        "format": .text(symbol.format.rawValue), "text": .text(symbol.text),
                        "confidence": .fraction(symbol.confidence), "is_gs1": .flag(symbol.isGS1),
                        "box": .list(
                            [symbol.box.x, symbol.box.y, symbol.box.width, symbol.box.height]
                                .map(JSONValue.number)
                        ),
                    ])
                }
            ),
        ])
    }

    private func hocr(_ page: PageText, _ file: String) -> String {
        var text =
            "<div class='ocr_page' id='page_\(count)' title='image \"\(escaped(file))\"; "
            + "bbox 0 0 \(page.width) \(page.height); ppageno \(page.number - 1)'>\n"
        for line in page.lines {
            text += "<span class='ocr_line' title='\(bounds(line.box))'>"
            text += line.words.map { word in
                "<span class='ocrx_word' title='\(bounds(word.box)); x_wconf "
                    + "\(percent(word.confidence))'>\(escaped(word.text))</span>"
            }.joined(separator: " ")
            text += "</span>\n"
        }
        return text + "</div>"
    }

    private func bounds(_ box: Box) -> String { "bbox \(box.x) \(box.y) \(box.maxX) \(box.maxY)" }

    private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded()))" }

    private func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("'", with: "&#39;").replacing("\"", with: "&quot;")
    }
}
