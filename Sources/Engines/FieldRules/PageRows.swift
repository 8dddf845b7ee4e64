import Records

/// Puts a page's lines together that stand at the same height in different blocks.
enum PageRows {
    /// The rows of a page from top to bottom.
    static func rows(of page: PageText) -> [PageRow] {
        let isPlainText = page.source == .plainText
        var lines: [Line] = []
        var last: Int?
        for word in page.words {
            for part in PageWord.parts(of: word) {
                if word.line == last {
                    lines[lines.count - 1].add(part)
                } else {
                    lines.append(Line(part))
                    last = word.line
                }
            }
        }
        let order = lines.indices.sorted {
            (lines[$0].box.midY, lines[$0].box.x, $0) < (lines[$1].box.midY, lines[$1].box.x, $1)
        }
        var rows: [[Line]] = []
        for index in order {
            let line = lines[index]
            // Only the few rows last begun can stand at this height; a bound keeps the work linear.
            let near = rows.indices.suffix(6).reversed()
            if let row = near.first(where: { line.continues(rows[$0]) }) {
                rows[row].append(line)
            } else {
                rows.append([line])
            }
        }
        return rows.flatMap { parts in
            let words = parts.flatMap(\.words).sorted { $0.box.x < $1.box.x }
            // A line of thousands of words is no line of a receipt; in pieces, what rules compare
            // within a row stays bounded.
            return stride(from: 0, to: words.count, by: longestRow).map { start in
                PageRow(
                    page: page.number,
                    pageWidth: page.width,
                    words: Array(words[start..<min(words.count, start + longestRow)]),
                    isPlainText: isPlainText
                )
            }
        }
    }

    /// Most words of one row.
    private static let longestRow = 200

    private struct Line {
        var words: [PageWord]
        var box: Box

        init(_ word: PageWord) {
            words = [word]
            box = word.box
        }

        mutating func add(_ word: PageWord) {
            words.append(word)
            box = box.union(word.box)
        }

        /// Whether it stands beside a row's lines, neither above nor below nor over any.
        func continues(_ row: [Line]) -> Bool {
            guard let first = row.first, row.count < 12 else { return false }
            let top = max(box.y, first.box.y)
            let bottom = min(box.maxY, first.box.maxY)
            let lower = max(1, min(box.height, first.box.height))
            let higher = max(box.height, first.box.height)
            guard (bottom - top) * 10 >= lower * 6, higher <= lower * 3 else { return false }
            return row.allSatisfy { box.x >= $0.box.maxX || $0.box.x >= box.maxX }
        }
    }
}
