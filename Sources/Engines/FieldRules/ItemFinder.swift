import Records

/// The rows of a receipt or invoice: text with an amount at the right edge, between the head and the sum.
struct ItemFinder {
    let reading: DocumentReading
    let roles: AmountRoles
    /// Whether the pages hold nothing but rows, so that no sum needs to end them.
    var isCutToRows = false

    private struct Item {
        var name: String
        var quantity: DecimalNumber?
        var unitPrice: DecimalNumber?
        var amount: DecimalNumber
        var evidence: [Evidence]
        var confidence: Double
    }

    private static let mostItems = 2000

    /// One proposal with all rows, or none.
    func proposals(columns: [ListColumn]) -> [Proposal] {
        let items = items()
        guard !items.isEmpty else { return [] }
        var sum: DecimalNumber? = DecimalNumber(units: 0, scale: 2)
        for item in items { sum = sum?.adding(item.amount) }
        let known = Set(roles.of(.grandTotal, .total, .subtotal, .net).map(\.amount.value))
        let isExact = sum.map(known.contains) ?? false
        let mean = items.reduce(0) { $0 + $1.confidence } / Double(items.count)
        let rows = items.map { item in
            var row: [String: FieldContent] = [:]
            for column in columns { row[column.name] = content(item, column) }
            return row
        }
        let total = sum.map(\.description) ?? "?"
        return [
            Proposal(
                content: .list(rows),
                printed: items.map { $0.evidence.map(\.words).joined(separator: " ") }.joined(
                    separator: "\n"
                ),
                confidence: (isExact ? 0.93 : 0.42)
                    * Proposals.readable(isExact ? max(0.85, mean) : mean),
                evidence: items.flatMap(\.evidence),
                reason: "\(items.count) rows with an amount at the right edge"
                    + (isExact ? ", which sum to the printed \(total)" : "")
            )
        ]
    }

    private func content(_ item: Item, _ column: ListColumn) -> FieldContent? {
        let kind = FieldMeaning.of(column.name)
        func number(_ value: DecimalNumber) -> FieldContent {
            if case .money = column.type {
                return .money(Money(amount: value, currency: reading.likelyCurrency))
            }
            return .number(value)
        }
        switch column.type {
        case .text, .label:
            return .text(item.name)
        case .identifier, .date, .currency, .list: return nil
        case .money, .number:
            if kind.concepts.contains(.quantity) || column.name.lowercased() == "count" {
                return item.quantity.map(number)
            }
            if kind.kind == .unitPrice {
                return (item.unitPrice ?? (item.quantity == nil ? item.amount : nil)).map(number)
            }
            if case .number = column.type, kind.kind != .price, kind.kind != .total { return nil }
            return number(item.amount)
        }
    }

    private func items() -> [Item] {
        guard let (start, end) = range() else { return [] }
        var items: [Item] = []
        var pendingName: HeadLine?
        var pendingQuantity: (DecimalNumber, DecimalNumber)?
        // Some tills print code and amount first, and the name in the row below.
        var namesFollow = false
        let edge = rightEdge(start..<end)
        for index in start..<end where items.count < Self.mostItems {
            let row = reading.rows[index]
            guard !isOther(row) else {
                pendingName = nil
                namesFollow = isColumnHead(row) && isNameless(index + 1)
                continue
            }
            if let multiple = multiple(row) {
                // "2 x 1,99" names the quantity of the row before or after it.
                if row.letterCount <= 3, row.amounts.count(where: \.isMoneyLike) == 1 {
                    if let last = items.last, last.quantity == nil, product(multiple) == last.amount
                    {
                        items[items.count - 1].quantity = multiple.0
                        items[items.count - 1].unitPrice = multiple.1
                    } else {
                        pendingQuantity = multiple
                    }
                    continue
                }
            }
            guard let amount = row.amounts.last(where: { $0.isMoneyLike && $0.places == 2 }),
                row.box(of: amount.digits).maxX >= edge
            else {
                if let line = HeadLine(row, index: index, words: 0..<row.words.count),
                    line.letters >= 3, row.amounts.allSatisfy({ !$0.isMoneyLike })
                {
                    pendingName = line
                }
                continue
            }
            let firstNumber =
                row.amounts.first { $0.isMoneyLike && $0.places == 2 }?.words.lowerBound
                ?? amount.words.lowerBound
            var nameWords = 0..<min(firstNumber, amount.words.lowerBound)
            var quantity: DecimalNumber?
            if let first = row.amounts.first, first.words.lowerBound == 0, first.places == 0,
                first.value.units > 0, first.value.units < 1000,
                first.words.upperBound < nameWords.upperBound,
                row.words[first.words.upperBound].letterCount > 0
            {
                quantity = first.value
                nameWords = first.words.upperBound..<nameWords.upperBound
                // "2x Coffee", "2 X Coffee"
                if let next = nameWords.first, ["x", "×", "X"].contains(row.words[next].text),
                    nameWords.count > 1
                {
                    nameWords.removeFirst()
                }
            }
            var unitPrice: DecimalNumber?
            if let multiple = multiple(row) ?? pendingQuantity, product(multiple) == amount.value {
                quantity = multiple.0
                unitPrice = multiple.1
            }
            if namesFollow { pendingName = nameBelow(index) ?? pendingName }
            var line = HeadLine(row, index: index, words: nameWords)
            var evidence = [row.evidence(of: 0..<amount.words.upperBound)]
            if line.map({ $0.letters < 3 || $0.digits > $0.letters * 2 }) ?? true,
                let pending = pendingName
            {
                line = pending
                evidence.insert(reading.rows[pending.row].evidence(of: pending.words), at: 0)
            }
            guard let line, line.letters >= 2 else { pendingName = nil; continue }
            items.append(
                Item(
                    name: line.text,
                    quantity: quantity,
                    unitPrice: unitPrice,
                    amount: amount.value,
                    evidence: evidence,
                    confidence: row.confidence(of: amount.digits) * amount.clarity
                )
            )
            pendingName = nil
            pendingQuantity = nil
        }
        return items
    }

    /// The rows between the head and the first sum.
    private func range() -> (Int, Int)? {
        let sums = roles.of(.subtotal, .total, .grandTotal, .net).filter { $0.weight >= 0.3 }.map {
            min($0.row, reading.rows.count)
        }
        guard let end = sums.min() ?? (isCutToRows ? reading.rows.count : nil) else { return nil }
        guard
            let start = reading.rows[..<end].firstIndex(where: { row in
                row.amounts.contains { $0.isMoneyLike && $0.places == 2 }
            })
        else { return nil }
        // The first item's name may stand two rows above its amount.
        return (max(0, start - 3), end)
    }

    private static let others: Set<KeyConcept> = [
        .cash, .change, .rounding, .taxSummary, .tax, .itemCount, .phone, .vatID, .date,
        .documentDate, .receiptNumber, .invoiceNumber, .till, .recipient, .address,
    ]
    private static let sums: Set<KeyConcept> = [.total, .grandTotal, .subtotal, .net, .itemCount]

    /// Whether a row is no item and no item's name: a sum, a payment, a column's head.
    private func isOther(_ row: PageRow) -> Bool {
        isColumnHead(row)
            || row.keys.contains {
                (Self.others.contains($0.concept) && $0.words.lowerBound == 0)
                    || Self.sums.contains($0.concept)
            }
    }

    /// Whether a row names the columns of the items.
    private func isColumnHead(_ row: PageRow) -> Bool {
        let columns: Set<KeyConcept> = [.product, .quantity, .price, .unitPrice, .weakTotal]
        return Set(row.keys.map(\.concept)).intersection(columns).count >= 2
    }

    /// Whether a row holds amounts and no name.
    private func isNameless(_ index: Int) -> Bool {
        guard index < reading.rows.count else { return false }
        let row = reading.rows[index]
        return row.letterCount <= 4 && row.amounts.contains { $0.isMoneyLike && $0.places == 2 }
    }

    /// The name in the row below a nameless amount.
    private func nameBelow(_ index: Int) -> HeadLine? {
        guard isNameless(index), index + 1 < reading.rows.count else { return nil }
        let row = reading.rows[index + 1]
        guard !isOther(row), row.amounts.allSatisfy({ !$0.isMoneyLike }),
            let line = HeadLine(row, index: index + 1, words: 0..<row.words.count),
            line.letters >= 2
        else { return nil }
        return line
    }

    /// Where the column of amounts begins at the right: items end there.
    private func rightEdge(_ range: Range<Int>) -> Int {
        var edges: [Int] = []
        for row in reading.rows[range] {
            if let amount = row.amounts.last(where: { $0.isMoneyLike && $0.places == 2 }) {
                edges.append(row.box(of: amount.digits).maxX)
            }
        }
        guard !edges.isEmpty else { return 0 }
        edges.sort()
        let usual = edges[edges.count / 2]
        return usual - max(2, usual / 8)
    }

    /// `2 x 1,99` and `3 @ 4.50` in a row.
    private func multiple(_ row: PageRow) -> (DecimalNumber, DecimalNumber)? {
        for (index, amount) in row.amounts.enumerated().prefix(6)
        where index + 1 < row.amounts.count {
            let next = row.amounts[index + 1]
            guard amount.places <= 3, next.places == 2,
                next.words.lowerBound - amount.words.upperBound <= 2,
                !amount.isMoneyLike || amount.places == 3
            else { continue }
            let between = row.words[
                amount.words.upperBound..<max(amount.words.upperBound, next.words.lowerBound)
            ].map { $0.text.lowercased() }
            var isTimes = between.contains { ["x", "×", "*", "@", "a", "à"].contains($0) }
            if case .measure("x") = amount.kind { isTimes = true }
            guard isTimes else { continue }
            return (amount.value, next.value)
        }
        return nil
    }

    private func product(_ pair: (DecimalNumber, DecimalNumber)) -> DecimalNumber? {
        pair.0.multiplied(by: pair.1)
    }
}
