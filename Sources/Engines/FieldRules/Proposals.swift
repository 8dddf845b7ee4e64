import Records

/// A value that a rule proposes, before it is put into the field's type.
struct Proposal {
    /// The content, typed.
    var content: FieldContent
    /// As printed.
    var printed: String
    /// How likely it is right, by the rule's strength and the reader's confidence.
    var confidence: Double
    /// Where it is printed.
    var evidence: [Evidence]
    /// Why, for a person.
    var reason: String
    /// The order that a day takes for granted.
    var assumedOrder: DateOrder?
}

/// The proposals for one field, brought into an order and cut to the best.
enum Proposals {
    /// Most candidates of one field; twins of one printed day count as one.
    static let limit = 5

    /// The best candidates of a field, each content once, the likeliest first.
    static func candidates(_ proposals: [Proposal], field: String) -> [Candidate] {
        var best: [Proposal] = []
        var places: [FieldContent: Int] = [:]
        for proposal in proposals {
            if let place = places[proposal.content] {
                if best[place].confidence < proposal.confidence { best[place] = proposal }
            } else {
                places[proposal.content] = best.count
                best.append(proposal)
            }
        }
        let order = best.indices.sorted {
            (-best[$0].confidence, $0) < (-best[$1].confidence, $1)
        }
        var kept: [Candidate] = []
        var count = 0
        var lastPrinted: [Evidence]?
        for index in order {
            let proposal = best[index]
            // The second reading of the same printed day always stays with the first.
            let isTwin = proposal.assumedOrder != nil && proposal.evidence == lastPrinted
            if !isTwin { count += 1 }
            guard count <= limit else { break }
            lastPrinted = proposal.evidence
            kept.append(
                Candidate(
                    field: field,
                    content: proposal.content,
                    printed: proposal.printed,
                    confidence: min(0.99, max(0.01, (proposal.confidence * 1000).rounded() / 1000)),
                    evidence: proposal.evidence,
                    reason: proposal.reason,
                    assumedOrder: proposal.assumedOrder
                )
            )
        }
        return kept
    }

    /// What the reader's confidence leaves of a rule's: an unsure word weakens a value, a lone sign does not kill it.
    static func readable(_ confidence: Double) -> Double { min(1, 0.5 + 0.55 * confidence) }
}
