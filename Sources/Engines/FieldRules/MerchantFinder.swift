import Records

/// The shop or sender: at the head of the first page, or the line with a legal form.
struct MerchantFinder {
    let reading: DocumentReading

    /// A line that may be the name.
    struct Name {
        var line: HeadLine
        var text: String
        var score: Double
        var reasons: [String]
        var hasLegalForm: Bool
        var words: Range<Int>
    }

    /// Rows of the head that are looked at.
    private static let headRows = 16

    /// Proposals, the best first.
    func proposals() -> [Proposal] {
        let names = names()
        guard let best = names.first else { return [] }
        var proposals: [Proposal] = []
        for (index, name) in names.prefix(Proposals.limit).enumerated() {
            let row = reading.rows[name.line.row]
            let rival = index == 0 ? (names.dropFirst().first?.score ?? 0) : best.score
            var confidence = name.hasLegalForm ? 0.84 : (name.score > 1.2 ? 0.66 : 0.52)
            if index > 0 {
                confidence = min(0.45, confidence) * max(0.2, name.score / max(0.01, best.score))
            } else if rival > 0.8 * name.score {
                confidence *= 0.85
            }
            confidence *= Proposals.readable(row.confidence(of: name.words) - 0.15)
            proposals.append(
                Proposal(
                    content: .text(name.text),
                    printed: row.text(of: name.words),
                    confidence: confidence,
                    evidence: [row.evidence(of: name.words)],
                    reason: name.reasons.joined(separator: ", ")
                )
            )
        }
        return proposals
    }

    /// Lines that may be the name, the likeliest first.
    func names() -> [Name] {
        var names: [Name] = []
        let end = reading.pageStarts.count > 1 ? reading.pageStarts[1] : reading.rows.count
        let heights = reading.rows[..<end].prefix(400).map(\.letterHeight).sorted()
        let usual = heights.isEmpty ? 1 : heights[heights.count / 2]
        let domains = domainNames(before: end)
        var position = 0
        var isPastHead = false
        var isRecipient = false
        for index in 0..<end {
            let row = reading.rows[index]
            if index >= 400 { break }
            if row.keys.contains(where: { $0.concept == .recipient }) { isRecipient = true }
            if row.amounts.contains(where: \.isMoneyLike), position > 0 { isPastHead = true }
            var isCounted = false
            for segment in row.segments.prefix(4) {
                guard let line = HeadLine(row, index: index, words: segment),
                    let name = name(line, row)
                else { continue }
                var rated = name
                let isHead = !isPastHead && position < Self.headRows && !isRecipient
                rated.score += isHead ? 1 - 0.09 * Double(position) : 0
                if !isHead {
                    guard name.hasLegalForm else { continue }
                    rated.score -= isRecipient && !isPastHead ? 0.9 : 0.35
                    rated.reasons.append("below the head")
                } else {
                    rated.reasons.insert(
                        position == 0 ? "first line of the head" : "in the head",
                        at: 0
                    )
                }
                if line.height * 10 >= usual * 14, isHead {
                    rated.score += min(0.3, 0.15 * Double(line.height) / Double(usual))
                    rated.reasons.append("large letters")
                }
                let joined = name.text.lowercased().filter { $0.isLetter || $0.isNumber }
                if joined.count >= 4,
                    domains.contains(where: { joined.hasPrefix($0) || $0.hasPrefix(joined) })
                {
                    rated.score += 0.5
                    rated.reasons.append("named in a web address")
                }
                isCounted = true
                names.append(rated)
            }
            if isCounted { position += 1 }
        }
        return names.indices.sorted { (-names[$0].score, $0) < (-names[$1].score, $1) }.map {
            names[$0]
        }
    }

    /// A line as a name, or nil when it is something else: a heading, an address, a telephone number.
    private func name(_ line: HeadLine, _ row: PageRow) -> Name? {
        guard line.letters >= 3, line.confidence >= 0.25 else { return nil }
        let (text, words, legalForm) = cut(line, row)
        let letters = text.filter(\.isLetter).count
        let digits = text.filter(\.isNumber).count
        guard letters >= 3, digits <= letters else { return nil }
        let noise = text.filter {
            !$0.isLetter && !$0.isNumber && !$0.isWhitespace && !"&.,'’()-/".contains($0)
        }.count
        guard noise * 4 <= letters else { return nil }
        let keyed = line.keyLetters(in: row) {
            $0 != .issuer && $0 != .product && $0 != .till && $0 != .discount
        }
        if keyed * 2 >= line.letters, legalForm == nil { return nil }
        let starts: Set<KeyConcept> = [
            .phone, .fax, .vatID, .registration, .website, .email, .recipient, .courtesy, .date,
            .iban, .heading,
        ]
        if let first = row.keys.first(where: { line.words.overlaps($0.words) }),
            first.words.lowerBound <= line.words.lowerBound,
            starts.contains(first.concept), legalForm == nil
        {
            return nil
        }
        if text.contains("@") || line.folded.contains("www") || line.folded.contains("http") {
            return nil
        }
        var score = 0.0
        var reasons: [String] = []
        if let legalForm {
            score += 1.5
            reasons.append("ends in the legal form “\(legalForm)”")
        } else {
            if line.addressSigns >= 2 { return nil }
            if line.addressSigns == 1 { score -= 0.4 }
            if line.folded.contains(where: NameWords.businesses.contains) {
                score += 0.55
                reasons.append("names a kind of business")
            }
            if row.dates.isEmpty == false { return nil }
            // Scraps of logos: short words, few of them sure.
            let longest = line.folded.map(\.count).max() ?? 0
            if longest < 4 { score -= 0.45 }
            if line.confidence < 0.6 { score -= 0.5 * (0.6 - line.confidence) / 0.35 + 0.2 }
        }
        return Name(
            line: line,
            text: text,
            score: score,
            reasons: reasons,
            hasLegalForm: legalForm != nil,
            words: words
        )
    }

    /// The line up to its legal form, without a register number behind it.
    private func cut(_ line: HeadLine, _ row: PageRow) -> (
        text: String, words: Range<Int>, legalForm: String?
    ) {
        var first = line.words.lowerBound
        // A till's number before the name.
        while first + 1 < line.words.upperBound, row.words[first].letterCount == 0,
            row.words[first].digitCount >= 3
        { first += 1 }
        let words = first..<line.words.upperBound
        for end in words where end > first {
            for length in 1...4 where end - length + 1 > first || length == 1 {
                let start = end - length + 1
                guard start > first else { break }
                let tail = row.words[start...end].map(\.text).joined()
                guard let form = Self.legalForm(tail), !Self.continues(row, after: end, in: words)
                else { continue }
                let range = first..<(end + 1)
                var text = HeadLine.trimmed(row.text(of: range))
                text = Self.withoutRegister(text)
                return (text, range, form)
            }
        }
        var range = words
        if let bracket = words.dropFirst().first(where: {
            row.words[$0].text.hasPrefix("(") && Self.digits(row, $0..<words.upperBound) >= 4
        }) {
            range = first..<bracket
        }
        return (Self.withoutRegister(HeadLine.trimmed(row.text(of: range))), range, nil)
    }

    /// Whether a longer legal form ends at a later word: GmbH & Co. KG.
    private static func continues(_ row: PageRow, after end: Int, in words: Range<Int>) -> Bool {
        for later in (end + 1)..<(max(end + 1, min(end + 4, words.upperBound))) {
            let text = row.words[later].text
            let letters = FoldedLetters.words(text).joined()
            guard letters.count <= 4 else { return false }
            if ["kg", "kgaa", "bhd", "ltd", "bhdd", "inc"].contains(letters) { return true }
        }
        return false
    }

    private static func digits(_ row: PageRow, _ range: Range<Int>) -> Int {
        row.words[range].reduce(0) { $0 + $1.digitCount }
    }

    /// The legal form that a tail of words is, look-alike letters allowed for the long ones.
    static func legalForm(_ tail: String) -> String? {
        guard tail.count <= 24 else { return nil }
        // A register number may be glued on: BHD(728384-M)
        let tail = tail.prefix { $0 != "(" && $0 != "[" }
        let letters = FoldedLetters.words(String(tail)).joined()
        if letters == "sb", !tail.contains("/") { return nil }
        if ["co", "as", "sa", "sl", "ag", "ab", "kg", "ek", "ug"].contains(letters) {
            // Short forms are words too: only as printed for a firm.
            let isPlain =
                tail.allSatisfy { $0.isLetter || $0 == "." }
                && (tail.allSatisfy { $0.isUppercase || $0 == "." } || tail.hasSuffix("."))
            return isPlain && letters != "co"
                ? String(tail) : (letters == "co" && tail.hasSuffix(".") ? String(tail) : nil)
        }
        if NameWords.legalForms.contains(letters) { return String(tail) }
        guard letters.count >= 5 else { return nil }
        let compared = FoldedLetters.comparable(String(tail))
        for form in NameWords.legalForms where form.count == letters.count && form.count >= 6 {
            let wanted = FoldedLetters.comparable(form)
            if zip(wanted, compared).count(where: { $0 != $1 }) <= 1 { return String(tail) }
        }
        return nil
    }

    private static func withoutRegister(_ text: String) -> String {
        guard let bracket = text.lastIndex(of: "("), text[bracket...].count(where: \.isNumber) >= 4
        else { return text }
        return HeadLine.trimmed(String(text[..<bracket]))
    }

    /// The names in web and mail addresses: `coolshop` of www.coolshop.example.
    private func domainNames(before end: Int) -> [String] {
        var names: Set<String> = []
        for row in reading.rows[..<end].prefix(400) {
            for word in row.words
            where word.scalars.count <= 60
                && (word.text.contains("www") || word.text.contains("@")
                    || word.text.contains("http"))
            {
                let host = word.text.lowercased().split(whereSeparator: { "/@:".contains($0) }).last
                { $0.contains(".") }
                let parts = (host ?? "").split(separator: ".").filter { $0 != "www" }
                guard parts.count >= 2 else { continue }
                let name = parts[parts.count - 2].filter { $0.isLetter || $0.isNumber }
                if name.count >= 4 { names.insert(String(name)) }
            }
        }
        return names.sorted()
    }
}
