import PipelineSpec
import Records
import Storage

/// The record of one document as its stored candidates and corrections make it.
struct DocumentRecord {
    let record: Record
    let stored: [StoredCandidate]
    private let corrections: [Correction]

    /// Reads candidates and corrections and chooses among them.
    ///
    /// - Parameters:
    ///   - document: the document.
    ///   - pipeline: whose record it is.
    ///   - pipelineID: the pipeline's row.
    ///   - store: the database.
    ///   - dateOrder: how the document's folder prints its dates, where that is known.
    ///   - step: counts only what the steps before this one proposed: what it and later ones found in an earlier run
    ///     must not decide whether they are asked again. Nil for the whole record.
    /// - Throws: `StoreError`.
    init(
        of document: DocumentID,
        pipeline: Pipeline,
        pipelineID: PipelineID,
        store: Store,
        dateOrder: DateOrder?,
        beforeStep step: Int?
    ) throws(StoreError) {
        stored = try store.candidates(pipeline: pipelineID, document: document)
            .filter { $0.stepIndex < step ?? .max }
        corrections = try store.corrections(pipeline: pipelineID, document: document)
        record = Record.choosing(
            from: stored.map { ($0.candidate, $0.stepIndex) },
            corrections: Dictionary(
                corrections.map { ($0.field, $0.content) },
                uniquingKeysWith: { _, latest in latest }
            ),
            fields: pipeline.record,
            dateOrder: dateOrder
        )
    }

    /// The rows of the candidates that stand.
    var chosenIDs: Set<ValueID> { Set(record.chosenIndices.map { stored[$0].id }) }

    /// What stands in each field, in the fields' alphabetical order; a correction as a candidate of confidence 1.
    var chosen: [Candidate] {
        record.values.sorted { $0.key < $1.key }.map { field, value in
            switch value.source {
            case .candidate(let index): stored[index].candidate
            case .correction:
                Candidate(
                    field: field,
                    content: value.content,
                    printed: "",
                    confidence: value.confidence,
                    evidence: [],
                    reason: "corrected by a person"
                )
            }
        }
    }

    /// Answers of a model that are nowhere on the page and do not stand, in fields that no person has put right.
    var unprinted: [Candidate] {
        stored.map(\.candidate).filter { candidate in
            guard candidate.isUnverified else { return false }
            guard let value = record.values[candidate.field] else { return true }
            return value.source != .correction && value.content != candidate.content
        }
    }

    /// Of each field the likeliest candidate that says something else than what stands.
    var rivals: [String: Candidate] {
        var rivals: [String: Candidate] = [:]
        for candidate in stored.map(\.candidate) {
            guard let value = record.values[candidate.field], value.content != candidate.content,
                // The other reading of the same printed day is no other value: the folder has decided.
                candidate.assumedOrder == nil,
                rivals[candidate.field].map({ $0.confidence < candidate.confidence }) ?? true
            else { continue }
            rivals[candidate.field] = candidate
        }
        return rivals
    }
}
