import Records

/// The final sum: told by its key word, and by what agrees with it.
///
/// Agreement counts more than words: an amount that equals cash less change, or subtotal with tax, is
/// right even where "total" was misread; an amount that only stands behind "total" may be a tax line.
struct TotalFinder {
    let reading: DocumentReading
    let roles: AmountRoles

    /// What speaks for one amount.
    struct Sum {
        var mentions: [AmountRoles.Mention] = []
        var confirmations: [String] = []
        var bonus = 0.0
        var isVerified = false
        var isPaid = false
        var rows: Set<Int> = []
        var place: (row: Int, amount: Amount)?

        var words: Double {
            let weights = mentions.map(\.weight).sorted(by: >)
            return weights.prefix(1).reduce(0, +) + 0.5 * weights.dropFirst().prefix(2).reduce(0, +)
        }
        var score: Double { words + bonus }
    }

    /// Prepares to look in a document.
    init(_ reading: DocumentReading, roles: AmountRoles) {
        self.reading = reading
        self.roles = roles
    }

    /// Proposals, the best first.
    func proposals() -> [Proposal] {
        var sums: [DecimalNumber: Sum] = [:]
        for mention in roles.of(.grandTotal, .total, .weakTotal, .subtotal, .net) {
            sums[mention.amount.value, default: Sum()].mentions.append(mention)
        }
        let cash = distinct(roles.of(.cash).filter { $0.amount.value.units > 0 })
        let change = distinct(roles.of(.change))
        for (value, mention) in cash where sums[value] == nil {
            sums[value] = Sum()
            sums[value]?.place = (mention.row, mention.amount)
        }
        confirmByCash(&sums, cash: cash, change: change)
        confirmBySums(&sums)
        confirmByRounding(&sums)
        confirmByTaxLines(&sums)
        confirmByPlace(&sums)
        confirmByItems(&sums)
        countRows(&sums)
        let isCashPayment = !change.isEmpty
        for (value, _) in cash {
            guard sums[value]?.place == nil || isCashPayment == false else { continue }
            sums[value]?.bonus += isCashPayment ? 0.5 : 1.6
            sums[value]?.isPaid = true
            sums[value]?.confirmations.append("equals what was paid")
        }
        joinMisread(&sums)
        let ordered = sums.filter { $0.value.place != nil || !$0.value.mentions.isEmpty }.sorted {
            (-$0.value.score, -$0.key.approximate) < (-$1.value.score, -$1.key.approximate)
        }
        let best = ordered.first?.value.score ?? 0
        let second = ordered.dropFirst().first?.value.score ?? 0
        var proposals: [Proposal] = []
        for (index, (value, sum)) in ordered.prefix(8).enumerated() {
            let rival = index == 0 ? second : best
            if let proposal = proposal(value, sum, rival: rival) { proposals.append(proposal) }
        }
        return proposals.isEmpty ? unnamed() : proposals
    }

    private func distinct(_ mentions: [AmountRoles.Mention]) -> [(
        DecimalNumber, AmountRoles.Mention
    )] {
        var seen: Set<DecimalNumber> = []
        return mentions.filter { seen.insert($0.amount.value).inserted }.prefix(6).map {
            ($0.amount.value, $0)
        }
    }

    private func confirmByCash(
        _ sums: inout [DecimalNumber: Sum],
        cash: [(DecimalNumber, AmountRoles.Mention)],
        change: [(DecimalNumber, AmountRoles.Mention)]
    ) {
        for (paid, paidMention) in cash {
            for (back, _) in change {
                let back = back.units < 0 ? back : back.negated
                guard let value = paid.adding(back), value.units > 0,
                    back.units != 0 || sums[value]?.mentions.isEmpty == false
                else { continue }
                let text = "equals cash \(paid) − change \(back.negated)"
                if sums[value] == nil {
                    // Not named anywhere: only where it is printed.
                    guard let place = printedPlace(of: value) else { continue }
                    sums[value] = Sum()
                    sums[value]?.place = place
                }
                guard sums[value]?.isVerified == false else { continue }
                if back.units == 0, sums[value]?.mentions.isEmpty == true { continue }
                sums[value]?.bonus += back.units == 0 ? 2 : 4
                sums[value]?.isVerified = true
                sums[value]?.confirmations.append(text)
                _ = paidMention
            }
        }
    }

    func printedPlace(of value: DecimalNumber) -> (row: Int, amount: Amount)? {
        for (index, row) in reading.rows.enumerated() {
            if let amount = row.amounts.last(where: { $0.isMoneyLike && $0.value == value }) {
                return (index, amount)
            }
        }
        return nil
    }

    private func confirmBySums(_ sums: inout [DecimalNumber: Sum]) {
        func values(_ concepts: KeyConcept...) -> [DecimalNumber] {
            var seen: Set<DecimalNumber> = []
            return concepts.flatMap { roles.of($0) }.map(\.amount.value).filter {
                seen.insert($0).inserted
            }.prefix(5).map(\.self)
        }
        let zero = DecimalNumber(units: 0, scale: 0)
        for base in values(.subtotal, .net) {
            for tax in values(.tax) where tax.units != 0 {
                for other in [zero] + values(.service, .rounding) + values(.discount).map(\.negated)
                {
                    guard let value = base.adding(tax)?.adding(other),
                        isPrinted(value, &sums),
                        sums[value]?.confirmations.contains(where: { $0.contains("tax") }) == false
                    else { continue }
                    sums[value]?.bonus += 2.2
                    sums[value]?.isVerified = true
                    sums[value]?.confirmations.append("equals \(base) + tax \(tax)")
                }
            }
            for rounding in values(.rounding) where rounding.units != 0 {
                guard let value = base.adding(rounding), sums[value]?.mentions.isEmpty == false
                else { continue }
                sums[value]?.bonus += 1.5
                sums[value]?.confirmations.append("equals \(base) after rounding by \(rounding)")
            }
        }
    }

    /// An amount that stands in several rows is more likely the sum than an item.
    private func countRows(_ sums: inout [DecimalNumber: Sum]) {
        for (index, row) in reading.rows.enumerated() {
            for amount in row.amounts where amount.isMoneyLike {
                sums[amount.value]?.rows.insert(index)
            }
        }
        for (value, sum) in sums where sum.rows.count >= 2 {
            sums[value]?.bonus += sum.rows.count >= 3 ? 1.3 : 0.9
        }
    }

    private func proposal(_ value: DecimalNumber, _ sum: Sum, rival: Double) -> Proposal? {
        let named = sum.mentions.max { $0.weight < $1.weight }
        guard let place = named.map({ ($0.row, $0.amount) }) ?? sum.place else { return nil }
        let row = reading.rows[place.0]
        let amount = place.1
        var reasons = sum.confirmations
        let isNamed =
            named.map { [.grandTotal, .total].contains($0.concept) && $0.weight >= 1.5 } ?? false
        var confidence: Double
        switch (isNamed, sum.isVerified) {
        case (true, true): confidence = 0.97
        case (true, false) where sum.isPaid: confidence = 0.93
        case (true, false):
            confidence = named?.concept == .grandTotal ? 0.82 : 0.76
            if sum.rows.count >= 2 || sum.mentions.count >= 2 { confidence += 0.08 }
        case (false, true): confidence = 0.8
        case (false, false): confidence = sum.isPaid ? 0.55 : 0.45
        }
        if rival > sum.score {
            confidence = min(confidence, 0.5) * max(0.2, sum.score / rival)
        } else if rival > 0.8 * sum.score {
            confidence *= 0.85
        }
        // `19` among amounts such as `8.59`: the decimals were not read.
        if amount.places == 0, !sum.isVerified, hasDecimals { confidence *= 0.6 }
        if let named {
            reasons.insert("\(named.relation.rawValue) “\(named.key.printed)”", at: 0)
        }
        if sum.rows.count >= 2 { reasons.append("stands in \(sum.rows.count) rows") }
        if reasons.isEmpty { reasons = ["an amount without a key word"] }
        let clarity = sum.isVerified ? max(0.9, amount.clarity) : amount.clarity
        confidence *=
            clarity
            * Proposals.readable(
                sum.isVerified
                    ? max(0.85, row.confidence(of: amount.digits))
                    : row.confidence(of: amount.digits)
            )
        return Proposal(
            content: .money(Money(amount: value, currency: nil)),
            printed: row.text(of: amount.words),
            confidence: confidence,
            evidence: [row.evidence(of: amount.words)],
            reason: reasons.joined(separator: ", "),
            key: Proposal.KeyMatch(named?.key),
            agreements: sum.confirmations.count + (sum.rows.count >= 2 ? 1 : 0)
        )
    }

    var hasDecimals: Bool {
        reading.usesDecimals
            || reading.rows.contains { $0.amounts.contains { $0.isMoneyLike && $0.places == 2 } }
    }
}
