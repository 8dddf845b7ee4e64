import Records

extension FieldFinder {
    /// A field with the order of day and month that a form gives it.
    func withOrder(_ field: FieldDefinition) -> FieldDefinition {
        guard let order = forms.rule(for: field.name)?.rule.order, case .date = field.type else {
            return field
        }
        var field = field
        field.type = .date(order: order)
        return field
    }

    /// What a form's rule makes of a field's candidates; the built-in ones where no form has a rule for it.
    ///
    /// - Parameters:
    ///   - field: the field.
    ///   - known: gives the candidates of the built-in rules.
    /// - Returns: the candidates, and why a form that should decide found nothing.
    func withForms(
        _ field: FieldDefinition,
        known: (FieldDefinition) -> [Candidate]
    ) -> (candidates: [Candidate], missing: String?) {
        guard let (match, rule) = forms.rule(for: field.name) else { return (known(field), nil) }
        let field = withOrder(field)
        guard !rule.isOrderOnly else { return (known(field), nil) }
        let outcome = FormValues(forms: forms, match: match, rule: rule, field: field).outcome()
        // What is always so was written in the field's type already.
        let proposals =
            rule.content == nil
            ? outcome.proposals.compactMap { fitted($0, to: field.type) } : outcome.proposals
        let joined = FormCandidates(
            proposals,
            missing: outcome.missing,
            by: match,
            certainty: certainty,
            over: known(field),
            field: field.name
        )
        return (joined.candidates, joined.missing)
    }
}
