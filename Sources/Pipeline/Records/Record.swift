/// The fields of one document: of each field's candidates the one that stands, or a person's correction.
public struct Record: Hashable, Sendable {
    /// What stands in one field.
    public struct Value: Hashable, Sendable {
        /// Where the content comes from.
        public enum Source: Hashable, Sendable {
            /// The candidate at this place of the list that was chosen from.
            case candidate(index: Int)
            /// A person.
            case correction
        }

        /// The content.
        public var content: FieldContent
        /// How likely it is right, 0 to 1; 1 for a correction.
        public var confidence: Double
        /// Where it comes from.
        public var source: Source
    }

    /// What stands in each field that has a value.
    public private(set) var values: [String: Value]
    /// Date fields that stay empty because their print can be read in two ways and nothing decides.
    public private(set) var ambiguousDates: Set<String>

    /// The content of each field that has one.
    public var contents: [String: FieldContent] { values.mapValues(\.content) }

    /// The places, in the list that was chosen from, of the candidates that stand.
    public var chosenIndices: Set<Int> {
        Set(
            values.values.compactMap { value in
                guard case .candidate(let index) = value.source else { return nil }
                return index
            }
        )
    }
}

extension Record {
    /// Chooses the content of every field.
    ///
    /// The candidate of highest confidence stands; of equals the one of the earlier step, and within a
    /// step the one listed first. A correction outranks all candidates. A date that can be read in two
    /// ways follows `dateOrder`, else the field's own order; when neither is known it is left empty.
    ///
    /// - Parameters:
    ///   - candidates: all candidates of the document with the place of the step that made them.
    ///   - corrections: what a person put in place, by field.
    ///   - fields: the record's fields; candidates and corrections of other fields are left out.
    ///   - dateOrder: how the document's folder prints its dates, where its other documents tell.
    /// - Returns: the record.
    public static func choosing(
        from candidates: [(candidate: Candidate, stepIndex: Int)],
        corrections: [String: FieldContent] = [:],
        fields: [FieldDefinition],
        dateOrder: DateOrder? = nil
    ) -> Record {
        var record = Record(values: [:], ambiguousDates: [])
        var ranked: [String: [Ranked]] = [:]
        for (index, entry) in candidates.enumerated() {
            ranked[entry.candidate.field, default: []].append(
                Ranked(candidate: entry.candidate, step: entry.stepIndex, index: index)
            )
        }
        for field in fields {
            if let correction = corrections[field.name] {
                record.values[field.name] = Value(
                    content: correction,
                    confidence: 1,
                    source: .correction
                )
                continue
            }
            let proposals = (ranked[field.name] ?? []).sorted(by: Ranked.outranks)
            let order = dateOrder ?? field.type.ownDateOrder
            for proposal in proposals {
                if let assumed = proposal.candidate.assumedOrder,
                    proposals.contains(where: { $0.isOtherReading(of: proposal) })
                {
                    // Anything of lower rank would be a guess in place of what is printed best.
                    guard let order else {
                        record.ambiguousDates.insert(field.name)
                        break
                    }
                    guard assumed == order else { continue }
                }
                record.values[field.name] = Value(
                    content: proposal.candidate.content,
                    confidence: proposal.candidate.confidence,
                    source: .candidate(index: proposal.index)
                )
                break
            }
        }
        return record
    }

    private struct Ranked {
        var candidate: Candidate
        var step: Int
        var index: Int

        static func outranks(_ left: Ranked, _ right: Ranked) -> Bool {
            let leftConfidence = left.candidate.confidence
            let rightConfidence = right.candidate.confidence
            if leftConfidence != rightConfidence { return leftConfidence > rightConfidence }
            return (left.step, left.index) < (right.step, right.index)
        }

        /// Whether both read the same print as different days.
        func isOtherReading(of other: Ranked) -> Bool {
            guard let order = candidate.assumedOrder, order != other.candidate.assumedOrder else {
                return false
            }
            return step == other.step && candidate.evidence == other.candidate.evidence
                && candidate.printed == other.candidate.printed
                && candidate.content != other.candidate.content
        }
    }
}

extension FieldType {
    /// The order that the pipeline gives for a date field.
    fileprivate var ownDateOrder: DateOrder? {
        if case .date(let order) = self { order } else { nil }
    }
}
