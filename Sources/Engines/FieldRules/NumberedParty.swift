import Records

/// Numbers of the firm or its account that prove themselves by form and check digits: VAT numbers, and account
/// numbers in which letters were read for digits.
struct NumberedParty {
    let reading: DocumentReading

    private static let mostProposals = 20
    private static let mostWords = 9

    /// VAT numbers anywhere on the page, then codes beside their key that are no other tax number.
    func vatNumbers(keys: [Int: [RowKey]]) -> [Proposal] {
        let found = scan { text, isLast in
            guard (10...15).contains(text.count), let number = VATNumber(text) else { return nil }
            // NL … B01 goes on, so that a shorter number may be its beginning.
            guard number.isProven || isLast else { return nil }
            return (number.code, number.isProven ? 0.94 : 0.7, number.slips)
        } reason: { slips in
            slips == 0
                ? "a VAT number of its country's form"
                : "a VAT number by its check digits, \(slips) sign(s) misread"
        }
        let beside = CodeFinder(reading: reading).proposals(keys: keys).map { proposal in
            // 123/4567/8901 is a German Steuernummer, whatever stands beside it.
            guard proposal.printed.contains("/") else { return proposal }
            var proposal = proposal
            proposal.confidence *= 0.5
            proposal.reason += ", but of the form of another tax number"
            return proposal
        }
        return found + beside
    }

    /// Account numbers with letters read for digits, where the check digits prove them.
    func repairedIBANs() -> [Proposal] {
        scan { text, _ in
            guard let count = Self.digitsOnly[String(text.prefix(2))], text.count == count else {
                return nil
            }
            var code = String(text.prefix(2))
            var slips = 0
            for sign in text.dropFirst(2) {
                guard let digit = sign.wholeNumberValue ?? Self.digits[sign] else { return nil }
                if !sign.isNumber { slips += 1 }
                code += String(digit)
            }
            guard slips > 0, slips <= 4, CheckDigits.isIBAN(code) else { return nil }
            return (code, 0.9, slips)
        } reason: { slips in
            "an account number by its check digits, \(slips) sign(s) misread"
        }
    }

    /// Countries whose account numbers hold no letters behind the country's, and their lengths.
    private static let digitsOnly = [
        "AT": 20, "BE": 16, "CZ": 24, "DE": 22, "DK": 18, "ES": 24, "FI": 18, "HU": 28, "NO": 15,
        "PL": 28, "PT": 25, "SE": 24,
    ]

    private static let digits: [Character: Int] = [
        "O": 0, "Q": 0, "D": 0, "I": 1, "L": 1, "Z": 2, "S": 5, "G": 6, "B": 8,
    ]

    /// Tries the words from each beginning on, joined without signs.
    private func scan(
        _ read: (_ text: String, _ isLast: Bool) -> (code: String, strength: Double, slips: Int)?,
        reason: (_ slips: Int) -> String
    ) -> [Proposal] {
        var proposals: [Proposal] = []
        for row in reading.rows where proposals.count < Self.mostProposals {
            for start in row.words.indices {
                let first = row.words[start]
                guard (2...34).contains(first.scalars.count),
                    first.scalars[0].properties.isAlphabetic
                        || first.digitCount >= 3
                else { continue }
                var text = ""
                for end in start..<min(start + Self.mostWords, row.words.count) {
                    if end > start, row.isColumnGap(before: end) { break }
                    text += row.words[end].text.uppercased().filter {
                        $0.isASCII && ($0.isLetter || $0.isNumber)
                    }
                    guard text.count <= 34 else { break }
                    let isLast = end + 1 == row.words.count || row.isColumnGap(before: end + 1)
                    guard let found = read(text, isLast) else { continue }
                    let range = start..<(end + 1)
                    proposals.append(
                        Proposal(
                            content: .identifier(found.code),
                            printed: row.text(of: range),
                            confidence: found.strength * (found.slips == 0 ? 1 : 0.95)
                                * Proposals.readable(max(0.6, row.confidence(of: range))),
                            evidence: [row.evidence(of: range)],
                            reason: reason(found.slips),
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
