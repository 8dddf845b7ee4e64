import Records

/// The merchant's address: the lines under the name that belong together.
struct AddressFinder {
    let reading: DocumentReading
    /// The merchant's name, where one was found.
    let merchant: MerchantFinder.Name?
    /// The words of the region that the head of the page speaks of.
    private let region: WordRepair?

    /// Prepares to look in a document.
    init(reading: DocumentReading, merchant: MerchantFinder.Name?) {
        self.reading = reading
        self.merchant = merchant
        let start = merchant.map { $0.lastRow } ?? 0
        let end = min(reading.rows.count, start + Self.regionRows)
        let words = reading.rows[min(start, end)..<end].lazy.flatMap(\.words).filter {
            $0.letterCount >= 4 && $0.scalars.count <= 40
        }
        region = WordRepair.region(of: words.prefix(200).flatMap { FoldedLetters.words($0.text) })
    }

    /// Rows that tell the region.
    private static let regionRows = 12
    private static let mostLines = 6

    /// The lines gathered so far.
    private struct Block {
        var lines: [HeadLine] = []
        var signs = 0
        var hasPostCode = false

        mutating func add(_ line: HeadLine) {
            lines.append(line)
            signs += line.addressSigns
            if line.postCode { hasPostCode = true }
        }
    }

    /// Proposals, the best first.
    func proposals() -> [Proposal] {
        if let merchant, let block = block(from: merchant.lastRow + 1, reach: 6) { return [block] }
        if let block = block(from: 0, reach: 12) { return [block] }
        return []
    }

    /// The first lines with signs of an address, from a row on.
    private func block(from start: Int, reach: Int) -> Proposal? {
        guard start < reading.rows.count else { return nil }
        var block = Block()
        for index in start..<reading.rows.count {
            let row = reading.rows[index]
            guard row.page == reading.rows[start].page, block.lines.count < Self.mostLines else {
                break
            }
            guard let line = line(index) else {
                // Register numbers and the day may stand between the name and the address.
                if !block.lines.isEmpty || index - start >= reach { break }
                continue
            }
            if block.lines.isEmpty {
                if index - start >= reach { break }
                guard
                    line.addressSigns > 0 || beginsWithNumber(line)
                        || isAbovePostCode(line, at: index), !line.text.hasPrefix("(")
                else { continue }
            } else if !continues(block, with: line, at: index) {
                break
            }
            block.add(line)
        }
        // Lines after the last one with a sign are something else.
        while !block.hasPostCode, block.lines.count > 1,
            block.lines[block.lines.count - 1].addressSigns == 0,
            !endsInComma(block.lines[block.lines.count - 2]),
            !isStop(block.lines[block.lines.count - 1].row + 1)
        {
            block.lines.removeLast()
        }
        return block.signs >= 2 ? proposal(block) : nil
    }

    /// Whether a line still belongs to the address.
    private func continues(_ block: Block, with line: HeadLine, at index: Int) -> Bool {
        guard let last = block.lines.last else { return true }
        guard block.hasPostCode else { return line.addressSigns > 0 || line.letters >= line.digits }
        // Behind the post code come its town, a state, a country, and then something else.
        if last.postCode, last.folded.last?.allSatisfy(\.isNumber) == true { return true }
        if line.postCode { return false }
        guard line.folded.count <= 5, line.letters > line.digits, !line.text.hasPrefix("(") else {
            return false
        }
        return endsInComma(last) || line.folded.contains(where: NameWords.countries.contains)
            || isStop(index + 1)
    }

    private func endsInComma(_ line: HeadLine) -> Bool {
        reading.rows[line.row].words[line.words].last?.text.hasSuffix(",") ?? false
    }

    private func proposal(_ block: Block) -> Proposal {
        var text = ""
        for line in block.lines {
            if !text.isEmpty { text += text.hasSuffix(",") ? " " : ", " }
            text += line.text
            if endsInComma(line) { text += "," }
        }
        while let last = text.last, last == "," || last == " " { text.removeLast() }
        var confidence = block.hasPostCode ? 0.7 : 0.5
        if block.signs >= 5 { confidence += 0.06 }
        if merchant == nil { confidence -= 0.15 }
        let count = Double(block.lines.count)
        let read = block.lines.reduce(0) { $0 + $1.confidence } / count
        let name = merchant.map { "the lines under “\($0.text.prefix(40))”" } ?? "lines of the head"
        return Proposal(
            content: .text(text),
            printed: block.lines.map { reading.rows[$0.row].text(of: $0.words) }
                .joined(separator: " "),
            confidence: confidence * Proposals.readable(read - 0.2),
            evidence: block.lines.map { reading.rows[$0.row].evidence(of: $0.words) },
            reason: name + (block.hasPostCode ? ", with a post code" : ", with words of a street"),
            agreements: (block.hasPostCode ? 1 : 0) + (block.signs >= 5 ? 1 : 0)
        )
    }

    /// The part of a row that stands under the merchant, unless the row is of another kind.
    private func line(_ index: Int) -> HeadLine? {
        guard !isStop(index) else { return nil }
        let row = reading.rows[index]
        guard let merchant, let place = merchant.places.last else {
            return line(row, index, 0..<row.words.count)
        }
        // Lines of an address are set loosely at times, so only a very wide space parts columns here.
        var parts: [Range<Int>] = []
        var start = 0
        for word in row.words.indices.dropFirst()
        where row.gap(before: word) > (row.isPlainText ? 4 : row.letterHeight * 5) {
            parts.append(start..<word)
            start = word
        }
        parts.append(start..<row.words.count)
        let name = reading.rows[place.row].box(of: place.words)
        let under = parts.first { part in
            let box = row.box(of: part)
            return box.x < name.maxX && name.x < box.maxX
        }
        return under.flatMap { line(row, index, $0) }
    }

    /// Some words of a row without the dirt at its end.
    private func line(_ row: PageRow, _ index: Int, _ words: Range<Int>) -> HeadLine? {
        HeadLine(
            row,
            index: index,
            words: AddressLine.withoutDirt(words, in: row),
            region: region
        )
    }

    private static let stops: Set<KeyConcept> = [
        .phone, .fax, .vatID, .registration, .email, .website, .heading, .courtesy, .invoiceNumber,
        .receiptNumber, .date, .documentDate, .recipient, .till, .iban, .customerNumber,
        .orderNumber, .cash, .taxSummary, .tax,
    ]

    /// Whether a row ends an address: a telephone number, a heading, an amount, a day.
    private func isStop(_ index: Int) -> Bool {
        guard index < reading.rows.count else { return true }
        let row = reading.rows[index]
        if row.amounts.contains(where: { $0.isMoneyLike && $0.places == 2 }) { return true }
        if !row.dates.isEmpty
            || row.words.contains(where: { AddressLine.isTelephone($0) || AddressLine.isWeb($0) })
        {
            return true
        }
        let first = row.keys.first { $0.concept != .address }
        guard let first, Self.stops.contains(first.concept), !first.isInexact || first.length > 5
        else { return row.letterCount == 0 }
        // "Ground floor, open mall" is still an address: only a key at its beginning ends it.
        return first.words.lowerBound <= 1
    }

    /// Whether a line ends in a house number and the next has a post code: `Kade 5` over `3012 AB`.
    private func isAbovePostCode(_ line: HeadLine, at index: Int) -> Bool {
        guard line.letters >= 3, let last = line.folded.last, last.count <= 4,
            last.first?.isNumber == true
        else { return false }
        return self.line(index + 1)?.postCode ?? false
    }

    private func beginsWithNumber(_ line: HeadLine) -> Bool {
        guard let first = line.folded.first, line.letters > line.digits else { return false }
        return first.first?.isNumber == true && first.count <= 5 && line.folded.count >= 2
    }
}
