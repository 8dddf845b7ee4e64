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
            passedOver: passedOver(withOrder(field), candidates: candidates),
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
        if own == nil, let order = reading.dateCustom {
            return [
                "Days that can be read two ways are read \(Self.words(order)): addresses, telephone numbers or the "
                    + "currency show a country that writes so."
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
}
