import Records

/// The values of a nutrition table: the first amount with the right unit behind the nutrient's name, which is that for 100 g
/// or, in America, for a serving.
struct NutritionFinder {
    let reading: DocumentReading

    private static let matcher: KeyMatcher<Nutrient> = {
        var matcher = KeyMatcher<Nutrient>()
        for nutrient in Nutrient.allCases
        where nutrient != .energyKilojoule && nutrient != .energyKilocalorie {
            for key in nutrient.keys { matcher.add(key, meaning: nutrient) }
        }
        return matcher
    }()

    /// The values of one nutrient.
    func proposals(for nutrient: Nutrient) -> [Proposal] {
        let sought: Nutrient = nutrient.units.contains("g") ? nutrient : .energy
        var proposals: [Proposal] = []
        for (index, row) in reading.rows.enumerated().prefix(400) where proposals.count < 10 {
            let letters = RowLetters(row.words)
            let keys = Self.matcher.matches(in: letters)
            for (number, match) in keys.enumerated() where match.meaning == sought {
                let key = DocumentReading.rowKey(
                    match.letters,
                    in: row,
                    letters: letters,
                    concept: .product,
                    isInexact: match.isInexact
                )
                let next =
                    number + 1 < keys.count
                    ? Int(letters.word[keys[number + 1].letters.lowerBound]) : row.words.count
                guard key.words.upperBound <= next else { continue }
                let place = key.words.upperBound..<max(next, key.words.upperBound)
                if let found = proposal(nutrient, key, row, place) {
                    proposals.append(found)
                    continue
                }
                // kJ and kcal stand under each other.
                guard sought == .energy, index + 1 < reading.rows.count else { continue }
                let below = reading.rows[index + 1]
                guard below.page == row.page, below.box.y - row.box.maxY < 2 * row.letterHeight,
                    Self.matcher.matches(in: RowLetters(below.words)).isEmpty,
                    let found = proposal(nutrient, key, below, 0..<below.words.count)
                else { continue }
                proposals.append(found)
            }
        }
        return proposals
    }

    private func proposal(
        _ nutrient: Nutrient,
        _ key: RowKey,
        _ row: PageRow,
        _ place: Range<Int>
    ) -> Proposal? {
        let amounts = row.amounts.filter { place.contains($0.digits.lowerBound) }
        var found: (amount: Amount, strength: Double)?
        for unit in nutrient.units where found == nil {
            if let amount = amounts.first(where: { Self.unit(of: $0) == unit }) {
                found = (amount, 0.9)
            }
        }
        if found == nil, let amount = amounts.first(where: \.isPlain) {
            // "Calories 110"; a gram misread or left out.
            let isCalories = nutrient == .energyKilocalorie || nutrient == .energy
            if nutrient != .energyKilojoule { found = (amount, isCalories ? 0.8 : 0.5) }
        }
        guard let (amount, strength) = found else { return nil }
        return Proposal(
            content: .number(amount.value),
            printed: row.text(of: amount.words),
            confidence: strength * (key.isInexact ? 0.85 : 1) * amount.clarity
                * Proposals.readable(row.confidence(of: amount.digits)),
            evidence: [row.evidence(of: amount.words)],
            reason: "in the nutrition table beside “\(key.printed)”",
            key: Proposal.KeyMatch(key)
        )
    }

    private static func unit(of amount: Amount) -> String? {
        guard case .measure(let unit) = amount.kind else { return nil }
        return unit == "gr" || unit == "gm" ? "g" : unit
    }
}
