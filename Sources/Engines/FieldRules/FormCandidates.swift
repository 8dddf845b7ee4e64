import Records

/// A field's candidates where a form has a rule for it: what the form finds comes before what the built-in rules find.
///
/// A person wrote the form for these very documents, so its order is not weighed against the built-in rules. Its
/// confidence still says how well the words were read and matched.
struct FormCandidates {
    /// The candidates in order.
    let candidates: [Candidate]
    /// Why the form found nothing, for a person.
    let missing: String?

    /// Most candidates by the form.
    private static let limit = 5
    /// What is left of a built-in rule's confidence where a form names another value.
    private static let overruled = 0.6
    /// What is left of it where the form's rule found nothing: what it looks for should be there.
    private static let unconfirmed = 0.7

    /// Joins both.
    ///
    /// - Parameters:
    ///   - proposals: what the form found, in the field's type, the meant one first.
    ///   - missing: why it found nothing.
    ///   - match: the form.
    ///   - certainty: how sure the reader was, by place.
    ///   - known: the candidates of the built-in rules.
    ///   - field: the field's name.
    init(
        _ proposals: [Proposal],
        missing: String?,
        by match: FormMatch,
        certainty: ReadingCertainty,
        over known: [Candidate],
        field: String
    ) {
        var own: [Candidate] = []
        var contents: Set<FieldContent> = []
        for proposal in proposals where contents.insert(proposal.content).inserted {
            guard own.count < Self.limit || proposal.assumedOrder != nil else { continue }
            var confidence = min(0.97, max(0.02, proposal.confidence))
            if let last = own.last { confidence = min(confidence, last.confidence) }
            let read = certainty.of(proposal.evidence)
            let features: [Feature: Double] = [
                .score: proposal.confidence, .words: read.mean, .weakestWord: read.least,
                .page: read.page,
            ]
            own.append(
                Candidate(
                    field: field,
                    content: proposal.content,
                    printed: proposal.printed,
                    confidence: Self.rounded(confidence),
                    evidence: proposal.evidence,
                    reason: proposal.reason,
                    assumedOrder: proposal.assumedOrder,
                    features: features.mapValues {
                        $0.isFinite ? Self.rounded(min(1, max(0, $0))) : 0
                    }
                )
            )
        }
        guard let best = own.first else {
            self.missing = missing ?? "nothing there can be of the field's type"
            candidates = known.map { candidate in
                var candidate = candidate
                candidate.confidence = Self.rounded(candidate.confidence * Self.unconfirmed)
                candidate.reason += "; form \(match.form.name) found nothing"
                return candidate
            }
            return
        }
        self.missing = nil
        var others: [Candidate] = []
        for var candidate in known {
            if let twin = own.firstIndex(where: { $0.content == candidate.content }) {
                // Both ways lead to one value.
                own[twin].reason += "; the built-in rules find it too"
                if twin == 0 {
                    own[0].confidence = max(own[0].confidence, min(0.97, candidate.confidence))
                }
                continue
            }
            candidate.confidence = Self.rounded(
                min(candidate.confidence * Self.overruled, best.confidence * 0.9)
            )
            others.append(candidate)
        }
        candidates = own + others
    }

    private static func rounded(_ confidence: Double) -> Double {
        (confidence * 1000).rounded() / 1000
    }
}

extension FieldContent {
    /// The same content with a currency where its amounts have none.
    func priced(in currency: String?) -> FieldContent {
        switch self {
        case .money(let money) where money.currency == nil:
            .money(Money(amount: money.amount, currency: currency))
        case .list(let rows): .list(rows.map { $0.mapValues { $0.priced(in: currency) } })
        default: self
        }
    }
}
