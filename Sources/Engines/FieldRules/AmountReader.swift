import Records

/// Reads the numbers of a row: `1.234,56`, `RM 53.30`, `12.-`, `5,00 A`, `-5,00`, `¥100`.
struct AmountReader {
    private let row: PageRow
    /// Each word taken apart, made when first asked for and kept for its neighbours.
    private let parts: [WordNumber?]

    /// Longest word that can be a number; anything longer is a code.
    private static let longestWord = 32

    /// Prepares to read a row.
    init(_ row: PageRow) {
        self.row = row
        parts = row.words.map { word in
            word.scalars.count <= Self.longestWord ? WordNumber(word.scalars) : nil
        }
    }

    /// The numbers from left to right.
    func amounts() -> [Amount] {
        var amounts: [Amount] = []
        var index = 0
        while index < parts.count {
            guard let amount = amount(at: index) else {
                index += 1
                continue
            }
            amounts.append(amount)
            index = max(index + 1, amount.words.upperBound)
        }
        return amounts
    }

    private func amount(at first: Int) -> Amount? {
        guard var number = parts[first], !number.needsMore else { return nil }
        var last = first
        var slips = number.slips
        // Groups set apart by narrow spaces: 1 234,56. Pieces that recognition tore apart: 53. 30
        while last + 1 < parts.count, last - first < 4, number.isOpenAtEnd,
            row.isTight(before: last + 1), let next = parts[last + 1], next.isOpenAtStart,
            let joined = number.joined(with: next),
            joined.isGrouping || !(row.isPlainText || isInSentence(first...(last + 1)))
        {
            // On a page of plain text a space may just as well part two numbers.
            slips += joined.isGrouping ? (row.isPlainText ? 1 : 0) : 1
            number = joined.number
            last += 1
        }
        guard let reading = PrintedNumber.read(number.digits) else { return nil }
        var amount: Amount
        switch reading {
        case .exact(let value):
            amount = Amount(
                value: value,
                kind: .plain,
                words: first..<(last + 1),
                digits: first..<(last + 1),
                slips: slips,
                hasTaxLetter: false
            )
            if value.scale == 2 { amount.decimalMark = number.digits[number.digits.count - 3] }
        case .ambiguous(let thousands, let decimals, let separator):
            amount = Amount(
                value: thousands,
                otherValue: decimals,
                undecidedSeparator: separator,
                kind: .plain,
                words: first..<(last + 1),
                digits: first..<(last + 1),
                slips: slips,
                hasTaxLetter: false
            )
        }
        amount.currency = number.currency
        takeSuffix(number.suffix, to: &amount)
        guard amount.slips < 10 else { return nil }
        takeNeighbours(of: &amount, number: number)
        return amount
    }

    /// Whether words stand close before and behind, as in `Flat 2, 61 Weir Street`: two numbers and no torn one.
    private func isInSentence(_ words: ClosedRange<Int>) -> Bool {
        let (before, after) = (words.lowerBound - 1, words.upperBound + 1)
        guard before >= 0, after < row.words.count else { return false }
        return [before, after].allSatisfy { index in
            row.words[index].letterCount >= 3
                && WordNumber.currency(trimming: row.words[index].scalars[...]) == nil
        } && !row.isColumnGap(before: words.lowerBound) && !row.isColumnGap(before: after)
    }

    /// What stands directly behind the digits: a sign, a unit, a tax letter; anything else spoils the number.
    private func takeSuffix(_ suffix: WordNumber.Suffix, to amount: inout Amount) {
        switch suffix {
        case .none: break
        case .negative: amount.negate()
        case .percent: amount.kind = .percent
        case .measure(let unit): amount.kind = .measure(unit)
        case .currency(let sign): amount.currency = amount.currency ?? sign
        case .taxLetter:
            amount.hasTaxLetter = true
            if amount.places != 2 { amount.slips += 10 }
        case .other: amount.slips += 10
        }
    }

    /// Signs, currencies and units in the words beside it.
    private func takeNeighbours(of amount: inout Amount, number: WordNumber) {
        let before = amount.words.lowerBound - 1
        if before >= 0, row.words[before].scalars.count <= CurrencySign.longest {
            let scalars = row.words[before].scalars[...]
            if amount.currency == nil, let sign = WordNumber.currency(trimming: scalars) {
                amount.currency = sign
                amount.words = before..<amount.words.upperBound
            } else if WordNumber.isMinus(scalars), scalars.first != "—",
                row.isTight(before: before + 1),
                !row.isTight(before: before)
            {
                amount.negate()
                amount.words = before..<amount.words.upperBound
            }
        }
        if number.isNegative { amount.negate() }
        let after = amount.words.upperBound
        guard after < row.words.count, case .none = number.suffix else { return }
        let scalars = row.words[after].scalars[...]
        guard scalars.count <= CurrencySign.longest, !row.isColumnGap(before: after) else { return }
        // A long dash fills the line; a short one is a minus.
        if WordNumber.isMinus(scalars), scalars.first != "—", row.isTight(before: after),
            amount.places == 2
        {
            amount.negate()
            amount.words = amount.words.lowerBound..<(after + 1)
        } else if scalars.count == 1, amount.places == 2,
            scalars.first?.properties.isUppercase == true,
            scalars.first != "L"
        {
            amount.hasTaxLetter = true
        } else if scalars.count == 1, scalars.first == "%" {
            amount.kind = .percent
            amount.words = amount.words.lowerBound..<(after + 1)
        } else if let unit = WordNumber.measure(scalars), unit != "x" || amount.places == 0 {
            if amount.currency == nil {
                amount.kind = .measure(unit)
                amount.words = amount.words.lowerBound..<(after + 1)
            }
        } else if amount.currency == nil, let sign = WordNumber.currency(trimming: scalars),
            // A sign that a further number follows more closely belongs to that one.
            !(after + 1 < parts.count && parts[after + 1]?.digits.isEmpty == false
                && row.gap(before: after + 1) <= row.gap(before: after))
        {
            amount.currency = sign
            amount.words = amount.words.lowerBound..<(after + 1)
        }
    }
}

extension Amount {
    /// Turns the sign, of both meanings.
    fileprivate mutating func negate() {
        value = value.negated
        otherValue = otherValue?.negated
    }
}
