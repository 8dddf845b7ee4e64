import Records

/// A day: beside its key word, beside a time, or the only one on the page.
struct DateFinder {
    let reading: DocumentReading

    /// Proposals for a day of a meaning; with `isDocumentDate` a day needs no key word.
    func proposals(keys: [Int: [RowKey]], isDocumentDate: Bool, order: DateOrder?) -> [Proposal] {
        var proposals: [Proposal] = []
        var days: [PrintedDate.Reading: Int] = [:]
        for row in reading.rows {
            for date in row.dates { days[date.readings[0], default: 0] += 1 }
        }
        let isAlone = days.count == 1
        for (index, row) in reading.rows.enumerated() {
            for (place, date) in row.dates.enumerated() {
                let (strength, reason, key) = strength(
                    of: date,
                    at: place,
                    in: index,
                    keys: keys,
                    isDocumentDate: isDocumentDate,
                    isAlone: isAlone
                )
                guard strength > 0 else { continue }
                var confidence = strength
                if days[date.readings[0], default: 0] > 1 {
                    confidence = min(0.96, confidence + 0.05)
                }
                for _ in 0..<min(4, date.slips) { confidence *= 0.88 }
                if date.hasShortYear { confidence *= 0.97 }
                if case .compact = date.style { confidence *= 0.8 }
                if !(1990...2060).contains(date.readings[0].date.year) { confidence *= 0.5 }
                confidence *= Proposals.readable(row.confidence(of: date.words))
                if isByCustom(date, order: order) { confidence *= 0.95 }
                for meaning in decided(date, order: order) {
                    proposals.append(
                        Proposal(
                            content: .date(meaning.date),
                            printed: date.printed,
                            confidence: confidence,
                            evidence: [row.evidence(of: date.words)],
                            reason: reason,
                            assumedOrder: meaning.assumedOrder,
                            key: Proposal.KeyMatch(key),
                            agreements: (days[date.readings[0], default: 0] > 1 ? 1 : 0)
                                + (row.hasTime ? 1 : 0)
                        )
                    )
                }
            }
            // A folder of scanned books holds thousands of days; a record needs one.
            if proposals.count > 400 { return proposals }
        }
        return proposals
    }

    /// Whether nothing but the custom of the document's country decides between two readings.
    private func isByCustom(_ date: PrintedDate, order: DateOrder?) -> Bool {
        date.readings.count > 1 && reading.dateOrder == nil && order == nil
            && reading.dateCustom != nil
    }

    /// The readings that another day of this document, the field's order or the country's custom leaves.
    private func decided(_ date: PrintedDate, order: DateOrder?) -> [PrintedDate.Reading] {
        guard date.readings.count > 1,
            let order = reading.dateOrder ?? order ?? reading.dateCustom
        else { return date.readings }
        return date.readings.filter { $0.assumedOrder == order }.map {
            .init(date: $0.date, assumedOrder: nil)
        }
    }

    private func strength(
        of date: PrintedDate,
        at place: Int,
        in index: Int,
        keys: [Int: [RowKey]],
        isDocumentDate: Bool,
        isAlone: Bool
    ) -> (Double, String, RowKey?) {
        let row = reading.rows[index]
        if let key = keys[index]?.last(where: { $0.words.lowerBound <= date.words.lowerBound }) {
            let other = row.keys.last { $0.words.lowerBound <= date.words.lowerBound }
            // The nearest key decides: in "Invoice date … Due date …" each names its own day.
            if other.map({ $0.words.lowerBound <= key.words.lowerBound || !Self.isDate($0.concept) }
            ) ?? true {
                let strength = key.concept == .date && isDocumentDate ? 0.92 : 0.94
                return (
                    key.isInexact ? strength * 0.95 : strength, "right of “\(key.printed)”", key
                )
            }
        }
        if let (key, strength) = above(date, in: index, keys: keys) {
            return (strength, "below “\(key.printed)”", key)
        }
        guard isDocumentDate else { return (0, "", nil) }
        let others: Set<KeyConcept> = [
            .dueDate, .orderDate, .deliveryDate, .bestBefore, .productionDate, .period, .otherDate,
        ]
        if let other = row.keys.first(where: { others.contains($0.concept) }) {
            return (0.2, "a day, but beside “\(other.printed)”", nil)
        }
        let numbers: Set<KeyConcept> = [.invoiceNumber, .receiptNumber]
        if let number = row.keys.first(where: { numbers.contains($0.concept) }),
            number.words.lowerBound <= date.words.lowerBound
        {
            return (0.88, "in one line with “\(number.printed)”", number)
        }
        if row.hasTime { return (isAlone ? 0.9 : 0.84, "beside a time of day", nil) }
        let isTimeNear = [index - 1, index + 1].contains {
            reading.rows.indices.contains($0) && reading.rows[$0].page == row.page
                && reading.rows[$0].hasTime
        }
        if isTimeNear { return (isAlone ? 0.86 : 0.74, "near a time of day", nil) }
        return isAlone
            ? (0.8, "the only day on the document", nil)
            : (place == 0 ? 0.6 : 0.55, "a day without a key word", nil)
    }

    /// A key in the rows above whose column this day stands in.
    private func above(_ date: PrintedDate, in index: Int, keys: [Int: [RowKey]]) -> (
        RowKey, Double
    )? {
        let row = reading.rows[index]
        let box = row.box(of: date.words)
        for above in stride(from: index - 1, through: max(0, index - 3), by: -1) {
            let keyRow = reading.rows[above]
            guard keyRow.page == row.page,
                box.y - keyRow.box.maxY <= (row.isPlainText ? 2 : row.letterHeight * 4)
            else { break }
            guard let keys = keys[above] else { continue }
            for key in keys.prefix(20) {
                let keyBox = keyRow.box(of: key.words)
                guard keyBox.x < box.maxX, box.x < keyBox.maxX else { continue }
                // A day to the right of the key is its value, not this one.
                if keyRow.dates.contains(where: { $0.words.lowerBound >= key.words.upperBound }),
                    keyRow.keys.count == 1
                {
                    continue
                }
                return (key, key.isInexact ? 0.8 : 0.88)
            }
        }
        return nil
    }

    private static func isDate(_ concept: KeyConcept) -> Bool {
        switch concept {
        case .documentDate, .date, .dueDate, .orderDate, .deliveryDate, .bestBefore,
            .productionDate, .period, .otherDate:
            true
        default: false
        }
    }
}
