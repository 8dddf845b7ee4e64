import Records

/// The product of a shelf label: the lines in its main type that are no shop, price, unit or code.
struct ShelfProduct {
    let reading: DocumentReading

    private struct Line {
        var line: HeadLine
        var box: Box
        var score: Double
    }

    /// Lines of letters, the tallest first; lines of one size that stand under each other are one product.
    func proposals() -> [Proposal] {
        let lines = lines()
        let order = lines.indices.sorted { (-lines[$0].score, $0) < (-lines[$1].score, $1) }
        var proposals: [Proposal] = []
        var taken = Set<Int>()
        for index in order where proposals.count < Proposals.limit && !taken.contains(index) {
            let group = group(around: index, in: lines).filter { !taken.contains($0) }
            taken.formUnion(group)
            let text = group.map { lines[$0].line.text }.joined(separator: " ")
            let confidence =
                group.map { lines[$0].line.confidence }.min() ?? lines[index].line.confidence
            proposals.append(
                Proposal(
                    content: .text(text),
                    printed: group.map {
                        reading.rows[lines[$0].line.row].text(of: lines[$0].line.words)
                    }
                    .joined(separator: " "),
                    confidence: (proposals.isEmpty ? 0.66 : 0.25)
                        * Proposals.readable(confidence - 0.1),
                    evidence: group.map {
                        reading.rows[lines[$0].line.row].evidence(of: lines[$0].line.words)
                    },
                    reason: group.count > 1 ? "lines in large letters" : "a line in large letters"
                )
            )
        }
        return proposals
    }

    private func lines() -> [Line] {
        var lines: [Line] = []
        for (index, row) in reading.rows.enumerated().prefix(60) {
            for segment in row.segments.prefix(4) {
                let words = Self.withoutDirt(segment, in: row)
                guard !words.isEmpty, let line = HeadLine(row, index: index, words: words),
                    line.letters >= 3, line.letters > line.digits, line.confidence > 0.45
                else { continue }
                let keyed = line.keyLetters(in: row) {
                    $0 != .product && $0 != .issuer && $0 != .till && $0 != .heading
                }
                guard keyed * 2 < line.letters,
                    MeasureUnit.phrase(in: row.words[words].map(\.text)) == nil
                else { continue }
                var score =
                    Double(line.height) * min(1, Double(line.letters) / 6) * line.confidence
                    * line.confidence
                // The shop or the maker by its legal form; three letters may be dirt.
                if Self.isFirm(line) { score *= 0.2 }
                if line.letters < 4 { score *= 0.6 }
                lines.append(Line(line: line, box: row.box(of: words), score: score))
            }
        }
        return lines
    }

    /// Without short unsure words at both ends, such as edges of the label are read for.
    private static func withoutDirt(_ words: Range<Int>, in row: PageRow) -> Range<Int> {
        let sorted = row.words[words].map(\.box.height).sorted()
        let usual = sorted[sorted.count / 2]
        func isDirt(_ word: PageWord) -> Bool {
            let signs = word.letterCount + word.digitCount
            if signs == 0 { return true }
            guard words.count > 1, word.scalars.count <= 4 else { return false }
            // Edges are taller than the letters beside them.
            if word.box.height * 10 > usual * 16 { return true }
            return word.confidence < (word.digitCount > 0 ? 0.3 : 0.6)
        }
        var words = words
        while let first = words.first, isDirt(row.words[first]) { words.removeFirst() }
        while let last = words.last, isDirt(row.words[last]) { words.removeLast() }
        return words
    }

    private static func isFirm(_ line: HeadLine) -> Bool {
        guard line.folded.count >= 2, let last = line.folded.last else { return false }
        return legalForms.contains(last)
            || (line.folded.count >= 3
                && legalForms.contains(line.folded[line.folded.count - 2] + last))
    }

    private static let legalForms: Set<String> = [
        "as", "asa", "ab", "gmbh", "ag", "kg", "ohg", "ltd", "limited", "llc", "inc", "plc", "bv",
        "nv", "sa",
        "sas", "sarl", "srl", "spa", "sl", "oy", "aps", "sdnbhd", "bhd", "co", "corp",
    ]

    /// A line with those of its size directly above and below it.
    private func group(around index: Int, in lines: [Line]) -> [Int] {
        var group = [index]
        var grew = true
        while grew, group.count < 3 {
            grew = false
            for other in lines.indices where !group.contains(other) && group.count < 3 {
                let candidate = lines[other]
                guard candidate.score > 0.35 * lines[index].score,
                    group.contains(where: { Self.belong(lines[$0], candidate) })
                else { continue }
                group.append(other)
                grew = true
            }
        }
        return group.sorted {
            (lines[$0].box.y, lines[$0].box.x) < (lines[$1].box.y, lines[$1].box.x)
        }
    }

    private static func belong(_ line: Line, _ other: Line) -> Bool {
        let high = max(line.line.height, other.line.height)
        let low = min(line.line.height, other.line.height)
        guard low * 10 >= high * 8 else { return false }
        let apart = max(other.box.y - line.box.maxY, line.box.y - other.box.maxY)
        guard apart <= high, apart > -high / 2 else { return false }
        let isLeft = abs(line.box.x - other.box.x) <= high
        let isCentred =
            abs(line.box.x + line.box.maxX - other.box.x - other.box.maxX) <= 2 * high
        return isLeft || isCentred
    }
}
