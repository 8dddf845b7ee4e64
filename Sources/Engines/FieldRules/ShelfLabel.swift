import Records

/// A shelf label: the price is its largest number, the unit price stands with a unit, the product with large letters.
struct ShelfLabel {
    let reading: DocumentReading

    private static let units: Set<String> = [
        "kg", "l", "liter", "litre", "stk", "st", "100g", "100ml", "g", "ml", "lb", "oz", "pk", "m",
        "each", "stuck", "unit",
    ]

    /// The amount in the tallest letters, where it clearly stands out.
    func prices() -> [Proposal] {
        var found: [(row: Int, amount: Amount, height: Int)] = []
        for (index, row) in reading.rows.enumerated().prefix(200) {
            for amount in row.amounts
            where amount.isPlain && !isUnitPrice(amount, row) && amount.value.units > 0 {
                let amount = withRaisedDecimals(amount, row)
                // A bare integer may be a count, a size or a scrap: no price without decimals or a currency.
                guard amount.isMoneyLike else { continue }
                let height = row.words[amount.digits].map(\.box.height).max() ?? 0
                found.append((index, amount, height))
            }
        }
        let heights = reading.rows.prefix(200).map(\.letterHeight).sorted()
        guard !heights.isEmpty, let tallest = found.map(\.height).max() else { return [] }
        let usual = heights[heights.count / 2]
        let tallCount = found.count { $0.height * 10 >= tallest * 9 && $0.amount.isMoneyLike }
        var proposals: [Proposal] = []
        for (row, amount, height) in found where height * 10 >= tallest * 9 || amount.isMoneyLike {
            let isTall = height * 10 >= tallest * 9 && height * 10 >= usual * 14
            var strength =
                isTall ? (amount.isMoneyLike ? 0.8 : 0.45) : (found.count == 1 ? 0.6 : 0.4)
            if tallCount > 1, isTall { strength *= 0.8 }
            let reason =
                isTall ? "the amount in the largest letters" : "an amount without a key word"
            proposals.append(
                KeyedValues(reading: reading).proposal(
                    amount,
                    reading.rows[row],
                    strength,
                    reason,
                    asMoney: true
                )
            )
        }
        return proposals
    }

    /// Amounts with a unit beside them, such as `63,78 kr/kg`.
    func unitPrices() -> [Proposal] {
        var proposals: [Proposal] = []
        for row in reading.rows.prefix(2000) {
            for amount in row.amounts where amount.places == 2 && isUnitPrice(amount, row) {
                proposals.append(
                    KeyedValues(reading: reading).proposal(
                        amount,
                        row,
                        0.8,
                        "an amount for a unit of measure",
                        asMoney: true
                    )
                )
            }
            if proposals.count > 40 { break }
        }
        return proposals
    }

    /// Takes the two small digits beside a large integer as its decimals, as shelf labels print `28⁷⁰`.
    private func withRaisedDecimals(_ amount: Amount, _ row: PageRow) -> Amount {
        let next = amount.digits.upperBound
        guard amount.places == 0, amount.otherValue == nil, next == amount.words.upperBound,
            next < row.words.count
        else { return amount }
        let large = row.words[next - 1].box
        let small = row.words[next]
        guard small.digitCount == 2, small.scalars.count == 2,
            small.box.height * 4 <= large.height * 3,
            small.box.x - large.maxX <= large.height / 2,
            small.box.midY <= large.midY + large.height / 8,
            let cents = Int64(small.text),
            let whole = amount.value.rescaled(to: 2)
        else { return amount }
        var amount = amount
        amount.value = DecimalNumber(units: whole.units + cents, scale: 2)
        amount.words = amount.words.lowerBound..<(next + 1)
        return amount
    }

    /// Whether `/kg`, `pr kg` or the like stands beside an amount.
    private func isUnitPrice(_ amount: Amount, _ row: PageRow) -> Bool {
        if row.keys.contains(where: { $0.concept == .unitPrice }) { return true }
        let around =
            max(0, amount.words.lowerBound - 3)..<min(row.words.count, amount.words.upperBound + 3)
        var last = ""
        for index in around where !amount.digits.contains(index) {
            let text = row.words[index].text.lowercased()
            let words = FoldedLetters.words(text)
            if let unit = words.last, Self.units.contains(unit),
                text.contains("/") || last == "pr" || last == "per" || last == "/" || last == "je"
                    || last == "pro"
            {
                return true
            }
            last = words.last ?? (text.contains("/") ? "/" : last)
        }
        return false
    }

    /// Lines of letters, the tallest and first before others.
    func products() -> [Proposal] {
        var lines: [(line: HeadLine, score: Double)] = []
        for (index, row) in reading.rows.enumerated().prefix(60) {
            for segment in row.segments.prefix(4) {
                guard let line = HeadLine(row, index: index, words: segment), line.letters >= 4,
                    line.letters > line.digits, line.confidence > 0.3
                else { continue }
                let keyed = line.keyLetters(in: row) {
                    $0 != .product && $0 != .issuer && $0 != .till && $0 != .heading
                }
                guard keyed * 2 < line.letters else { continue }
                lines.append(
                    (line, Double(line.height) * min(1, Double(line.letters) / 8) * line.confidence)
                )
            }
        }
        let order = lines.indices.sorted { (-lines[$0].score, $0) < (-lines[$1].score, $1) }
        return order.prefix(Proposals.limit).enumerated().map { rank, index in
            let line = lines[index].line
            let row = reading.rows[line.row]
            return Proposal(
                content: .text(line.text),
                printed: row.text(of: line.words),
                confidence: (rank == 0 ? 0.5 : 0.25) * Proposals.readable(line.confidence - 0.1),
                evidence: [row.evidence(of: line.words)],
                reason: "a line in large letters"
            )
        }
    }
}
