import Records

/// An amount on a shelf label, with what its print says of it.
struct ShelfAmount {
    /// Index of its row.
    let row: Int
    /// The number, its decimals in place.
    var amount: Amount
    /// Height of its digits.
    let height: Int
    /// How its decimals are known.
    let decimals: Decimals
    /// Raised decimals that stand in another row, as slanted digits reach over them.
    var apart: Evidence?
    /// What a unit beside it is, in lower case: `kg` in `63,78 kr/kg`.
    let unit: String?

    /// How the decimals of a price are told.
    enum Decimals {
        /// By a mark, or there are none.
        case printed
        /// They are smaller and raised: `28⁷⁰`.
        case raised
        /// The last two digits of a run without a mark, as raised decimals are read when they are not told from the rest.
        case assumed
    }

    /// Whether it can be a price: decimals or a currency.
    var isPrice: Bool { decimals != .printed || amount.isMoneyLike || isMeasuredAmount }

    /// `127.60 KG` beside `Pr` is an amount for a kilogram, no weight.
    private var isMeasuredAmount: Bool {
        if case .measure = amount.kind { return unit != nil && amount.places == 2 }
        return false
    }
}

extension DocumentReading {
    /// Rows of a label that are looked at; no label has more.
    private static let labelRows = 200

    /// The amounts of a label.
    func shelfAmounts() -> [ShelfAmount] {
        var found: [ShelfAmount] = []
        for (index, row) in rows.enumerated().prefix(Self.labelRows) {
            for amount in row.amounts.prefix(20) where amount.value.units > 0 {
                let unit = unit(beside: amount, in: index)
                if case .percent = amount.kind { continue }
                if case .measure = amount.kind, unit == nil { continue }
                let height = row.words[amount.digits].map(\.box.height).max() ?? 0
                if let (raised, apart) = withDecimalsApart(amount, in: index) {
                    found.append(
                        ShelfAmount(
                            row: index,
                            amount: raised,
                            height: height,
                            decimals: .raised,
                            apart: apart,
                            unit: unit
                        )
                    )
                    continue
                }
                if let raised = Self.withRaisedDecimals(amount, row) {
                    found.append(
                        ShelfAmount(
                            row: index,
                            amount: raised,
                            height: height,
                            decimals: .raised,
                            unit: unit
                        )
                    )
                    continue
                }
                found.append(
                    ShelfAmount(
                        row: index,
                        amount: amount,
                        height: height,
                        decimals: .printed,
                        unit: unit
                    )
                )
                if let split = Self.withAssumedDecimals(amount, row) {
                    found.append(
                        ShelfAmount(
                            row: index,
                            amount: split,
                            height: height,
                            decimals: .assumed,
                            unit: unit
                        )
                    )
                }
            }
        }
        return found
    }

    // MARK: - Decimals

    /// Takes the two small digits beside a large integer as its decimals, as shelf labels print `28⁷⁰`.
    private static func withRaisedDecimals(_ amount: Amount, _ row: PageRow) -> Amount? {
        let next = amount.digits.upperBound
        guard amount.places == 0, amount.otherValue == nil, next == amount.words.upperBound,
            next < row.words.count
        else { return nil }
        let large = row.words[next - 1].box
        let small = row.words[next]
        guard small.digitCount == 2, small.scalars.count == 2,
            small.box.height * 5 <= large.height * 4,
            small.box.x - large.maxX <= large.height / 2,
            small.box.midY <= large.midY + large.height / 8,
            let cents = Int64(small.text),
            let whole = amount.value.rescaled(to: 2)
        else { return nil }
        var amount = amount
        amount.value = DecimalNumber(units: whole.units + cents, scale: 2)
        amount.words = amount.words.lowerBound..<(next + 1)
        return amount
    }

    /// The same where the small digits are in another row: they begin before the large ones end.
    private func withDecimalsApart(_ amount: Amount, in index: Int) -> (Amount, Evidence)? {
        guard amount.places == 0, amount.otherValue == nil, amount.digits.count == 1,
            let whole = amount.value.rescaled(to: 2)
        else { return nil }
        let large = rows[index].words[amount.digits.lowerBound].box
        for near in max(0, index - 3)..<min(rows.count, index + 4) where near != index {
            let row = rows[near]
            guard row.page == rows[index].page else { continue }
            for (place, small) in row.words.enumerated().prefix(40)
            where small.digitCount == 2 && small.scalars.count == 2 {
                let box = small.box
                guard box.height * 5 <= large.height * 4, box.height * 4 >= large.height,
                    abs(box.y - large.y) * 4 <= large.height,
                    large.maxY - box.maxY >= large.height / 5,
                    box.x >= large.x + large.width / 2,
                    box.x - large.maxX <= large.height / 2, let cents = Int64(small.text)
                else { continue }
                var amount = amount
                amount.value = DecimalNumber(units: whole.units + cents, scale: 2)
                return (amount, row.evidence(of: place..<(place + 1)))
            }
        }
        return nil
    }

    /// `5990` in one word, read where `59⁹⁰` is printed.
    private static func withAssumedDecimals(_ amount: Amount, _ row: PageRow) -> Amount? {
        guard amount.places == 0, amount.otherValue == nil, amount.slips == 0,
            amount.digits.count == 1, (100...99_999).contains(amount.value.units),
            amount.value.scale == 0,
            // Prices end so; years, sizes and counts seldom do.
            [0, 5, 9].contains(amount.value.units % 10)
        else { return nil }
        let word = row.words[amount.digits.lowerBound]
        guard word.digitCount == word.scalars.count else { return nil }
        var amount = amount
        amount.value = DecimalNumber(units: amount.value.units, scale: 2)
        return amount
    }

    // MARK: - Units

    /// The unit that an amount is for: `/kg`, `pr kg`, `je 100 g` in its row, or small above, below or beside it.
    private func unit(beside amount: Amount, in index: Int) -> String? {
        let row = rows[index]
        let (before, behind) = wordsBeside(amount, in: row)
        if let unit = MeasureUnit.phrase(in: row.words[behind].map(\.text)) { return unit }
        if let unit = MeasureUnit.phrase(in: row.words[before].map(\.text)) { return unit }
        if case .measure(let unit) = amount.kind, MeasureUnit.units.contains(unit) {
            let texts = row.words[before].map(\.text) + row.words[behind].map(\.text)
            if texts.contains(where: MeasureUnit.leads) { return unit }
        }
        let box = row.box(of: amount.digits)
        // A key of the row counts where no other amount stands between.
        if row.keys.contains(where: { $0.concept == .unitPrice }), row.amounts.count == 1 {
            return "unit"
        }
        for near in max(0, index - 2)..<min(rows.count, index + 3) where near != index {
            let other = rows[near]
            guard other.page == row.page, other.letterHeight * 10 <= box.height * 9 else {
                continue
            }
            for segment in other.segments.prefix(6) {
                let place = other.box(of: segment)
                let apart = max(place.y - box.maxY, box.y - place.maxY)
                let aside = max(place.x - box.maxX, box.x - place.maxX)
                guard apart <= box.height / 2, aside <= box.height,
                    let unit = MeasureUnit.phrase(in: other.words[segment].map(\.text))
                else { continue }
                // The unit belongs to the amount that is nearest in size: large prices have theirs beside them.
                let isShared = other.amounts.contains { segment.contains($0.digits.lowerBound) }
                if !isShared { return unit }
            }
        }
        return nil
    }

    /// Up to three words on both sides of an amount, none beyond another amount.
    ///
    /// What stands between two amounts, as in `63,78 kr/kg 28,70`, goes to the one that is nearer to it in size.
    private func wordsBeside(_ amount: Amount, in row: PageRow) -> (
        before: Range<Int>, behind: Range<Int>
    ) {
        let start = amount.digits.lowerBound
        let end = amount.digits.upperBound
        let last = row.amounts.last { $0.digits.upperBound <= start }
        let next = row.amounts.first { $0.digits.lowerBound >= end }
        var before = max(last?.digits.upperBound ?? 0, amount.words.lowerBound - 3, 0)..<start
        let behindEnd = min(row.words.count, amount.words.upperBound + 3)
        var behind = end..<max(end, min(behindEnd, next?.digits.lowerBound ?? behindEnd))
        let height = row.box(of: amount.digits).height
        if let last, !before.isEmpty, isNearer(last, to: before, than: height, in: row) {
            before = start..<start
        }
        if let next, !behind.isEmpty, isNearer(next, to: behind, than: height, in: row) {
            behind = end..<end
        }
        return (before, behind)
    }

    /// Whether another amount is clearly nearer in size to some words than digits of a height are.
    private func isNearer(_ other: Amount, to words: Range<Int>, than height: Int, in row: PageRow)
        -> Bool
    {
        let size = row.words[words].map(\.box.height).max() ?? 0
        let others = row.box(of: other.digits).height
        return height * 2 >= others * 3 && abs(others - size) < abs(height - size)
    }
}
