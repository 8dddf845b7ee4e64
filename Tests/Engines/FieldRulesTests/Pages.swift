import Records

/// Builds pages as a reader would hand them over.
enum Pages {
    /// A page of plain text, one character a cell.
    static func text(_ text: String, confidence: Double = 1) -> [PageText] {
        var words: [Word] = []
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (y, line) in lines.enumerated() {
            var x = 0
            for part in line.split(separator: " ", omittingEmptySubsequences: false) {
                if !part.isEmpty {
                    words.append(
                        Word(
                            text: String(part),
                            box: Box(x: x, y: y, width: part.count, height: 1),
                            confidence: confidence,
                            block: 0,
                            line: y
                        )
                    )
                }
                x += part.count + 1
            }
        }
        let page = PageText(
            number: 1,
            width: 200,
            height: lines.count,
            words: words,
            source: .plainText
        )
        return [page]
    }

    /// One piece of a picture's text: its left upper corner in letters, and its block.
    struct Piece {
        var text: String
        var column: Int
        var row: Int
        var block = 0
        var height = 20
        var confidence = 0.95
    }

    /// A page read from a picture: letters 10 pixels wide, lines 40 pixels apart.
    static func picture(_ pieces: [Piece]) -> [PageText] {
        var words: [Word] = []
        for (line, piece) in pieces.enumerated() {
            var x = piece.column * 10
            for part in piece.text.split(separator: " ") {
                let width = part.count * piece.height / 2
                words.append(
                    Word(
                        text: String(part),
                        box: Box(x: x, y: piece.row * 40, width: width, height: piece.height),
                        confidence: piece.confidence,
                        block: piece.block,
                        line: line
                    )
                )
                x += width + piece.height / 2
            }
        }
        let page = PageText(
            number: 1,
            width: 1000,
            height: 2000,
            words: words,
            source: .tesseract
        )
        return [page]
    }
}

extension Candidate {
    /// How strong its rule says it is, which decides the order; what the confidence makes of it is measured.
    var score: Double { features[.score] ?? -1 }
}
