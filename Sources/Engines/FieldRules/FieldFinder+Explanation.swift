public import Records

extension FieldFinder {
    /// How a field's value is found, with what was passed over.
    ///
    /// - Parameter field: the field.
    /// - Returns: the same candidates as ``candidates(for:)``, with all that led to them.
    public func explanation(for field: FieldDefinition) -> FieldExplanation {
        let (candidates, missing) = withForms(field, known: knownCandidates)
        let record = Record.choosing(from: candidates.map { ($0, 0) }, fields: [field])
        let notes = formNotes(for: field, missing: missing)
        let deciding = notes.first {
            switch $0.role {
            case .decided, .foundNothing: true
            default: false
            }
        }
        let chosen = record.chosenIndices.first
        return FieldExplanation(
            field: field,
            candidates: candidates,
            passedOver: passedOver(field, candidates: candidates),
            forms: notes,
            notes: orderNotes(for: field, candidates: candidates),
            chosen: chosen,
            verdict: FieldExplanation.verdict(candidates, chosen: chosen, form: deciding)
        )
    }

    // MARK: Forms

    private func formNotes(
        for field: FieldDefinition,
        missing: String?
    ) -> [FieldExplanation.FormNote] {
        let deciding = forms.rule(for: field.name)
        return forms.outcomes.map { outcome in
            let role: FieldExplanation.FormNote.Role
            let rule = outcome.form.rules.first { $0.field == field.name }
            if outcome.match == nil {
                role = .isAnother(missing: outcome.missing, found: outcome.found)
            } else if let rule, let deciding {
                if deciding.match.form.name != outcome.form.name {
                    role = .outranked(by: deciding.match.form.name)
                } else if rule.isOrderOnly {
                    role = .gaveOrder
                } else {
                    role = missing.map { .foundNothing(why: $0) } ?? .decided
                }
            } else {
                role = .hasNoRule
            }
            return .init(name: outcome.form.name, role: role)
        }
    }

    // MARK: Day and month

    private func orderNotes(for field: FieldDefinition, candidates: [Candidate]) -> [String] {
        guard case .date(let own) = field.type else { return [] }
        if let order = forms.rule(for: field.name).flatMap({ $0.rule.order }) {
            return ["The form says that days are written \(Self.words(order))."]
        }
        let isOpen = candidates.contains { $0.assumedOrder != nil }
        if let order = reading.dateOrder {
            let proof = reading.rows.lazy.flatMap(\.dates).first { $0.provenOrder == order }
            return [
                "Days are read \(Self.words(order)): "
                    + (proof.map { "“\($0.printed)” on the document can be read in no other way." }
                        ?? "with points between them and amounts with a decimal comma, that is the custom.")
            ]
        }
        if isOpen, let own {
            return [
                "Days that can be read two ways are read \(Self.words(own)): the field says so."
            ]
        }
        return isOpen
            ? [
                "No day on the document shows whether the day or the month is written first; a run takes the order "
                    + "of the folder's other documents, else that of `order:`."
            ] : []
    }

    private static func words(_ order: DateOrder) -> String {
        order == .dayFirst ? "day first" : "month first"
    }

    // MARK: What was passed over

    /// Most values that are listed: a bank statement has thousands of amounts.
    private static let mostPassedOver = 20

    private func passedOver(
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
                add(
                    proposal.printed,
                    proposal.evidence,
                    "cannot be read as \(field.type.name): \(proposal.reason)"
                )
                continue
            }
            guard !contents.contains(typed.content) else { continue }
            add(
                proposal.printed,
                proposal.evidence,
                "less likely than those above: \(proposal.reason)"
            )
        }
        switch field.type {
        case .money, .number: passedAmounts(field, taken, add)
        case .date: passedDays(taken, add)
        default: break
        }
        let order = passed.sorted {
            guard let a = $0.evidence.first, let b = $1.evidence.first else { return false }
            return (a.page, a.box.y, a.box.x) < (b.page, b.box.y, b.box.x)
        }
        return Array(order.prefix(Self.mostPassedOver))
    }

    private func passedAmounts(
        _ field: FieldDefinition,
        _ taken: Set<Box>,
        _ add: (String, [Evidence], String) -> Void
    ) {
        for (index, row) in reading.rows.enumerated() {
            for amount in row.amounts where amount.isPlain {
                let evidence = row.evidence(of: amount.words)
                guard !taken.contains(evidence.box),
                    amount.isMoneyLike || !reading.usesDecimals
                else { continue }
                let key =
                    row.keys.last { $0.words.upperBound <= amount.digits.lowerBound }
                    ?? (index > 0 && row.letterCount <= 4
                        ? reading.rows[index - 1].keys.first : nil)
                add(
                    row.text(of: amount.words),
                    [evidence],
                    key.map { "stands at “\($0.printed)”, \($0.concept.words)" }
                        ?? "no key word beside it"
                )
            }
        }
    }

    private func passedDays(_ taken: Set<Box>, _ add: (String, [Evidence], String) -> Void) {
        for row in reading.rows {
            for day in row.dates {
                let evidence = row.evidence(of: day.words)
                guard !taken.contains(evidence.box) else { continue }
                let key = row.keys.last { $0.words.lowerBound <= day.words.lowerBound }
                add(
                    day.printed,
                    [evidence],
                    key.map { "stands at “\($0.printed)”, \($0.concept.words)" }
                        ?? "no key word beside it"
                )
            }
        }
    }
}

extension KeyConcept {
    /// What a key word of this meaning says, for a person: `words for a subtotal`.
    var words: String {
        // The names are words run together: `grandTotal`.
        var words = ""
        for letter in rawValue {
            words += letter.isUppercase ? " " + letter.lowercased() : String(letter)
        }
        return switch self {
        case .heading, .courtesy, .till: "which names no value"
        default: "which names the \(words)"
        }
    }
}
