import Records

extension FieldFinder {
    /// Most values that are listed: a bank statement has thousands of amounts.
    private static let mostPassedOver = 200

    /// Values that are printed on the document, or that a rule proposed, and are no candidates.
    func passedOver(
        _ field: FieldDefinition,
        candidates: [Candidate]
    ) -> [FieldExplanation.PassedOver] {
        let taken = Set(candidates.flatMap { $0.evidence.map(\.box) })
        let contents = Set(candidates.map(\.content))
        var passed: [FieldExplanation.PassedOver] = []
        var seen: Set<[Evidence]> = []
        func add(_ printed: String, _ evidence: [Evidence], _ reason: String) {
            guard seen.insert(evidence).inserted else { return }
            passed.append(.init(printed: printed, evidence: evidence, reason: reason))
        }
        // What the rules proposed and the field's type or the better ones ruled out.
        for proposal in proposals(for: field) {
            guard let typed = fitted(proposal, to: field.type) else {
                let reason = "cannot be read as \(field.type.name): \(proposal.reason)"
                add(proposal.printed, proposal.evidence, reason)
                continue
            }
            guard !contents.contains(typed.content) else { continue }
            let reason = "less likely than those above: \(proposal.reason)"
            add(proposal.printed, proposal.evidence, reason)
        }
        switch field.type {
        case .money, .number: passedAmounts(contents, taken, add)
        case .date: passedDays(contents, taken, add)
        default: break
        }
        let order = passed.enumerated().sorted {
            let (a, b) = ($0.element.evidence.first, $1.element.evidence.first)
            return (a?.page ?? 0, a?.box.y ?? 0, a?.box.x ?? 0, $0.offset)
                < (b?.page ?? 0, b?.box.y ?? 0, b?.box.x ?? 0, $1.offset)
        }
        return order.prefix(Self.mostPassedOver).map(\.element)
    }

    private func passedAmounts(
        _ contents: Set<FieldContent>,
        _ taken: Set<Box>,
        _ add: (String, [Evidence], String) -> Void
    ) {
        let amounts = Set(
            contents.compactMap { content -> DecimalNumber? in
                switch content {
                case .money(let money): money.amount
                case .number(let number): number
                default: nil
                }
            }
        )
        for (index, row) in reading.rows.enumerated() {
            for amount in row.amounts where amount.isPlain {
                let evidence = row.evidence(of: amount.words)
                guard !taken.contains(evidence.box), amount.isMoneyLike || !reading.usesDecimals
                else { continue }
                let key =
                    row.keys.last {
                        $0.words.upperBound <= amount.digits.lowerBound && $0.concept.namesValue
                    }
                    ?? (index > 0 && row.letterCount <= 4
                        ? reading.rows[index - 1].keys.first { $0.concept.namesValue } : nil)
                let reason = Self.reason(
                    key,
                    beside: row.lead(before: amount.words.lowerBound),
                    isKnown: amounts.contains(amount.value)
                )
                add(row.text(of: amount.words), [evidence], reason)
            }
        }
    }

    private func passedDays(
        _ contents: Set<FieldContent>,
        _ taken: Set<Box>,
        _ add: (String, [Evidence], String) -> Void
    ) {
        for row in reading.rows {
            for day in row.dates {
                let evidence = row.evidence(of: day.words)
                guard !taken.contains(evidence.box) else { continue }
                let key = row.keys.last {
                    $0.words.lowerBound <= day.words.lowerBound && $0.concept.namesValue
                }
                let isKnown = day.readings.contains { contents.contains(.date($0.date)) }
                let lead = row.lead(before: day.words.lowerBound)
                add(day.printed, [evidence], Self.reason(key, beside: lead, isKnown: isKnown))
            }
        }
    }

    private static func reason(_ key: RowKey?, beside lead: String?, isKnown: Bool) -> String {
        if isKnown { return "the same as a candidate above" }
        if let key { return "stands at “\(key.printed)”, \(key.concept.words)" }
        // The words that a form's `near:` could name.
        return lead.map { "stands at “\($0)”, which no rule knows" } ?? "no words beside it"
    }
}

extension PageRow {
    /// The last words with letters before a place; nil without any.
    fileprivate func lead(before index: Int) -> String? {
        let before = words[..<index]
        guard let last = before.lastIndex(where: { $0.letterCount > 1 }) else { return nil }
        var first = last
        while first > 0, last - first < 5, !isColumnGap(before: first) { first -= 1 }
        return HeadLine.trimmed(text(of: first..<(last + 1)))
    }
}

extension KeyConcept {
    /// Whether a value stands beside its words.
    fileprivate var namesValue: Bool {
        switch self {
        case .heading, .courtesy, .till, .issuer, .recipient, .address, .currency: false
        default: true
        }
    }

    /// What a key word of this meaning says, for a person: `which names the subtotal`.
    fileprivate var words: String {
        switch self {
        case .grandTotal: return "which names the final sum"
        case .weakTotal: return "which may name the total"
        default: break
        }
        // The names are words run together: `dueDate`.
        var words = ""
        for letter in rawValue {
            words += letter.isUppercase ? " " + letter.lowercased() : String(letter)
        }
        return "which names the \(words)"
    }
}
