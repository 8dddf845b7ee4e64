import Records

/// Codes beside their key word, and codes that prove themselves by check digits.
struct CodeFinder {
    let reading: DocumentReading

    /// Codes beside keys: what has a digit, and is neither a day nor an amount.
    func proposals(keys: [Int: [RowKey]]) -> [Proposal] {
        let beside = BesideKey(rows: reading.rows)
        var proposals: [Proposal] = []
        for index in keys.keys.sorted().prefix(200) {
            for key in (keys[index] ?? []).prefix(50) {
                for place in beside.places(of: key, in: index) {
                    guard let words = code(in: place) else { continue }
                    let row = reading.rows[place.row]
                    let text = Self.trimmed(row.text(of: words))
                    let length = text.filter { $0.isLetter || $0.isNumber }.count
                    var strength = BesideKey.strength(place)
                    // "Invoice 12" may be a count; a longer key or a longer code is surer.
                    if length < 4 { strength *= 0.7 }
                    if key.length < 8 { strength *= 0.92 }
                    proposals.append(
                        Proposal(
                            content: .identifier(text),
                            printed: row.text(of: words),
                            confidence: strength * Proposals.readable(row.confidence(of: words)),
                            evidence: [row.evidence(of: words)],
                            reason: BesideKey.reason(place),
                            key: Proposal.KeyMatch(key)
                        )
                    )
                    break
                }
            }
        }
        return proposals
    }

    /// The first word of a place that can be a code, with the short words that belong to it.
    private func code(in place: BesideKey.Place) -> Range<Int>? {
        let row = reading.rows[place.row]
        for index in place.words.prefix(4) {
            let word = row.words[index]
            guard word.digitCount > 0 else {
                // "CS 24198", "DE 232 446 240": letters lead a code that follows closely; other words end the search.
                if word.letterCount == 0 { continue }
                if word.letterCount > 4 || word.text.contains(where: \.isLowercase) {
                    if word.letterCount > 3, place.relation == .right { return nil }
                    continue
                }
                continue
            }
            guard !row.dates.contains(where: { $0.words.contains(index) }) else { return nil }
            guard
                !row.amounts.contains(where: {
                    $0.words.contains(index) && ($0.places == 2 || $0.currency != nil)
                })
            else { return nil }
            let signs = word.letterCount + word.digitCount
            guard signs >= 2, signs <= 40 else { return nil }
            var first = index
            if index > place.words.lowerBound, Self.isPrefix(row.words[index - 1]),
                row.isTight(before: index)
            {
                first -= 1
            }
            var end = index + 1
            // Groups of digits set apart by narrow spaces.
            while end < place.words.upperBound, end - index < 7, row.isTight(before: end),
                row.words[end].digitCount >= 2,
                row.words[end].letterCount == 0,
                row.words[end].text.allSatisfy({ $0.isNumber || $0 == "-" || $0 == "/" }),
                !row.amounts.contains(where: { $0.words.contains(end) && $0.places == 2 }),
                !row.dates.contains(where: { $0.words.contains(end) })
            {
                end += 1
            }
            return first..<end
        }
        return nil
    }

    private static func isPrefix(_ word: PageWord) -> Bool {
        (1...4).contains(word.scalars.count) && word.scalars.allSatisfy(\.properties.isUppercase)
    }

    static func trimmed(_ text: String) -> String {
        var text = Substring(text)
        while let first = text.first, !(first.isLetter || first.isNumber) { text.removeFirst() }
        while let last = text.last, !(last.isLetter || last.isNumber) { text.removeLast() }
        return String(text)
    }

    /// Bar codes' digits with a right check digit, anywhere on the page.
    func barcodes() -> [Proposal] {
        proving(lengths: [13, 12, 8, 14], digitsOnly: true) {
            CheckDigits.isProductCode($0)
        } reason: { _ in
            "digits of a bar code with the right check digit"
        } + damagedBarcodes()
    }

    /// Codes of a row's words that only a misread sign keeps from having the right check digit.
    private func damagedBarcodes() -> [Proposal] {
        var proposals: [Proposal] = []
        for row in reading.rows where proposals.count < 10 {
            for start in row.words.indices.prefix(100) {
                var code = ""
                for end in start..<min(start + 4, row.words.count) {
                    if end > start, row.isColumnGap(before: end) { break }
                    code += row.words[end].text.filter { !".,-'".contains($0) }
                    guard code.count <= 13 else { break }
                    guard code.count >= 12, let repair = DamagedCode.repaired(code) else {
                        continue
                    }
                    let range = start..<(end + 1)
                    proposals.append(
                        Proposal(
                            content: .identifier(repair.code),
                            printed: row.text(of: range),
                            confidence: repair.strength
                                * Proposals.readable(row.confidence(of: range)),
                            evidence: [row.evidence(of: range)],
                            reason: repair.how,
                            agreements: 1
                        )
                    )
                }
            }
        }
        return proposals
    }

    /// Parcel numbers: by their form and check digit anywhere, by a key word beside them.
    func trackingNumbers(keys: [Int: [RowKey]]) -> [Proposal] {
        proving(lengths: TrackingNumber.lengths, digitsOnly: false, startsWithLetters: false) {
            TrackingNumber.form(of: $0)?.isProven == true
        } reason: { code in
            "in the form of \(TrackingNumber.form(of: code)?.carrier ?? "a parcel number"), with the right check digit"
        } + proposals(keys: keys)
    }

    /// Account numbers with the right check digits, anywhere on the page.
    func ibans() -> [Proposal] {
        proving(lengths: Array(15...34), digitsOnly: false) {
            CheckDigits.isIBAN($0)
        } reason: { _ in
            "an account number with the right check digits"
        }
    }

    private func proving(
        lengths: [Int],
        digitsOnly: Bool,
        startsWithLetters: Bool = true,
        isRight: (String) -> Bool,
        reason: (String) -> String
    ) -> [Proposal] {
        var proposals: [Proposal] = []
        let longest = lengths.max() ?? 0
        for row in reading.rows where proposals.count < 50 {
            var start = 0
            while start < row.words.count {
                defer { start += 1 }
                var code = ""
                for end in start..<min(start + 9, row.words.count) {
                    if end > start, row.isColumnGap(before: end) { break }
                    let word = row.words[end]
                    guard word.scalars.count <= longest + 2 else { break }
                    let part = word.text.uppercased().filter {
                        $0.isASCII && ($0.isLetter || $0.isNumber)
                    }
                    if digitsOnly, part.contains(where: \.isLetter) { break }
                    if end == start, part.isEmpty { break }
                    if !digitsOnly, startsWithLetters, end == start,
                        !(part.prefix(2).allSatisfy(\.isLetter))
                    {
                        break
                    }
                    code += part
                    guard code.count <= longest else { break }
                    guard lengths.contains(code.count), isRight(code) else { continue }
                    // Eight digits are right by chance once in ten.
                    let strength = code.count <= 8 ? 0.5 : code.count <= 10 ? 0.6 : 0.93
                    let range = start..<(end + 1)
                    proposals.append(
                        Proposal(
                            content: .identifier(code),
                            printed: row.text(of: range),
                            confidence: strength
                                * Proposals.readable(max(0.6, row.confidence(of: range))),
                            evidence: [row.evidence(of: range)],
                            reason: reason(code),
                            agreements: 1
                        )
                    )
                    break
                }
            }
        }
        return proposals
    }
}
