import Jobs
import PipelineSpec
import Records
import Scanning
import Storage

extension DocumentWork {
    /// A document whose file is open, about to be taken through the model.
    struct Prepared: Sendable {
        let document: DocumentID
        let cost: Int
        let file: DocumentFile
        let path: String
        let dateOrder: DateOrder?
    }

    /// What a call with a prepared document did.
    struct DoneByModel: Sendable {
        var document: DocumentID
        /// What it was expected to cost.
        var cost: Int
        /// What became of it.
        var status: DocumentStatus
        /// Set where the model could not be asked.
        var unavailable: EngineUnavailable?
    }

    /// Opens a document that waits for the model.
    ///
    /// - Parameters:
    ///   - document: the document.
    ///   - cost: what it is expected to cost.
    ///   - folders: the folders of this run, held open, with how each prints its dates.
    /// - Returns: nil where it has nothing to wait for any more, or its file is not there as it was: the next run sees to that.
    /// - Throws: `StoreError`.
    func prepare(
        _ document: DocumentID,
        cost: Int,
        in folders: [FolderID: (open: OpenFolder, dateOrder: DateOrder?)]
    ) throws -> Prepared? {
        let state = try store.documentState(pipeline: pipelineID, document: document)
        guard let outcome = state.outcome,
            RunPlan.waitingStep(outcome.planFingerprint) != nil, plan.made(outcome),
            let stored = try store.document(document)
        else { return nil }
        for place in try store.locations(pipeline: pipelineID, document: document) {
            guard let folder = folders[place.folder] else { continue }
            let file: DocumentFile
            do throws(DocumentFileError) {
                file = try DocumentFile(
                    place.path,
                    in: folder.open,
                    byteLimit: pipeline.input.limits.bytes
                )
            } catch {
                continue
            }
            guard file.sha256 == stored.sha256 else { continue }
            return Prepared(
                document: document,
                cost: cost,
                file: file,
                path: displayPath(place.path),
                dateOrder: folder.dateOrder
            )
        }
        return nil
    }

    /// Takes a document through the steps that the model answers, and those behind them.
    ///
    /// - Parameters:
    ///   - prepared: the document.
    ///   - turn: its place in the queue; passed when this returns, whatever happens.
    /// - Returns: what became of it.
    /// - Throws: `StoreError`, `CancellationError`; a failing document or model is data.
    func takeThroughModel(_ prepared: Prepared, turn: Turn) async throws -> DoneByModel {
        defer { turn.pass() }
        observer.observe(.began(path: prepared.path))
        let facts: Judgement.Facts
        do {
            facts = try await processor.process(
                open(prepared.file, path: prepared.path),
                id: prepared.document,
                dateOrder: prepared.dateOrder,
                reach: .throughModel(turn)
            )
        } catch {
            await letGo(of: prepared)
            throw error
        }
        await letGo(of: prepared)
        let judgement: Judgement
        if prepared.file.isUnchanged() {
            judgement = try processor.conclude(
                prepared.document,
                facts,
                dateOrder: prepared.dateOrder
            )
        } else {
            // What was answered may be of other bytes than were hashed: none of it is kept, and the walk finds the new ones.
            try store.removeJobs(
                run: run,
                pipeline: pipelineID,
                document: prepared.document,
                fromStep: 0
            )
            try store.takeUpAgain(pipeline: pipelineID, document: prepared.document)
            judgement = .changed
        }
        if facts.waiting == nil { processor.modelWork.countDocument() }
        observer.observe(
            .ended(
                path: prepared.path,
                status: judgement.status,
                reason: judgement.reason,
                detail: judgement.detail
            )
        )
        return DoneByModel(
            document: prepared.document,
            cost: prepared.cost,
            status: judgement.status,
            unavailable: facts.waiting?.unavailable
        )
    }

    private func letGo(of prepared: Prepared) async {
        for verb in Set(pipeline.steps.filter(\.needsModel).map(\.verb)) {
            await processor.engines[verb]?.finish(document: prepared.file.sha256)
        }
    }
}

extension Judgement {
    /// A file that was written to while it was before the model.
    fileprivate static let changed = Judgement(
        status: .waiting,
        reason: "changed while it was read",
        detail: "",
        attempts: 0,
        isRetried: false
    )
}
