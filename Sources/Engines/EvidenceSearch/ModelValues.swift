import FieldRules
public import Records

/// Makes candidates of a model's answer: each with its evidence, a confidence from what agrees with it, and the reason.
///
/// The confidence comes from the page, from the rules and from sums; never from what the model says of itself. Nothing
/// here compares with values of other steps: the record chooses the candidate of highest confidence.
public struct ModelValues: Sendable {
    /// Changes with what decides a confidence: part of the fingerprint of jobs that a model answers.
    public static let version = "evidence 1, calibration \(ModelCalibration.fitted.version)"

    let search: EvidenceSearch
    let record: [FieldDefinition]
    /// The candidates that no model proposed, the best of each field first.
    let known: [String: [Candidate]]
    private let certainty: ReadCertainty
    private let calibration: ModelCalibration

    /// Prepares to judge answers about one document.
    ///
    /// - Parameters:
    ///   - pages: What was read from the document.
    ///   - record: The fields of the record.
    ///   - known: The candidates of earlier steps; what a model proposed among them is no second opinion and left out.
    public init(pages: [PageText], record: [FieldDefinition], known: [Candidate] = []) {
        search = EvidenceSearch(pages: pages)
        self.record = record
        certainty = ReadCertainty(pages)
        calibration = .fitted
        self.known = Dictionary(
            grouping: known.filter { $0.features[.model] == nil },
            by: \.field
        ).mapValues { candidates in
            candidates.enumerated().sorted {
                (-$0.element.confidence, $0.offset) < (-$1.element.confidence, $1.offset)
            }.map(\.element)
        }
    }

    /// The candidates of an answer.
    ///
    /// A date that its print leaves open gives two candidates, one for each order of day and month, as the rules do.
    ///
    /// - Parameter values: The values of one answer; those of fields that the record has not are left out.
    /// - Returns: The candidates, in the order of the values.
    public func candidates(for values: [ModelValue]) -> [Candidate] {
        let fields = Dictionary(
            record.map { ($0.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        let confirmed = AnswerSums.confirmed(contents(with: values), record: record)
        return values.flatMap { value -> [Candidate] in
            guard let field = fields[value.field] else { return [] }
            return candidates(of: value, field: field, isInSum: confirmed.contains(value.field))
        }
    }

    /// What a sum may be made of: the answer, and the rules' best of all other fields.
    private func contents(with values: [ModelValue]) -> [String: FieldContent] {
        var contents = known.compactMapValues { $0.first?.content }
        for value in values { contents[value.field] = value.content }
        return contents
    }

    private func candidates(
        of value: ModelValue,
        field: FieldDefinition,
        isInSum: Bool
    ) -> [Candidate] {
        let isChoice = if case .label = value.content { true } else { false }
        guard !value.isComposed, !isChoice else { return [unsought(value, isChoice: isChoice)] }
        if case .list(let rows) = value.content {
            return [list(value, rows, field: field, isInSum: isInSum)]
        }
        let match = search.find(value.content, printed: value.written, field: field)
        let opinion = RulesOpinion(of: value.content, among: known[value.field] ?? [])
        let proof = AnswerProof.of(value.content, isInSum: isInSum)
        let features = features(match, opinion, field: field, proof: proof)
        let candidate = Candidate(
            field: value.field,
            content: value.content,
            printed: match?.printed ?? value.written ?? value.content.plain,
            confidence: opinion.raising(confidence(features, match)),
            evidence: match?.evidence ?? [],
            reason: ModelReason(
                match: match,
                opinion: opinion,
                proof: proof,
                isNothingRead: search.isEmpty
            ).sentence,
            features: features,
            isUnverified: match == nil
        )
        guard let match, match.dayReadings.count > 1 else { return [candidate] }
        return match.dayReadings.map { reading in
            var twin = candidate
            twin.content = .date(reading.date)
            twin.assumedOrder = reading.assumedOrder
            return twin
        }.sorted { first, second in
            first.content == value.content && second.content != value.content
        }
    }

    /// The confidence of a single value; one with a doubtful digit is always for a person to look at.
    private func confidence(_ features: [Feature: Double], _ match: EvidenceMatch?) -> Double {
        let fitted = calibration.confidence(features)
        return match?.hasDoubtfulDigit == true ? min(fitted, Self.mostDoubtful) : fitted
    }

    /// More likely wrong than right: the answer says one digit, the page as it was read another.
    private static let mostDoubtful = 0.45

    /// The features of a single value.
    func features(
        _ match: EvidenceMatch?,
        _ opinion: RulesOpinion,
        field: FieldDefinition,
        proof: AnswerProof?
    ) -> [Feature: Double] {
        var features: [Feature: Double] = [
            .model: 1, .kind(of: field): 1, .rulesAgree: opinion.agreement,
            .rulesNear: opinion.nearAgreement, .rules: known.isEmpty ? 0 : 1,
            .rulesSecond: opinion.isSecond ? 1 : 0,
            .rulesAgainst: opinion.contradiction,
            .proof: proof == nil ? 0 : 1,
        ]
        if let match {
            features[.match(match.method)] = 1
            features[.similarity] = match.similarity
            features[.words] = match.certainty
            features[.weakestWord] = match.leastCertainty
            features[.page] = match.evidence.first.map { certainty.page($0.page) } ?? 0
            features[.doubtfulDigit] = match.hasDoubtfulDigit ? 1 : 0
            // A key word vouches for a place; for a digit that is not printed there it does not.
            let key = match.hasDoubtfulDigit ? nil : match.key
            features[.key] = key.map { $0.isOfField ? ($0.isInexact ? 0.5 : 1) : 0 } ?? 0
            features[.otherKey] = key.map { $0.isOfField ? 0 : 1 } ?? 0
            if Self.isAmount(field.type), key?.isOfField != true {
                features[.places] = Double(min(match.places, 6) - 1) / 5
            }
        } else {
            features[.unfound] = 1
            features[.similarity] = 0
            features[.page] = certainty.all
        }
        // A reader may say anything of its certainty, so that nothing else than a number from 0 to 1 is let through.
        return features.mapValues { $0.isFinite ? (min(1, max(0, $0)) * 1000).rounded() / 1000 : 0 }
    }

    private static func isAmount(_ type: FieldType) -> Bool {
        switch type {
        case .money, .number: true
        default: false
        }
    }

    // MARK: What is not looked for

    /// A label, or words of the model's own: no page says whether they are right.
    private func unsought(_ value: ModelValue, isChoice: Bool) -> Candidate {
        Candidate(
            field: value.field,
            content: value.content,
            printed: value.written ?? value.content.plain,
            confidence: ModelCalibration.bounded(calibration.share),
            evidence: [],
            reason: isChoice ? "the model's choice" : "written by the model",
            features: [.model: 1]
        )
    }

    // MARK: Lists

    /// A list is as sure as its least sure row and its rows on average say, and surer where they add up.
    private func list(
        _ value: ModelValue,
        _ rows: [[String: FieldContent]],
        field: FieldDefinition,
        isInSum: Bool
    ) -> Candidate {
        let matches = search.find(rows: rows, field: field)
        let columns: [ListColumn] = if case .list(let columns) = field.type { columns } else { [] }
        let silent = RulesOpinion(of: value.content, among: [])
        var confidences: [Double] = []
        var missing = 0
        for match in matches {
            for column in columns
            where match.cells[column.name] != nil || match.missing.contains(column.name) {
                let cell = FieldDefinition(name: column.name, type: column.type)
                confidences.append(
                    calibration.confidence(
                        features(
                            match.cells[column.name],
                            silent,
                            field: cell,
                            proof: isInSum ? .sums : nil
                        )
                    )
                )
            }
            missing += match.missing.count
        }
        let mean =
            confidences.isEmpty
            ? calibration.share : confidences.reduce(0, +) / Double(confidences.count)
        let confidence = (mean + (confidences.min() ?? mean)) / 2
        let cells = confidences.count
        let share = cells > 0 ? Double(cells - missing) / Double(cells) : 0
        var reason = "the model's answer, \(rows.count) rows"
        if search.isEmpty {
            reason += "; no text was read to find them in"
        } else if missing > 0 {
            reason += ", \(missing) of \(cells) cells printed nowhere on the page"
        } else {
            reason += ", each printed on the page"
        }
        if isInSum { reason += "; they add up to what another field says" }
        return Candidate(
            field: value.field,
            content: value.content,
            printed: value.written ?? value.content.plain,
            confidence: ModelCalibration.bounded(confidence),
            evidence: matches.flatMap(\.evidence),
            reason: reason,
            features: [
                .model: 1, .kind(of: field): 1, .similarity: (share * 1000).rounded() / 1000,
                .proof: isInSum ? 1 : 0,
            ],
            isUnverified: missing > 0
        )
    }
}
