import Records

/// The shop or sender: at the head of the first page, or a line with a legal form.
struct MerchantFinder {
    let reading: DocumentReading

    /// A line, or lines, that may be the name.
    struct Name {
        /// The rows and words that it covers, from top to bottom.
        var places: [(row: Int, words: Range<Int>)]
        /// The name.
        var text: String
        /// What speaks for it.
        var score: Double
        /// What speaks for it, in words.
        var reasons: [String]
        /// Whether it ends in a legal form.
        var hasLegalForm: Bool
        /// Whether it stands at the head.
        var isHead = true

        /// The last row.
        var lastRow: Int { places.last?.row ?? 0 }
    }

    /// Lines of the head that are looked at.
    private static let headLines = 12
    /// Rows of the first page that are looked at.
    private static let mostRows = 400
    /// Names below the head whose letters are compared with the rest of the page.
    private static let mostRepaired = 30
    /// A name with less behind it is no answer.
    private static let leastScore = 0.45

    /// Proposals, the best first.
    func proposals() -> [Proposal] {
        let names = names().filter { $0.score >= Self.leastScore }
        guard let best = names.first else { return [] }
        return names.prefix(Proposals.limit).enumerated().map { index, name in
            let rival = index == 0 ? (names.dropFirst().first?.score ?? 0) : best.score
            var confidence = name.hasLegalForm ? 0.86 : (name.score > 1.2 ? 0.66 : 0.5)
            if index > 0 {
                confidence = min(0.45, confidence) * max(0.2, name.score / best.score)
            } else if rival > 0.85 * name.score {
                confidence *= 0.88
            }
            let read = name.places.map { reading.rows[$0.row].confidence(of: $0.words) }.min() ?? 0
            return Proposal(
                content: .text(name.text),
                printed: name.places.map { reading.rows[$0.row].text(of: $0.words) }
                    .joined(separator: " "),
                confidence: confidence * Proposals.readable(read - 0.15),
                evidence: name.places.map { reading.rows[$0.row].evidence(of: $0.words) },
                reason: name.reasons.joined(separator: ", "),
                // Where it stands says how likely it is; what agrees is a legal form, an address, a web address.
                agreements: name.reasons.count - 1
            )
        }
    }

    /// The name that the address stands under, where one is good enough.
    func likeliest() -> Name? { names().first { $0.score >= Self.leastScore } }

    /// Lines that may be the name, the likeliest first.
    func names() -> [Name] {
        var names: [Name] = []
        let firstPage = reading.pageStarts.count > 1 ? reading.pageStarts[1] : reading.rows.count
        let end = min(firstPage, Self.mostRows)
        let heights = reading.rows[..<end].map(\.letterHeight).sorted()
        let usual = heights.isEmpty ? 1 : heights[heights.count / 2]
        let vote = NameVote(reading.rows[..<end])
        let towns = towns(before: end)
        var position = 0
        var linesSeen = 0
        var isHead = true
        var isRecipient = false
        for index in 0..<end {
            let row = reading.rows[index]
            if row.keys.contains(where: { $0.concept == .recipient && !$0.isInexact }) {
                isRecipient = true
            }
            if linesSeen > 0, endsHead(row) { isHead = false }
            if row.letterCount >= 6 { linesSeen += 1 }
            var isCounted = false
            for segment in row.segments.prefix(4) {
                guard let line = HeadLine(row, index: index, words: segment) else { continue }
                let isStillHead = isHead && !isRecipient && linesSeen <= Self.headLines
                guard var name = name(line, row, isHead: isStillHead),
                    !towns.contains(FoldedLetters.words(name.text).joined())
                else { continue }
                // Comparing letters takes time: only for names that have a chance.
                if isStillHead || names.count < Self.mostRepaired {
                    name.text = FirmName(line, row, vote: vote).text
                }
                if isStillHead {
                    name.score += 1 - 0.1 * Double(position)
                    name.reasons.insert(
                        position == 0 ? "first line of the head" : "in the head",
                        at: 0
                    )
                    if line.height * 10 >= usual * 14 {
                        name.score += name.hasLegalForm ? 0.05 : 0.2
                        name.reasons.append("large letters")
                    }
                    if isAddress(index + 1) || isAddress(index + 2) {
                        name.score += 0.2
                        name.reasons.append("above an address")
                    }
                } else {
                    name.isHead = false
                    name.score -= isRecipient ? 0.6 : 0.4
                    name.reasons.append("below the head")
                }
                if vote.isDomain(name.text) {
                    name.score += 0.5
                    name.reasons.append("named in a web address")
                }
                isCounted = true
                names.append(name)
            }
            if isCounted { position += 1 }
        }
        joinBrokenNames(&names)
        joinKindsOfBusiness(&names)
        return names.indices.sorted { (-names[$0].score, $0) < (-names[$1].score, $1) }.map {
            names[$0]
        }
    }

    /// The towns behind post codes: alone in a line above they are no names.
    private func towns(before end: Int) -> Set<String> {
        var towns: Set<String> = []
        for row in reading.rows[..<end] {
            for (code, town) in zip(row.words, row.words.dropFirst())
            where (4...6).contains(code.digitCount) && code.letterCount <= 2 && town.digitCount == 0
            {
                towns.insert(FoldedLetters.words(town.text).joined())
            }
        }
        return towns
    }

    /// Whether a row shows that the head is over: an amount, a day, the document's number.
    private func endsHead(_ row: PageRow) -> Bool {
        if row.amounts.contains(where: { $0.isMoneyLike && $0.places == 2 }) { return true }
        let ends: Set<KeyConcept> = [
            .invoiceNumber, .receiptNumber, .date, .documentDate, .quantity, .product,
        ]
        return row.keys.contains { ends.contains($0.concept) && !$0.isInexact && $0.length > 3 }
    }

    private func isAddress(_ index: Int) -> Bool {
        guard index < reading.rows.count else { return false }
        let row = reading.rows[index]
        return HeadLine(row, index: index, words: 0..<row.words.count)
            .map { $0.addressSigns >= 2 } ?? false
    }

    /// A line as a name, or nil when it is something else: a heading, an address, a telephone number.
    private func name(_ line: HeadLine, _ row: PageRow, isHead: Bool) -> Name? {
        guard line.letters >= 3, line.confidence >= 0.25 else { return nil }
        let firm = FirmName(line, row)
        guard let core = HeadLine(row, index: line.row, words: firm.words),
            Self.isWordy(firm.text), firm.legalForm != nil || isHead, !isKeyed(core, firm, row),
            !firm.text.contains("@"), !core.folded.contains("www"), !core.folded.contains("http")
        else { return nil }
        // Items end in amounts, and "Total Inc." is no firm.
        if row.amounts.contains(where: { $0.isMoneyLike && $0.places == 2 }) { return nil }
        var name = Name(
            places: [(line.row, firm.words)],
            text: firm.text,
            score: 0,
            reasons: [],
            hasLegalForm: firm.legalForm != nil
        )
        if let form = firm.legalForm {
            name.score = 1.5
            name.reasons.append("ends in the legal form “\(form)”")
            return name
        }
        guard core.addressSigns < 2, row.dates.isEmpty,
            !core.folded.contains(where: PlaceWords.states.contains)
        else { return nil }
        if core.addressSigns == 1 { name.score -= 0.4 }
        if core.folded.contains(where: NameWords.businesses.contains) {
            name.score += 0.55
            name.reasons.append("names a kind of business")
        }
        // Scraps of logos: short words, few of them sure.
        if (core.folded.map(\.count).max() ?? 0) < 4 { name.score -= 0.45 }
        if core.letters < 5 { name.score -= 0.2 }
        if firm.isGreeted {
            name.score += 0.5
            name.reasons.append("behind a greeting")
        }
        // A question or a call is a slogan.
        if row.text(of: line.words).contains(where: { "?!".contains($0) }) { name.score -= 0.4 }
        if core.confidence < 0.6 { name.score -= 0.2 + 1.4 * (0.6 - core.confidence) }
        return name
    }

    /// Whether a text is mostly letters.
    private static func isWordy(_ text: String) -> Bool {
        let letters = text.count(where: \.isLetter)
        let digits = text.count(where: \.isNumber)
        let noise = text.count {
            !$0.isLetter && !$0.isNumber && !$0.isWhitespace && !"&.,'’()-/".contains($0)
        }
        guard letters >= 3, digits <= letters, noise * 4 <= letters else { return false }
        return WordNumber.currency(trimming: Array(text.unicodeScalars)[...]) == nil
    }

    /// Whether key words make a line something else than a name.
    private func isKeyed(_ line: HeadLine, _ firm: FirmName, _ row: PageRow) -> Bool {
        let harmless: Set<KeyConcept> = [.issuer, .product, .till, .discount, .heading]
        let keyed = line.keyLetters(in: row) {
            !harmless.contains($0) || ($0 == .heading && firm.legalForm == nil)
        }
        if keyed * 2 >= line.letters { return true }
        // "Total (tax inc.)" is no firm.
        let sums: Set<KeyConcept> = [.total, .grandTotal, .subtotal, .net]
        if row.keys.contains(where: {
            $0.words.lowerBound == line.words.lowerBound && sums.contains($0.concept)
        }) {
            return true
        }
        guard firm.legalForm == nil else { return false }
        let starts: Set<KeyConcept> = [
            .phone, .fax, .vatID, .registration, .website, .email, .recipient, .courtesy, .date,
            .iban, .heading, .till, .itemCount, .receiptNumber, .invoiceNumber, .orderNumber,
        ]
        return row.keys.contains {
            $0.words.lowerBound == line.words.lowerBound && starts.contains($0.concept)
        }
    }

    /// Puts a name together that was printed on two or three lines.
    private func joinBrokenNames(_ names: inout [Name]) {
        for index in names.indices where names[index].hasLegalForm && names[index].isHead {
            for _ in 0..<2 {
                guard needsMore(names[index].text), let row = names[index].places.first?.row,
                    let above = names.first(where: {
                        $0.places.count == 1 && $0.lastRow == row - 1 && !$0.hasLegalForm
                            && $0.isHead
                    })
                else { break }
                names[index].text = above.text + " " + names[index].text
                names[index].places = above.places + names[index].places
                names[index].score += 0.1
            }
        }
    }

    /// Puts a kind of business, alone in its line, to the name above or below it: `ROSENGARTEN` over `APOTHEKE`.
    private func joinKindsOfBusiness(_ names: inout [Name]) {
        for index in names.indices where names[index].isHead && !names[index].hasLegalForm {
            guard names[index].places.count == 1, isKindOfBusiness(names[index].text) else {
                continue
            }
            func neighbour(_ step: Int) -> Int? {
                names.indices.first { other in
                    other != index && names[other].places.count == 1 && names[other].isHead
                        && !names[other].hasLegalForm && !isKindOfBusiness(names[other].text)
                        && names[other].lastRow == names[index].lastRow + step
                        && !names[other].text.contains(where: \.isNumber)
                        && isLikeHigh(names[index], names[other])
                }
            }
            if let above = neighbour(-1) {
                names[index].text = names[above].text + " " + names[index].text
                names[index].places = names[above].places + names[index].places
                names[index].score = max(names[index].score, names[above].score) + 0.3
            } else if let below = neighbour(1) {
                names[index].text += " " + names[below].text
                names[index].places += names[below].places
                names[index].score = max(names[index].score, names[below].score) + 0.1
            }
        }
    }

    private func isKindOfBusiness(_ text: String) -> Bool {
        let words = FoldedLetters.words(text)
        return words.count <= 2 && words.allSatisfy(NameWords.businesses.contains)
    }

    private func isLikeHigh(_ a: Name, _ b: Name) -> Bool {
        func height(_ name: Name) -> Int {
            name.places.first.map { reading.rows[$0.row].box(of: $0.words).height } ?? 1
        }
        let (low, high) = (min(height(a), height(b)), max(height(a), height(b)))
        return high <= low * 2
    }

    /// Whether a name with a legal form lacks its beginning: an unopened bracket, or no word of its own.
    private func needsMore(_ text: String) -> Bool {
        if let close = text.firstIndex(of: ")"), !text[..<close].contains("(") { return true }
        let words = FoldedLetters.words(text)
        guard let first = words.first else { return false }
        let isGeneric = [
            "enterprise", "enterprises", "trading", "marketing", "services", "company",
        ]
        .contains(first)
        return isGeneric || LegalForm.isForm(words.joined())
    }
}
