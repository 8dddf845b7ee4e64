import Jobs
import PipelineSpec
import Records
import Storage

/// The `resolve` pass at the end of a run: what a folder's documents say together.
///
/// A date such as `03/04/2025` is stored in both readings; which one stands is decided by the folder's
/// unambiguous dates. The conclusion has a row of its own, so that a new file never silently changes an
/// old job: when it changes, the records it touches are made anew in this run and say so.
struct DateOrderResolution {
    private static let key = "date order"
    private static let undecided = "undecided"

    let pipeline: Pipeline
    let pipelineID: PipelineID
    let store: Store

    /// The order that earlier runs concluded.
    func concluded(for folder: FolderID) throws(StoreError) -> DateOrder? {
        let stored = try store.resolution(pipeline: pipelineID, folder: folder, key: Self.key)
        return stored.flatMap { DateOrder(rawValue: $0.decision) }
    }

    /// Draws the folder's conclusion anew.
    ///
    /// - Parameters:
    ///   - folder: the folder.
    ///   - redo: makes a document's record anew; called only when the order changed.
    /// - Throws: `StoreError`, and what `redo` throws.
    func resolve(
        _ folder: FolderID,
        redo: (DocumentID, DateOrder?) async throws -> Void
    ) async throws {
        guard try store.hasAmbiguousDates(pipeline: pipelineID) else { return }
        let dates = try store.datesFound(pipeline: pipelineID, folder: folder)
        var evidence = DateOrderEvidence()
        var ambiguous: Set<DocumentID> = []
        for found in dates {
            if found.assumedOrder != nil {
                ambiguous.insert(found.document)
            } else if found.isChosen {
                evidence.count(found.date, printed: found.printed)
            }
        }
        let order = evidence.order
        let before = try store.resolution(pipeline: pipelineID, folder: folder, key: Self.key)
        let decision = order?.rawValue ?? Self.undecided
        guard decision != before?.decision ?? Self.undecided else { return }
        for document in ambiguous.sorted(by: { $0.rawValue < $1.rawValue }) {
            try await redo(document, order)
        }
        try store.setResolution(
            pipeline: pipelineID,
            folder: folder,
            key: Self.key,
            StoredResolution(
                decision: decision,
                fingerprint: Fingerprint(
                    of: [Self.key, "\(evidence.dayFirst)", "\(evidence.monthFirst)"]
                ).description
            )
        )
    }
}
