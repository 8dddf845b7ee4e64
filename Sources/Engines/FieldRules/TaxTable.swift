import Records

/// The lines of a receipt that take the sum apart by tax rate: `A 19% 20,00 3,80 23,80`, `SR @ 6% 50.00 3.00`.
struct TaxTable {
    /// One rate.
    struct Line {
        let row: Int
        let net: Amount
        let tax: Amount
        /// Net and tax together.
        let gross: DecimalNumber
    }

    /// The lines from top to bottom.
    private(set) var lines: [Line] = []

    private static let mostLines = 12

    /// Finds the lines of a document.
    init(_ reading: DocumentReading) {
        var rowsSinceKey = Int.max
        for (index, row) in reading.rows.enumerated() where lines.count < Self.mostLines {
            let isKeyed = row.keys.contains { $0.concept == .tax || $0.concept == .taxSummary }
            rowsSinceKey = isKeyed ? 0 : (rowsSinceKey == Int.max ? Int.max : rowsSinceKey + 1)
            let rate = row.amounts.first {
                if case .percent = $0.kind { return true }
                return false
            }
            guard rate != nil || rowsSinceKey <= 3 else { continue }
            let amounts = row.amounts.filter {
                $0.isMoneyLike && $0.places == 2 && $0.value.units >= 0
            }
            guard (2...5).contains(amounts.count) else { continue }
            // A discount of 0 % is no tax.
            let isAmongTaxes = rowsSinceKey <= 4 || lines.last?.row == index - 1
            if let line = Self.triple(amounts, row: index)
                ?? Self.pair(amounts, rate, row: index, isAmongTaxes: isAmongTaxes)
            {
                lines.append(line)
            }
        }
    }

    /// The sum of all lines, with and without tax.
    var total: (gross: DecimalNumber, tax: DecimalNumber)? {
        guard !lines.isEmpty else { return nil }
        var gross: DecimalNumber? = DecimalNumber(units: 0, scale: 2)
        var tax: DecimalNumber? = DecimalNumber(units: 0, scale: 2)
        for line in lines {
            gross = gross?.adding(line.gross)
            tax = tax?.adding(line.tax.value)
        }
        guard let gross, let tax, gross.units > 0, tax.units > 0 else { return nil }
        return (gross, tax)
    }

    /// Net, tax and gross in any order: the two smaller make the largest, and tax is the smaller by far.
    private static func triple(_ amounts: [Amount], row: Int) -> Line? {
        guard amounts.count >= 3 else { return nil }
        let ordered = amounts.sorted { $0.value < $1.value }
        guard let gross = ordered.last?.value else { return nil }
        for (index, tax) in ordered.enumerated() {
            for net in ordered.dropFirst(index + 1) where net.value.adding(tax.value) == gross {
                guard tax.value.approximate <= 0.3 * gross.approximate, tax.value.units > 0 else {
                    continue
                }
                return Line(row: row, net: net, tax: tax, gross: gross)
            }
        }
        return nil
    }

    /// Net and tax beside the rate that leads from one to the other.
    private static func pair(
        _ amounts: [Amount],
        _ rate: Amount?,
        row: Int,
        isAmongTaxes: Bool
    ) -> Line? {
        guard let rate, amounts.count == 2, rate.value.units > 0 || isAmongTaxes else { return nil }
        for (net, tax) in [(amounts[0], amounts[1]), (amounts[1], amounts[0])] {
            let expected = net.value.approximate * rate.value.approximate / 100
            guard abs(expected - tax.value.approximate) <= 0.021, net.value.units > 0,
                let gross = net.value.adding(tax.value)
            else { continue }
            return Line(row: row, net: net, tax: tax, gross: gross)
        }
        return nil
    }

    /// The tax of all lines.
    func proposals(_ reading: DocumentReading) -> [Proposal] {
        guard let total, total.tax.units > 0 else { return [] }
        let read = lines.map { reading.rows[$0.row].confidence(of: $0.tax.digits) }.min() ?? 0
        return [
            Proposal(
                content: .money(Money(amount: total.tax)),
                printed: lines.map { reading.rows[$0.row].text(of: $0.tax.words) }
                    .joined(separator: " + "),
                confidence: 0.84 * Proposals.readable(read),
                evidence: lines.map { reading.rows[$0.row].evidence(of: $0.tax.words) },
                reason: "the tax that leads from net to gross in \(lines.count) line(s) of tax",
                agreements: 1
            )
        ]
    }
}
