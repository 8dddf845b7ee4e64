import EvidenceSearch
import Jobs
import Records

/// Makes candidates of merged answers: each value is looked for on the pages, those that it was answered for first.
struct ValueCandidates {
    private let job: Job
    private let isComposed: Bool
    private let isDivided: Bool
    private let everywhere: ModelValues

    /// Prepares to judge the answers of a job.
    ///
    /// - Parameters:
    ///   - job: The job.
    ///   - isComposed: Whether texts are written by the model, and stand on no page.
    ///   - isDivided: Whether there were several windows, so that a reason tells the pages.
    init(job: Job, isComposed: Bool, isDivided: Bool) {
        self.job = job
        self.isComposed = isComposed
        self.isDivided = isDivided
        everywhere = ModelValues(pages: job.pages, record: job.record, known: job.candidates)
    }

    /// A content that was answered for some pages, and not preferred, ranks behind the one that was, whatever speaks for it.
    static let behind = 0.9
    /// A list whose answer was cut may lack rows: half of what its rows deserve.
    static let cutList = 0.5

    /// The candidates of all fields, of each the one that stands first.
    func candidates(of fields: [MergedField]) -> [Candidate] {
        let answered = fields.filter { !$0.answers.isEmpty }
        let currency = currency(among: answered)
        var pages: [[Int]: ModelValues] = [:]
        // Together, since sums of one speak for another.
        var first: [String: [Candidate]] = Dictionary(
            grouping: everywhere.candidates(
                for: answered.map { value($0.answers[0], of: $0.definition, currency) }
            ),
            by: \.field
        )
        return answered.flatMap { field -> [Candidate] in
            let name = field.definition.name
            let standing = placed(
                first.removeValue(forKey: name) ?? [],
                field.answers[0],
                of: field.definition,
                currency,
                &pages
            )
            return standing
                + field.answers.dropFirst().flatMap { answer in
                    placed(
                        everywhere.candidates(
                            for: [value(answer, of: field.definition, currency)]
                        ),
                        answer,
                        of: field.definition,
                        currency,
                        &pages
                    ).map { Self.behind($0, standing) }
                }
        }
    }

    /// The candidates of one answer, with evidence on the pages that it is about where it is printed there as well.
    private func placed(
        _ candidates: [Candidate],
        _ answer: MergedField.Answer,
        of field: FieldDefinition,
        _ currency: String?,
        _ cache: inout [[Int]: ModelValues]
    ) -> [Candidate] {
        var candidates = candidates
        let own = Set(answer.pages)
        let strays = candidates.contains { candidate in
            candidate.evidence.contains { !own.contains($0.page) }
        }
        if strays {
            let values =
                cache[answer.pages]
                ?? ModelValues(
                    pages: job.pages.filter { own.contains($0.number) },
                    record: job.record,
                    known: job.candidates
                )
            cache[answer.pages] = values
            let near = values.candidates(for: [value(answer, of: field, currency)])
            if !near.isEmpty, near.allSatisfy({ !$0.isUnverified && !$0.evidence.isEmpty }) {
                candidates = near
            }
        }
        for index in candidates.indices {
            if answer.isCut, case .list = answer.content {
                candidates[index].confidence *= Self.cutList
                candidates[index].reason += "; the answer was cut, rows may be missing"
            }
            if isDivided, let span = answer.spans.first {
                let others = answer.spans.count - 1
                candidates[index].reason +=
                    "; asked about \(Wording.named(span))"
                    + (others > 0 ? " and \(others) others" : "")
            }
        }
        return candidates
    }

    private func value(
        _ answer: MergedField.Answer,
        of field: FieldDefinition,
        _ currency: String?
    ) -> ModelValue {
        let known = job.candidates.lazy.filter { $0.field == field.name }
            .compactMap { candidate in
                if case .money(let money) = candidate.content { money.currency } else { nil }
            }.first
        var content = answer.content
        if let currency = currency ?? known { content = content.inCurrency(currency) }
        let isText = if case .text = field.type { true } else { false }
        return ModelValue(
            field: field.name,
            content: content,
            isComposed: isComposed && isText
        )
    }

    /// The currency that the answer gives, else the one that is known already.
    private func currency(among fields: [MergedField]) -> String? {
        for field in fields {
            if case .currency(let code) = field.answers[0].content { return code }
        }
        for candidate in job.candidates {
            if case .currency(let code) = candidate.content { return code }
        }
        return nil
    }

    /// A candidate that stands behind others, unless it is printed and they are not.
    private static func behind(_ candidate: Candidate, _ standing: [Candidate]) -> Candidate {
        guard let least = standing.map(\.confidence).min() else { return candidate }
        if !candidate.isUnverified, standing.contains(where: \.isUnverified) { return candidate }
        var candidate = candidate
        candidate.confidence = min(candidate.confidence, least * behind)
        return candidate
    }
}
