import Records

/// The merchant's address: the lines under the name that belong together.
struct AddressFinder {
    let reading: DocumentReading
    /// The merchant's line, where one was found.
    let merchant: MerchantFinder.Name?

    private static let mostLines = 6

    /// Proposals, the best first.
    func proposals() -> [Proposal] {
        var proposals: [Proposal] = []
        if let merchant, let block = block(from: merchant.line.row + 1, reach: 5) {
            proposals.append(block)
        }
        if proposals.isEmpty, let block = block(from: 0, reach: 14) { proposals.append(block) }
        return proposals
    }

    /// The first lines with signs of an address, from a row on.
    private func block(from start: Int, reach: Int) -> Proposal? {
        guard start < reading.rows.count else { return nil }
        var lines: [HeadLine] = []
        var signs = 0
        var hasPostCode = false
        for index in start..<reading.rows.count {
            let row = reading.rows[index]
            guard row.page == reading.rows[start].page else { break }
            guard let line = line(index) else {
                if !lines.isEmpty || isStop(row) { break }
                if index - start >= reach { break }
                continue
            }
            let lineSigns = line.addressSigns
            if lines.isEmpty {
                guard lineSigns > 0 || beginsWithNumber(line) else {
                    if index - start >= reach { break }
                    continue
                }
                // A bracketed line between name and address is a register number.
                if lineSigns == 0, line.text.hasPrefix("(") { continue }
            } else if hasPostCode {
                let last = reading.rows[lines[lines.count - 1].row]
                let continuesList =
                    last.words[lines[lines.count - 1].words].last.map { $0.text.hasSuffix(",") }
                    ?? false
                let isRegion =
                    line.digits == 0 && line.folded.count <= 4
                    && (continuesList || line.folded.contains(where: NameWords.countries.contains))
                guard
                    isRegion || (lineSigns >= 2 && !lines.contains { $0.postCode && line.postCode })
                else { break }
            } else if lineSigns == 0, lines.count >= 1, line.digits > line.letters {
                break
            }
            lines.append(line)
            signs += lineSigns
            if line.postCode { hasPostCode = true }
            if lines.count == Self.mostLines { break }
        }
        // Lines after the last one with a sign are something else.
        while !hasPostCode, lines.count > 1, lines[lines.count - 1].addressSigns == 0,
            !lines[lines.count - 2].text.hasSuffix(",")
        {
            lines.removeLast()
        }
        guard let first = lines.first, signs >= 2 else { return nil }
        var text = ""
        for line in lines {
            if !text.isEmpty { text += text.hasSuffix(",") ? " " : ", " }
            text += line.text
            let row = reading.rows[line.row]
            if row.words[line.words].last?.text.hasSuffix(",") == true { text += "," }
        }
        while text.hasSuffix(",") { text.removeLast() }
        var confidence = hasPostCode ? 0.68 : 0.5
        if signs >= 5 { confidence += 0.06 }
        let mean = lines.reduce(0) { $0 + $1.confidence } / Double(lines.count)
        confidence *= Proposals.readable(mean - 0.2)
        let name = merchant.map { "the lines under “\($0.text.prefix(40))”" } ?? "lines of the head"
        return Proposal(
            content: .text(text),
            printed: lines.map(\.text).joined(separator: " "),
            confidence: confidence,
            evidence: lines.map { reading.rows[$0.row].evidence(of: $0.words) },
            reason: name + (hasPostCode ? ", with a post code" : ", with words of a street")
                + (first.row == lines[lines.count - 1].row ? "" : "")
        )
    }

    /// The segment of a row that stands under the merchant, unless the row is of another kind.
    private func line(_ index: Int) -> HeadLine? {
        let row = reading.rows[index]
        guard !isStop(row) else { return nil }
        let segments = row.segments
        var chosen = 0..<row.words.count
        if segments.count > 1, let merchant {
            let box = reading.rows[merchant.line.row].box(of: merchant.words)
            guard
                let under = segments.first(where: {
                    let other = row.box(of: $0)
                    return other.x < box.maxX && box.x < other.maxX
                })
            else { return nil }
            chosen = under
        }
        return HeadLine(row, index: index, words: chosen)
    }

    private func isStop(_ row: PageRow) -> Bool {
        let stops: Set<KeyConcept> = [
            .phone, .fax, .vatID, .registration, .email, .website, .heading, .courtesy,
            .invoiceNumber, .receiptNumber, .date, .documentDate,
            .recipient, .till, .iban, .customerNumber, .orderNumber, .cash, .taxSummary, .tax,
        ]
        if row.amounts.contains(where: \.isMoneyLike) || !row.dates.isEmpty { return true }
        let first = row.keys.first { $0.concept != .address }
        guard let first, stops.contains(first.concept), !first.isInexact || first.length > 5 else {
            return false
        }
        // "Lot 5, Ground floor, open mall" is still an address: only a key at its beginning ends it.
        return first.words.lowerBound <= 1
    }

    private func beginsWithNumber(_ line: HeadLine) -> Bool {
        guard let first = line.folded.first, line.letters > line.digits else { return false }
        return first.first?.isNumber == true && first.count <= 5 && line.folded.count >= 2
    }
}
