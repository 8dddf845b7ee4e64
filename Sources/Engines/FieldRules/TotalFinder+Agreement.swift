import Records

extension TotalFinder {
    /// Whether an amount is named as a sum or at least printed; a printed one is noted.
    func isPrinted(_ value: DecimalNumber, _ sums: inout [DecimalNumber: Sum]) -> Bool {
        if let sum = sums[value], !sum.mentions.isEmpty || sum.place != nil { return true }
        guard let place = printedPlace(of: value) else { return false }
        sums[value] = Sum()
        sums[value]?.place = place
        return true
    }

    /// The sum after rounding is the final one: total, rounding, and below them what both make.
    func confirmByRounding(_ sums: inout [DecimalNumber: Sum]) {
        let roundings = roles.of(.rounding).filter { $0.amount.value.units != 0 }
        for before in roles.of(.total, .grandTotal).prefix(8) {
            for rounding in roundings.prefix(3) where before.row < rounding.row {
                // The minus of a rounding is easily lost.
                for change in [rounding.amount.value, rounding.amount.value.negated] {
                    guard abs(change.approximate) < 0.051,
                        let value = before.amount.value.adding(change), value.units > 0,
                        reading.rows[(rounding.row + 1)...].contains(where: { row in
                            row.amounts.contains { $0.isMoneyLike && $0.value == value }
                        }), isPrinted(value, &sums),
                        sums[value]?.confirmations.contains(where: { $0.contains("round") })
                            == false
                    else { continue }
                    // What the words say of the sum before rounding they say of this one.
                    sums[value]?.bonus += 1.5 + before.weight
                    sums[value]?.isVerified = true
                    sums[value]?.confirmations.append(
                        "equals \(before.amount.value) after rounding by \(change)"
                    )
                }
            }
        }
    }

    /// The lines of tax add up to the total.
    func confirmByTaxLines(_ sums: inout [DecimalNumber: Sum]) {
        let table = TaxTable(reading)
        guard let total = table.total else { return }
        var values = [total.gross]
        for rounding in roles.of(.rounding).prefix(3) {
            if let value = total.gross.adding(rounding.amount.value) { values.append(value) }
        }
        let rows = Set(table.lines.map(\.row))
        for value in Set(values).sorted() {
            // Printed elsewhere than in the lines themselves.
            let isElsewhere = reading.rows.enumerated().contains { index, row in
                !rows.contains(index)
                    && row.amounts.contains { $0.isMoneyLike && $0.value == value }
            }
            guard isElsewhere, isPrinted(value, &sums) else { continue }
            sums[value]?.bonus += 2.2
            sums[value]?.isVerified = true
            sums[value]?.confirmations.append("equals net and tax of \(table.lines.count) line(s)")
        }
    }

    /// The amounts of the rows above a sum add up to it.
    func confirmByItems(_ sums: inout [DecimalNumber: Sum]) {
        let named: Set<KeyConcept> = [
            .grandTotal, .total, .weakTotal, .subtotal, .net, .tax, .taxSummary, .cash, .change,
            .rounding, .itemCount,
        ]
        var running: DecimalNumber? = DecimalNumber(units: 0, scale: 2)
        var count = 0
        // The sum above each row, and of how many amounts.
        var above: [(sum: DecimalNumber, count: Int)] = []
        for row in reading.rows {
            above.append((running ?? DecimalNumber(units: 0, scale: 2), count))
            guard !row.keys.contains(where: { named.contains($0.concept) }),
                let amount = row.amounts.last(where: { $0.isMoneyLike && $0.places == 2 })
            else { continue }
            running = running?.adding(amount.value)
            count += 1
        }
        for (value, sum) in sums {
            let rows = sum.mentions.map(\.row) + (sum.place.map { [$0.row] } ?? [])
            guard
                let items = rows.sorted().lazy.map({ above[$0] }).first(where: {
                    $0.count >= 2 && $0.sum == value
                })
            else { continue }
            sums[value]?.bonus += 1.2
            sums[value]?.confirmations.append("equals the \(items.count) amounts above it")
        }
    }

    /// A total and a payment that differ in one digit are one amount, read twice: the surer reading of them holds.
    func joinMisread(_ sums: inout [DecimalNumber: Sum]) {
        let paid = sums.filter { $0.value.isPaid && $0.value.mentions.isEmpty }.keys.sorted()
        for payment in paid.prefix(4) {
            for mention in roles.of(.total, .grandTotal).prefix(6) {
                let total = mention.amount.value
                guard let a = sums[payment], let b = sums[total], let place = a.place,
                    total != payment, !b.isVerified, !b.isPaid
                else { continue }
                let isOneDigit = Self.differInOneDigit(total, payment)
                let gap =
                    reading.rows[place.row].confidence(of: place.amount.digits)
                    - reading.rows[mention.row].confidence(of: mention.amount.digits)
                // Without change the payment is the total; a total that was hardly read says little against it.
                guard isOneDigit || (gap > 0.3 && roles.of(.change).isEmpty) else { continue }
                func certainty(_ sum: Sum, _ row: Int, _ amount: Amount) -> Double {
                    reading.rows[row].confidence(of: amount.digits)
                        + Double(sum.confirmations.count { !$0.contains("paid") })
                        + 0.5 * Double(sum.rows.count)
                }
                if certainty(a, place.row, place.amount)
                    > certainty(b, mention.row, mention.amount) + 0.05
                {
                    sums[payment]?.bonus += b.words
                    sums[payment]?.confirmations.append("the total \(total) is that, misread")
                }
            }
        }
    }

    private static func differInOneDigit(_ a: DecimalNumber, _ b: DecimalNumber) -> Bool {
        let (left, right) = (Array(a.description.utf8), Array(b.description.utf8))
        return left.count == right.count && left.count >= 3
            && zip(left, right).count(where: { $0 != $1 }) == 1
    }

    /// Three amounts under each other, the second less the first being the third, are total, cash and change.
    func confirmByPlace(_ sums: inout [DecimalNumber: Sum]) {
        for (place, paid, back) in paidTriples(needsKey: true) {
            let value = place.amount.value
            guard sums[value]?.isVerified != true else { continue }
            if sums[value] == nil { sums[value] = Sum() }
            if sums[value]?.mentions.isEmpty == true, sums[value]?.place == nil {
                sums[value]?.place = (place.row, place.amount)
            }
            sums[value]?.bonus += 3
            sums[value]?.isVerified = true
            sums[value]?.confirmations.append("equals \(paid) − \(back) printed below it")
        }
    }

    /// Amounts with the two below them that fit as cash and change.
    private func paidTriples(
        needsKey: Bool
    ) -> [(place: (row: Int, amount: Amount), paid: DecimalNumber, back: DecimalNumber)] {
        let payment: Set<KeyConcept> = [.total, .grandTotal, .cash, .change]
        var column: [(row: Int, amount: Amount)] = []
        for (index, row) in reading.rows.enumerated() {
            guard let amount = row.amounts.last(where: { $0.isMoneyLike && $0.places == 2 }) else {
                continue
            }
            column.append((index, amount))
        }
        var found: [(place: (row: Int, amount: Amount), paid: DecimalNumber, back: DecimalNumber)] =
            []
        var largestAbove = DecimalNumber(units: 0, scale: 2)
        for first in column.indices where found.count < 8 {
            let value = column[first].amount.value
            // No item costs more than all together.
            defer { largestAbove = max(largestAbove, value) }
            guard value.units > 0, value >= largestAbove else { continue }
            for second in column.indices[(first + 1)...].prefix(3) {
                let paid = column[second].amount.value
                guard value < paid else { continue }
                for third in column.indices[(second + 1)...].prefix(2) {
                    let rows = [column[first].row, column[second].row, column[third].row]
                    let back = column[third].amount.value
                    let change = back.units < 0 ? back.negated : back
                    guard change.units != 0, paid.adding(change.negated) == value,
                        !needsKey
                            || rows.contains(where: { row in
                                reading.rows[row].keys.contains { payment.contains($0.concept) }
                            })
                    else { continue }
                    found.append((column[first], paid, change))
                }
            }
        }
        return found
    }

    /// Without any key word: what fits with the two amounts below it, else the largest amount; a guess.
    func unnamed() -> [Proposal] {
        if let triple = paidTriples(needsKey: false).last {
            return [
                guess(
                    triple.place,
                    0.6,
                    "equals \(triple.paid) − \(triple.back) printed below it, no key word was found"
                )
            ]
        }
        var rows: [DecimalNumber: Set<Int>] = [:]
        var places: [(row: Int, amount: Amount)] = []
        for (index, row) in reading.rows.enumerated() {
            for amount in row.amounts where amount.isMoneyLike && amount.places == 2 {
                rows[amount.value, default: []].insert(index)
                if amount.slips == 0 { places.append((index, amount)) }
            }
        }
        guard let largest = places.map(\.amount.value).max(), largest.units > 0 else { return [] }
        // What stands twice is rather the sum than cash, but small amounts stand twice as well.
        let repeated = places.filter {
            (rows[$0.amount.value]?.count ?? 0) >= 2
                && $0.amount.value.approximate * 2 >= largest.approximate
        }
        if let best = repeated.max(by: { $0.amount.value < $1.amount.value }) {
            return [guess(best, 0.55, "an amount printed twice, no key word was found")]
        }
        guard let best = places.first(where: { $0.amount.value == largest }) else { return [] }
        return [guess(best, 0.4, "the largest amount, no key word was found")]
    }

    private func guess(_ place: (row: Int, amount: Amount), _ strength: Double, _ reason: String)
        -> Proposal
    {
        let row = reading.rows[place.row]
        let read = Proposals.readable(row.confidence(of: place.amount.digits))
        return Proposal(
            content: .money(Money(amount: place.amount.value, currency: nil)),
            printed: row.text(of: place.amount.words),
            confidence: strength * place.amount.clarity * read,
            evidence: [row.evidence(of: place.amount.words)],
            reason: reason
        )
    }
}
