import Records

extension FormValues {
    /// The values of the field's type among some words, in the order of the line.
    func typed(_ piece: FormPlaces.Piece, strength: Double, reason: String) -> [Found] {
        switch field.type {
        case .money: amounts(piece, asMoney: true, strength, reason)
        case .number: amounts(piece, asMoney: false, strength, reason)
        case .date: days(piece, strength, reason)
        case .identifier: codes(piece, strength, reason)
        case .currency: currencies(piece, strength, reason)
        case .label(let labels): self.labels(labels, piece, strength, reason)
        case .text, .list: []
        }
    }

    private func amounts(
        _ piece: FormPlaces.Piece,
        asMoney: Bool,
        _ strength: Double,
        _ reason: String
    ) -> [Found] {
        let row = reading.rows[piece.row]
        let inside = row.amounts.filter {
            piece.words.contains($0.digits.lowerBound) && (!asMoney || $0.isPlain)
        }
        // Beside 12.00 a lone 3 is a count; alone it may be what was meant.
        let priced = inside.filter { $0.isMoneyLike }
        let keyed = KeyedValues(reading: reading)
        return (asMoney && !priced.isEmpty ? priced : inside).map { amount in
            let strength =
                asMoney && reading.usesDecimals && !amount.isMoneyLike ? strength * 0.7 : strength
            return Found(
                proposal: keyed.proposal(amount, row, strength, reason, asMoney: asMoney),
                row: piece.row
            )
        }
    }

    private func days(_ piece: FormPlaces.Piece, _ strength: Double, _ reason: String) -> [Found] {
        guard case .date(let order) = field.type else { return [] }
        let row = reading.rows[piece.row]
        return row.dates.filter { piece.words.contains($0.words.lowerBound) }.flatMap { date in
            // The form is about these very documents; then what the page proves, then the field.
            let order = rule.order ?? reading.dateOrder ?? order ?? reading.dateCustom
            var meanings = date.readings
            if meanings.count > 1, let order {
                meanings = meanings.filter { $0.assumedOrder == order }
                    .map { .init(date: $0.date, assumedOrder: nil) }
            }
            var confidence = strength * Proposals.readable(row.confidence(of: date.words))
            for _ in 0..<min(4, date.slips) { confidence *= 0.88 }
            return meanings.map { meaning in
                Found(
                    proposal: Proposal(
                        content: .date(meaning.date),
                        printed: date.printed,
                        confidence: confidence,
                        evidence: [row.evidence(of: date.words)],
                        reason: reason,
                        assumedOrder: meaning.assumedOrder
                    ),
                    row: piece.row
                )
            }
        }
    }

    /// Codes: a word with a digit and the words that go on with it; without any, a word of capitals.
    private func codes(_ piece: FormPlaces.Piece, _ strength: Double, _ reason: String) -> [Found] {
        let row = reading.rows[piece.row]
        let days = row.dates.map(\.words)
        var found: [Found] = []
        var index = piece.words.lowerBound
        while index < piece.words.upperBound {
            defer { index += 1 }
            let word = row.words[index]
            guard word.digitCount > 0, word.scalars.count <= 60,
                !days.contains(where: { $0.contains(index) })
            else { continue }
            var first = index
            if index > piece.words.lowerBound, row.isTight(before: index),
                (1...4).contains(row.words[index - 1].scalars.count),
                row.words[index - 1].scalars.allSatisfy(\.properties.isUppercase)
            {
                first -= 1
            }
            var end = index + 1
            while end < piece.words.upperBound, end - first < 9, row.isTight(before: end),
                row.words[end].digitCount >= 2, !days.contains(where: { $0.contains(end) })
            {
                end += 1
            }
            index = end - 1
            found.append(code(first..<end, in: piece.row, strength, reason))
        }
        if found.isEmpty, !rule.near.isEmpty,
            let word = piece.words.first(where: { row.words[$0].letterCount > 1 }),
            row.words[word].scalars.allSatisfy({ !$0.properties.isLowercase })
        {
            found.append(code(word..<(word + 1), in: piece.row, strength * 0.7, reason))
        }
        return found
    }

    private func code(_ words: Range<Int>, in index: Int, _ strength: Double, _ reason: String)
        -> Found
    {
        let row = reading.rows[index]
        return Found(
            proposal: Proposal(
                content: .identifier(CodeFinder.trimmed(row.text(of: words))),
                printed: row.text(of: words),
                confidence: strength * Proposals.readable(row.confidence(of: words)),
                evidence: [row.evidence(of: words)],
                reason: reason
            ),
            row: index
        )
    }

    private func currencies(_ piece: FormPlaces.Piece, _ strength: Double, _ reason: String)
        -> [Found]
    {
        let row = reading.rows[piece.row]
        var signs: [(sign: CurrencySign, words: Range<Int>)] = row.amounts.compactMap { amount in
            guard piece.words.contains(amount.digits.lowerBound) else { return nil }
            return amount.currency.map { ($0, amount.words) }
        }
        for index in piece.words where row.words[index].scalars.count <= CurrencySign.longest {
            if let sign = WordNumber.currency(trimming: row.words[index].scalars[...]) {
                signs.append((sign, index..<(index + 1)))
            }
        }
        return signs.map { sign, words in
            Found(
                proposal: Proposal(
                    content: .currency(sign.code),
                    printed: row.text(of: words),
                    confidence: strength * sign.certainty
                        * Proposals.readable(row.confidence(of: words)),
                    evidence: [row.evidence(of: words)],
                    reason: reason
                ),
                row: piece.row
            )
        }
    }

    private func labels(
        _ labels: [String],
        _ piece: FormPlaces.Piece,
        _ strength: Double,
        _ reason: String
    ) -> [Found] {
        let row = reading.rows[piece.row]
        let letters = RowLetters(Array(row.words[piece.words]))
        return labels.flatMap { label in
            FormPhrase(label).matches(in: letters).map { match in
                let first = piece.words.lowerBound + Int(letters.word[match.letters.lowerBound])
                let last = piece.words.lowerBound + Int(letters.word[match.letters.upperBound - 1])
                let words = first..<(last + 1)
                return Found(
                    proposal: Proposal(
                        content: .label(label),
                        printed: row.text(of: words),
                        confidence: strength * (match.isInexact ? 0.85 : 1)
                            * Proposals.readable(row.confidence(of: words)),
                        evidence: [row.evidence(of: words)],
                        reason: reason
                    ),
                    row: piece.row
                )
            }
        }.sorted { $0.isBefore($1) }
    }

    // MARK: Text and patterns

    /// All of some pieces as one text; nothing when they hold no letter or digit.
    func text(_ pieces: [FormPlaces.Piece], strength: Double, _ reason: String) -> [Found] {
        let lines = pieces.map { reading.rows[$0.row].text(of: $0.words) }
        let text = HeadLine.trimmed(lines.joined(separator: " "))
        guard let first = pieces.first, !text.isEmpty, text.count <= 1000 else { return [] }
        let rows = pieces.map { (reading.rows[$0.row].confidence(of: $0.words), $0.words.count) }
        let weight = Double(rows.reduce(0) { $0 + $1.1 })
        let read = rows.reduce(0) { $0 + $1.0 * Double($1.1) } / max(1, weight)
        return [
            Found(
                proposal: Proposal(
                    content: .text(text),
                    printed: lines.joined(separator: " "),
                    confidence: strength * Proposals.readable(read),
                    evidence: pieces.map { reading.rows[$0.row].evidence(of: $0.words) },
                    reason: reason
                ),
                row: first.row
            )
        ]
    }

    /// The matches of a pattern whose value stands in the pieces.
    func matches(of pattern: String, in pieces: [FormPlaces.Piece]) -> [PatternMatch] {
        guard let finder = try? PatternFinder(pattern) else { return [] }
        var byRow: [Int: Range<Int>] = [:]
        for piece in pieces { byRow[piece.row] = piece.words }
        return finder.matches(in: reading, keys: [:], rows: byRow.keys.sorted())
            .compactMap { match in
                guard let words = byRow[match.row], words.contains(match.words.lowerBound),
                    match.words.upperBound <= words.upperBound
                else { return nil }
                return PatternMatch(row: match.row, words: match.words, text: match.text)
            }
    }

    /// A match as a value, still to be read as the field's type.
    func found(_ match: PatternMatch, strength: Double, reason: String) -> Found {
        let row = reading.rows[match.row]
        return Found(
            proposal: Proposal(
                content: .text(match.text),
                printed: match.text,
                confidence: strength * Proposals.readable(row.confidence(of: match.words)),
                evidence: [row.evidence(of: match.words)],
                reason: reason
            ),
            row: match.row
        )
    }

    /// Where a pattern matches.
    struct PatternMatch {
        let row: Int
        let words: Range<Int>
        let text: String
    }
}
