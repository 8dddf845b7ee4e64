import Records

/// A value that a rule proposes, before it is put into the field's type.
struct Proposal {
    /// The content, typed.
    var content: FieldContent
    /// As printed.
    var printed: String
    /// The rule's own score, 0 to 1, by its strength and the reader's confidence: it decides the order, and is one of
    /// the numbers from which the candidate's confidence is made.
    var confidence: Double
    /// Where it is printed.
    var evidence: [Evidence]
    /// Why, for a person.
    var reason: String
    /// The order that a day takes for granted.
    var assumedOrder: DateOrder?
    /// Whether a key word stands beside it.
    var key = KeyMatch.none
    /// How many other things on the document agree with it: a sum, a check digit, a legal form, a web address.
    var agreements = 0

    /// A key word beside a value.
    enum KeyMatch: Double {
        /// There is none.
        case none = 0
        /// With one wrong letter.
        case inexact = 0.5
        /// As it is known.
        case exact = 1

        /// How a key in a row was matched.
        init(_ key: RowKey?) { self = key.map { $0.isInexact ? .inexact : .exact } ?? .none }
    }
}

/// The proposals for one field, brought into an order and cut to the best.
struct Proposals {
    /// Most candidates of one field; twins of one printed day count as one.
    static let limit = 5

    /// Each content once, the best first.
    private let ranked: [Proposal]

    /// Orders proposals; a content that was proposed for several places stands at the best of them, surer for the others.
    init(_ proposals: [Proposal]) {
        var best: [Proposal] = []
        var places: [FieldContent: Int] = [:]
        var evidence: [[[Evidence]]] = []
        for proposal in proposals {
            guard let place = places[proposal.content] else {
                places[proposal.content] = best.count
                best.append(proposal)
                evidence.append([proposal.evidence])
                continue
            }
            let agreements = max(best[place].agreements, proposal.agreements)
            if best[place].confidence < proposal.confidence { best[place] = proposal }
            best[place].agreements = agreements
            // A page may print one number a thousand times; twice says as much.
            if evidence[place].count < 3, !evidence[place].contains(proposal.evidence) {
                evidence[place].append(proposal.evidence)
            }
        }
        let order = best.indices.sorted {
            (-best[$0].confidence, $0) < (-best[$1].confidence, $1)
        }
        ranked = order.map {
            var proposal = best[$0]
            if evidence[$0].count > 1 { proposal.agreements += 1 }
            return proposal
        }
    }

    /// The best candidates, with what their confidence is made from.
    ///
    /// - Parameters:
    ///   - field: the field's name.
    ///   - kind: the kind of its values.
    ///   - certainty: how sure the reader was, by place.
    ///   - calibration: makes a confidence of the numbers.
    /// - Returns: the candidates, their confidence not rising from one to the next.
    func candidates(
        field: String,
        kind: ValueKind,
        certainty: ReadingCertainty,
        calibration: Calibration
    ) -> [Candidate] {
        var kept: [Candidate] = []
        var count = 0
        var lastPrinted: [Evidence]?
        for proposal in ranked {
            // The second reading of the same printed day always stays with the first.
            let isTwin = proposal.assumedOrder != nil && proposal.evidence == lastPrinted
            if !isTwin { count += 1 }
            guard count <= Self.limit else { break }
            lastPrinted = proposal.evidence
            let features = features(of: proposal, kind: kind, certainty: certainty)
            var confidence: Double
            if let first = kept.first, let last = kept.last {
                confidence =
                    isTwin
                    ? last.confidence
                    : min(
                        last.confidence,
                        calibration.confidence(
                            ofRunnerUp: proposal.confidence,
                            behind: first
                        )
                    )
            } else {
                confidence = calibration.confidence(features)
            }
            confidence = (confidence * 1000).rounded() / 1000
            kept.append(
                Candidate(
                    field: field,
                    content: proposal.content,
                    printed: proposal.printed,
                    confidence: confidence,
                    evidence: proposal.evidence,
                    reason: proposal.reason,
                    assumedOrder: proposal.assumedOrder,
                    features: features
                )
            )
        }
        return kept
    }

    private func features(
        of proposal: Proposal,
        kind: ValueKind,
        certainty: ReadingCertainty
    ) -> [Feature: Double] {
        let others = ranked.filter { other in
            // The other reading of the same printed day is no rival: the folder decides between them.
            other.content != proposal.content
                && !(proposal.assumedOrder != nil && other.evidence == proposal.evidence)
        }
        let score = proposal.confidence
        let rival = others.first?.confidence ?? 0
        let read = certainty.of(proposal.evidence)
        var numbers: [Feature: Double] = [
            .score: score, .words: read.mean, .weakestWord: read.least, .page: read.page,
            .key: proposal.key.rawValue, .agreement: Double(proposal.agreements) / 2,
            .lead: score > 0 ? 1 - rival / score : 0, .rivals: Double(others.count) / 5,
            .kind(kind.rawValue): 1,
        ]
        // A number with an unsure sign is repaired by its type or confirmed by a sum; a text is right only as a whole.
        if kind.isFreeText { numbers[.allWords] = read.all }
        // A reader may say anything of its certainty, so that nothing else than a number from 0 to 1 is let through.
        return numbers.mapValues { $0.isFinite ? (min(1, max(0, $0)) * 1000).rounded() / 1000 : 0 }
    }

    /// What the reader's confidence leaves of a rule's: an unsure word weakens a value, a lone sign does not kill it.
    static func readable(_ confidence: Double) -> Double { min(1, 0.5 + 0.55 * confidence) }
}
