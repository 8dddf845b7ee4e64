import Records

/// Amounts, numbers and text that only a key word tells.
struct KeyedValues {
    let reading: DocumentReading

    /// Amounts to the right of a key or in its column below.
    func amounts(
        keys: [Int: [RowKey]],
        asMoney: Bool,
        skipping mentions: [AmountRoles.Mention] = []
    ) -> [Proposal] {
        let beside = BesideKey(rows: reading.rows)
        var proposals: [Proposal] = []
        for index in keys.keys.sorted().prefix(300) {
            for key in (keys[index] ?? []).prefix(20) {
                for place in beside.places(of: key, in: index) {
                    let row = reading.rows[place.row]
                    let found = row.amounts.filter {
                        place.words.contains($0.digits.lowerBound)
                            && (asMoney
                                ? $0.isPlain && ($0.isMoneyLike || !reading.usesDecimals) : true)
                    }
                    // The sum stands at the right end; a rate or a count before it.
                    guard let amount = place.relation == .right ? found.last : found.first else {
                        continue
                    }
                    proposals.append(
                        proposal(
                            amount,
                            row,
                            BesideKey.strength(place),
                            BesideKey.reason(place),
                            asMoney: asMoney,
                            key: key
                        )
                    )
                    break
                }
            }
        }
        return proposals
    }

    /// An amount as a proposal, and its second meaning where the page leaves it open.
    func proposal(
        _ amount: Amount,
        _ row: PageRow,
        _ strength: Double,
        _ reason: String,
        asMoney: Bool,
        key: RowKey? = nil
    ) -> Proposal {
        Proposal(
            content: asMoney ? .money(Money(amount: amount.value)) : .number(amount.value),
            printed: row.text(of: amount.words),
            confidence: strength * amount.clarity
                * Proposals.readable(row.confidence(of: amount.digits)),
            evidence: [row.evidence(of: amount.words)],
            reason: reason,
            key: Proposal.KeyMatch(key)
        )
    }

    /// Text to the right of a key up to the next wide space, or below it.
    func texts(keys: [Int: [RowKey]]) -> [Proposal] {
        let beside = BesideKey(rows: reading.rows)
        var proposals: [Proposal] = []
        for index in keys.keys.sorted().prefix(200) {
            for key in (keys[index] ?? []).prefix(50) {
                for place in beside.places(of: key, in: index) {
                    let row = reading.rows[place.row]
                    var words = place.words
                    while let first = words.first,
                        row.words[first].letterCount + row.words[first].digitCount == 0
                    { words.removeFirst() }
                    var end = words.lowerBound
                    while end < words.upperBound, end - words.lowerBound < 30,
                        end == words.lowerBound || !row.isColumnGap(before: end)
                    { end += 1 }
                    words = words.lowerBound..<end
                    let text = HeadLine.trimmed(row.text(of: words))
                    guard !text.isEmpty, text.count <= 300 else { continue }
                    proposals.append(
                        Proposal(
                            content: .text(text),
                            printed: row.text(of: words),
                            confidence: 0.85 * BesideKey.strength(place)
                                * Proposals.readable(row.confidence(of: words)),
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

    /// One of a field's labels that stands beside its key.
    func labels(_ labels: [String], keys: [Int: [RowKey]]) -> [Proposal] {
        var matcher = KeyMatcher<String>()
        for label in labels { matcher.add(label, meaning: label) }
        let beside = BesideKey(rows: reading.rows)
        var proposals: [Proposal] = []
        for index in keys.keys.sorted().prefix(200) {
            let row = reading.rows[index]
            for key in (keys[index] ?? []).prefix(20) {
                for place in beside.places(of: key, in: index, mayBeKeys: true) {
                    let placeRow = reading.rows[place.row]
                    let words = place.words.prefix(30)
                    let letters = RowLetters(Array(placeRow.words[words]))
                    guard let match = matcher.matches(in: letters).first(where: { !$0.isInexact })
                    else { continue }
                    let first = words.lowerBound + Int(letters.word[match.letters.lowerBound])
                    let last = words.lowerBound + Int(letters.word[match.letters.upperBound - 1])
                    let range = first..<(last + 1)
                    proposals.append(
                        Proposal(
                            content: .label(match.meaning),
                            printed: placeRow.text(of: range),
                            confidence: BesideKey.strength(place)
                                * Proposals.readable(row.confidence(of: key.words)),
                            evidence: [placeRow.evidence(of: range)],
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

    /// Mail addresses or web addresses, known by their shape.
    func addresses(isMail: Bool) -> [Proposal] {
        var proposals: [Proposal] = []
        for row in reading.rows where proposals.count < 20 {
            for (index, word) in row.words.enumerated() where word.scalars.count <= 100 {
                let text = HeadLine.trimmed(word.text)
                let parts = text.split(separator: "@", omittingEmptySubsequences: false)
                let isMatch =
                    isMail
                    ? parts.count == 2 && !parts[0].isEmpty && parts[1].contains(".")
                        && parts[1].count >= 4
                    : parts.count == 1 && text.contains(".")
                        && (text.lowercased().hasPrefix("www.")
                            || text.lowercased().contains("http"))
                        && text.count > 6
                guard isMatch else { continue }
                proposals.append(
                    Proposal(
                        content: .text(text),
                        printed: word.text,
                        confidence: 0.85 * Proposals.readable(word.confidence),
                        evidence: [row.evidence(of: index..<(index + 1))],
                        reason: isMail
                            ? "has the form of a mail address" : "has the form of a web address"
                    )
                )
            }
        }
        return proposals
    }
}
