import Records

/// The prices of a shelf label: the price is its largest number, the unit price stands with a unit.
struct ShelfLabel {
    let reading: DocumentReading
    private let amounts: [ShelfAmount]
    /// Contents that are printed, in kilograms or litres: `397g`, `4 KG`.
    private let contents: [Double]

    init(reading: DocumentReading) {
        self.reading = reading
        amounts = reading.shelfAmounts()
        contents = Self.contents(of: reading)
    }

    // MARK: - Price

    /// The amount in the tallest letters, where it clearly stands out.
    func prices() -> [Proposal] {
        let found = amounts.filter { $0.unit == nil && $0.isPrice }
        let heights = reading.rows.prefix(200).map(\.letterHeight).sorted()
        // Digits that run together are decided by the largest print as well.
        guard !heights.isEmpty, let tallest = found.map(\.height).max() else { return [] }
        let usual = heights[(heights.count - 1) / 2]
        let rivals = Set(
            found.filter { $0.height * 20 >= tallest * 17 && $0.decimals != .assumed }
                .map(\.amount.value)
        )
        return found.prefix(100).compactMap { shelf in
            let isTall = shelf.height * 20 >= tallest * 17
            let standsOut = isTall && shelf.height * 10 >= usual * 14
            // Among print of its own size a run of digits is a house number, a code, a year.
            if shelf.decimals == .assumed, !standsOut { return nil }
            var strength = standsOut ? 0.84 : isTall ? 0.68 : 0.4
            if shelf.amount.currency != nil { strength = max(strength, 0.6) + 0.06 }
            if rivals.count > 1, isTall { strength *= 0.85 }
            if shelf.decimals == .assumed { strength *= 0.75 }
            if wasPrice(shelf) { strength *= 0.4 }
            let unitPrice = agreeing(with: shelf)
            if unitPrice != nil { strength = min(0.95, strength * 1.2) }
            var proposal = KeyedValues(reading: reading).proposal(
                shelf.amount,
                reading.rows[shelf.row],
                strength,
                (isTall ? "the amount in the largest letters" : "an amount without a key word")
                    + (shelf.decimals == .assumed ? ", its last two digits taken as decimals" : "")
                    + (unitPrice.map { ", equals its contents × \($0)" } ?? ""),
                asMoney: true
            )
            if unitPrice != nil { proposal.agreements += 1 }
            if let apart = shelf.apart {
                proposal.evidence.append(apart)
                proposal.printed += " " + apart.words
            }
            return proposal
        }
    }

    /// Whether it is said to be the price of before.
    private func wasPrice(_ shelf: ShelfAmount) -> Bool {
        let row = reading.rows[shelf.row]
        let before = row.words[
            max(0, shelf.amount.words.lowerBound - 3)..<shelf.amount.digits.lowerBound
        ]
        return before.contains { word in
            FoldedLetters.words(word.text).contains(where: Self.before.contains)
        }
    }

    private static let before: Set<String> = [
        "was", "for", "statt", "vorher", "uvp", "avant", "antes", "reg", "regular", "old",
        "instead", "save",
        "spar", "sie", "rabatt",
    ]

    /// The unit price that a price agrees with over the printed contents.
    private func agreeing(with shelf: ShelfAmount) -> String? {
        for other in amounts where other.unit != nil && other.amount.value != shelf.amount.value {
            for content in contents where Self.agree(shelf, other, content) {
                return reading.rows[other.row].text(of: other.amount.words)
            }
        }
        return nil
    }

    private static func agree(
        _ price: ShelfAmount,
        _ unitPrice: ShelfAmount,
        _ content: Double
    ) -> Bool {
        guard content > 0 else { return false }
        let expected = number(price.amount.value) / content
        let printed = number(unitPrice.amount.value)
        return [1, 0.1].contains { abs(expected * $0 - printed) <= max(0.011, 0.0011 * printed) }
    }

    private static func number(_ value: DecimalNumber) -> Double {
        var number = Double(value.units)
        for _ in 0..<min(12, max(0, value.scale)) { number /= 10 }
        return number
    }

    // MARK: - Unit price

    /// Amounts with a unit beside them, such as `63,78 kr/kg`.
    func unitPrices() -> [Proposal] {
        let price = prices().max { $0.confidence < $1.confidence }
        var proposals: [Proposal] = []
        for shelf in amounts.prefix(100) where shelf.isPrice {
            // Without a unit it is at most what is left beside the price.
            let isNamed = shelf.unit != nil
            if !isNamed, price == nil || shelf.decimals == .assumed || isPrice(shelf, price) {
                continue
            }
            var strength = isNamed ? 0.82 : 0.3
            if shelf.decimals == .assumed { strength *= 0.6 }
            let confirmed = expected(for: shelf, price: price)
            if confirmed == shelf.amount.value { strength = isNamed ? 0.95 : 0.85 }
            var proposal = KeyedValues(reading: reading).proposal(
                shelf.amount,
                reading.rows[shelf.row],
                strength,
                (isNamed
                    ? "an amount for a unit of measure" : "another amount beside the price")
                    + (confirmed == shelf.amount.value ? ", equals price ÷ contents" : ""),
                asMoney: true
            )
            if confirmed == shelf.amount.value { proposal.agreements += 1 }
            proposals.append(proposal)
            if let confirmed, confirmed != shelf.amount.value {
                // One digit was misread: what price and contents come to is what is printed.
                proposal.content = .money(Money(amount: confirmed))
                proposal.confidence = max(proposal.confidence, 0.92)
                proposal.reason =
                    "an amount for a unit of measure, one digit as price ÷ contents says"
                proposals.append(proposal)
            }
        }
        return proposals
    }

    private func isPrice(_ shelf: ShelfAmount, _ price: Proposal?) -> Bool {
        guard case .money(let money)? = price?.content else { return false }
        return money.amount == shelf.amount.value
    }

    /// What price ÷ contents comes to, where an amount is that or differs from it in one digit.
    private func expected(for shelf: ShelfAmount, price: Proposal?) -> DecimalNumber? {
        guard case .money(let money)? = price?.content, shelf.amount.value.scale == 2 else {
            return nil
        }
        let printed = shelf.amount.value.units
        var near: DecimalNumber?
        for content in contents where content > 0 {
            for factor in [100.0, 10.0] {
                let units = Self.number(money.amount) / content * factor
                guard units.isFinite, units >= 1, units < 1e9 else { continue }
                let rounded = Int64(units.rounded())
                // A cent more or less is the shop's rounding.
                if abs(rounded - printed) <= 1 { return shelf.amount.value }
                if near == nil, Self.differInOneDigit(rounded, printed), shelf.unit != nil {
                    near = DecimalNumber(units: rounded, scale: 2)
                }
            }
        }
        return near
    }

    private static func differInOneDigit(_ number: Int64, _ other: Int64) -> Bool {
        let (left, right) = (Array(String(number)), Array(String(other)))
        return left.count >= 4 && left.count == right.count
            && zip(left, right).count { $0 != $1 } == 1
    }

    // MARK: - Contents

    private static func contents(of reading: DocumentReading) -> [Double] {
        var found: [Double] = []
        var guesses: [Double] = []
        for row in reading.rows.prefix(60) {
            for amount in row.amounts.prefix(10) {
                // The unit of `450G` read as a digit; only an amount that agrees makes anything of it.
                if case .plain = amount.kind, amount.places == 0, amount.currency == nil,
                    (1000...99_999).contains(amount.value.units),
                    [6, 8, 9].contains(amount.value.units % 10)
                {
                    guesses.append(Double(amount.value.units / 10) / 1000)
                }
                guard case .measure(let unit) = amount.kind,
                    let base = MeasureUnit.base(number(amount.value), unit), base > 0,
                    !found.contains(base)
                else { continue }
                found.append(base)
            }
        }
        return Array(found.prefix(4)) + guesses.prefix(2)
    }
}
