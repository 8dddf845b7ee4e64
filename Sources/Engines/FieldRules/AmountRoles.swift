import Records

/// What each row's amount is for, told by the key words in the row.
struct AmountRoles {
    /// An amount with the key that names it.
    struct Mention {
        let row: Int
        let amount: Amount
        let concept: KeyConcept
        let key: RowKey
        /// How much it counts, 0 to about 4.
        let weight: Double
        let relation: BesideKey.Relation
    }

    private(set) var mentions: [KeyConcept: [Mention]] = [:]

    private static let kept = 64

    /// Finds the named amounts of a document.
    init(_ reading: DocumentReading) {
        let usual = reading.usesDecimals
        var isAfterSummary = false
        var page = 0
        for (index, row) in reading.rows.enumerated() {
            if row.page != page { isAfterSummary = false }
            page = row.page
            let concepts = Set(row.keys.map(\.concept))
            guard let key = Self.deciding(row.keys, concepts) else {
                if concepts.contains(.taxSummary) { isAfterSummary = true }
                continue
            }
            guard
                let (place, amount, relation) = Self.amount(
                    of: key,
                    in: index,
                    rows: reading.rows,
                    usesDecimals: usual
                )
            else {
                if concepts.contains(.taxSummary) { isAfterSummary = true }
                continue
            }
            var weight = Self.weight(key)
            let isTotal = [.grandTotal, .total, .weakTotal].contains(key.concept)
            if isTotal, isAfterSummary { weight *= row.amounts.count >= 2 ? 0.25 : 0.6 }
            if isTotal, amount.value.units <= 0 { weight *= 0.3 }
            // "Total 200,00 Total 20,00": the columns of a table, each with its sum.
            if isTotal, row.keys.count(where: { $0.concept == key.concept }) > 1,
                row.amounts.count(where: \.isMoneyLike) > 1
            {
                weight *= 0.3
            }
            if relation == .below { weight *= 0.7 }
            if !amount.isMoneyLike { weight *= usual ? 0.3 : 0.8 }
            let mention = Mention(
                row: place,
                amount: amount,
                concept: key.concept,
                key: key,
                weight: weight,
                relation: relation
            )
            if mentions[key.concept, default: []].count < Self.kept {
                mentions[key.concept, default: []].append(mention)
            }
        }
    }

    /// All mentions of some meanings, in order of the page.
    func of(_ concepts: KeyConcept...) -> [Mention] {
        concepts.flatMap { mentions[$0] ?? [] }
    }

    /// The key that says what a row's amount is: a warning word anywhere outweighs "total".
    private static func deciding(_ keys: [RowKey], _ concepts: Set<KeyConcept>) -> RowKey? {
        let names: [KeyConcept] = [
            .grandTotal, .total, .weakTotal, .subtotal, .net, .tax, .cash, .change, .rounding,
            .discount,
            .service, .itemCount,
        ]
        guard let first = keys.first(where: { names.contains($0.concept) }) else { return nil }
        if first.concept == .grandTotal { return first }
        for warning in [KeyConcept.change, .rounding, .itemCount, .discount, .subtotal, .net]
        where concepts.contains(warning) {
            // "Total (excl. discount)" still names its own amount; "Rounding total" does not.
            return keys.first { $0.concept == warning }
        }
        if let total = keys.first(where: { $0.concept == .grandTotal }) { return total }
        if first.concept == .weakTotal {
            return keys.first { $0.concept == .total || $0.concept == .cash } ?? first
        }
        if concepts.contains(.taxSummary), first.concept == .total || first.concept == .tax {
            return nil
        }
        return first
    }

    private static func weight(_ key: RowKey) -> Double {
        let weight =
            switch key.concept {
            case .grandTotal: 4.0
            case .total: 3.0 + min(0.4, Double(key.length - 5) * 0.03)
            case .weakTotal: 1.0
            case .subtotal: 0.9
            case .net: 0.3
            default: 1.0
            }
        return key.isInexact ? weight * 0.85 : weight
    }

    /// The amount that a key names: the last to its right, or the lone one in the row below.
    static func amount(
        of key: RowKey,
        in index: Int,
        rows: [PageRow],
        usesDecimals: Bool
    ) -> (row: Int, amount: Amount, relation: BesideKey.Relation)? {
        let row = rows[index]
        let right = row.amounts.last {
            $0.isPlain && $0.digits.lowerBound >= key.words.upperBound
                && ($0.isMoneyLike || !usesDecimals)
        }
        if let right { return (index, right, .right) }
        // A header row names columns, not one amount.
        guard row.amounts.isEmpty, row.keys.count <= 2, key.concept != .weakTotal,
            index + 1 < rows.count
        else { return nil }
        let next = rows[index + 1]
        let reach = row.isPlainText ? 1 : row.letterHeight * 3
        guard next.page == row.page, next.box.y - row.box.maxY <= reach, next.letterCount <= 4,
            next.keys.isEmpty,
            let amount = next.amounts.last(where: { $0.isPlain && $0.isMoneyLike })
        else { return nil }
        return (index + 1, amount, .below)
    }
}

extension DocumentReading {
    /// Whether this document prints its amounts with decimals.
    var usesDecimals: Bool { decimalMark != nil || decimalAmounts >= 3 }
}
