import Jobs
import PipelineSpec
import Records
import Scanning
import Storage
import Synchronization
import SystemPackage

/// Opens what was found, makes it a document, and takes it through the steps: one call a path, several at once.
struct DocumentWork: Sendable {
    let run: RunID
    let pipelineID: PipelineID
    let pipeline: Pipeline
    let store: Store
    let plan: RunPlan
    let observer: any RunObserver
    let processor: DocumentProcessor
    let claims = DocumentClaims()

    /// What a call did.
    struct Done: Sendable {
        var isWorked = false
        var pages = 0
    }

    /// Works on one path.
    ///
    /// - Parameters:
    ///   - found: the path and its stamp.
    ///   - folder: the folder's row.
    ///   - root: the folder, held open.
    ///   - dateOrder: how the folder prints its dates, as far as that is concluded.
    /// - Returns: whether it went through the steps.
    /// - Throws: `StoreError`, `CancellationError`; whatever is wrong with the file is stored.
    func take(
        _ found: FoundFile,
        folder: FolderID,
        root: OpenFolder,
        dateOrder: DateOrder?
    ) async throws -> Done {
        let path = displayPath(found.path)
        observer.observe(.began(path: path))
        let file: DocumentFile
        do throws(DocumentFileError) {
            file = try DocumentFile(
                found.path,
                in: root,
                byteLimit: pipeline.input.limits.bytes,
                expected: found.stamp
            )
        } catch {
            let (status, reason, detail) = Self.outcome(of: error)
            return try set(status, reason, detail, found, folder, path)
        }
        let document = try store.recordLocation(
            run: run,
            pipeline: pipelineID,
            folder: folder,
            path: found.path,
            stamp: file.stamp,
            isTrusted: file.stamp.isTrustworthy(seenAt: file.seenAt),
            sha256: file.sha256,
            byteCount: file.byteCount,
            kind: file.kind
        )
        return try await work(
            on: file,
            document,
            found,
            folder: folder,
            path: path,
            dateOrder: dateOrder
        )
    }

    /// Makes a document's record anew under another date order; nothing is read again.
    ///
    /// A document that failed or that this run left, as by `--limit`, is left here as well: when it is taken up, it is
    /// under the new order. So it is with a file that cannot be opened now; one that changed is found by the next run.
    func redo(
        _ document: DocumentID,
        folder: FolderID,
        root: OpenFolder,
        dateOrder: DateOrder?
    ) async throws {
        let places = try store.locations(pipeline: pipelineID, document: document)
        let state = try store.documentState(pipeline: pipelineID, document: document)
        guard let place = places.first(where: { $0.folder == folder }),
            let stored = try store.document(document), let outcome = state.outcome,
            plan.made(outcome), ![.failed, .quarantined].contains(outcome.status)
        else { return }
        let file: DocumentFile
        do throws(DocumentFileError) {
            file = try DocumentFile(
                place.path,
                in: root,
                byteLimit: pipeline.input.limits.bytes
            )
        } catch {
            return try store.takeUpAgain(pipeline: pipelineID, document: document)
        }
        guard file.sha256 == stored.sha256 else { return }
        let facts = try await processor.process(
            open(file, path: displayPath(place.path)),
            id: document,
            dateOrder: dateOrder,
            reach: .again
        )
        let judgement = try processor.conclude(document, facts, dateOrder: dateOrder)
        observer.observe(
            .ended(
                path: displayPath(place.path),
                status: judgement.status,
                reason: "the folder's dates tell day from month",
                detail: judgement.detail
            )
        )
    }

    /// The status of a path that could not be opened, why, and more about it.
    private static func outcome(
        of error: DocumentFileError
    ) -> (DocumentStatus, reason: String, detail: String?) {
        switch error {
        case .vanished: (.skipped, "vanished before it could be read", nil)
        case .changed: (.waiting, "still changing", nil)
        case .notRegular(let kind): (.skipped, "not a file but a \(kind.rawValue)", nil)
        case .tooLarge(let byteCount, let limit):
            (
                .failed, FailureReason.tooLarge.rawValue,
                "\(byteCount) bytes, the limit is \(limit)"
            )
        case .unreadable(let error):
            (.failed, FailureReason.unreadable.rawValue, String(describing: error))
        }
    }

    func open(_ file: DocumentFile, path: String) -> OpenDocument {
        OpenDocument(
            descriptor: file.descriptor,
            sha256: file.sha256,
            byteCount: file.byteCount,
            kind: file.kind,
            foreignContent: file.foreignContent?.rawValue,
            displayPath: path
        )
    }

    private func work(
        on file: DocumentFile,
        _ document: DocumentID,
        _ found: FoundFile,
        folder: FolderID,
        path: String,
        dateOrder: DateOrder?
    ) async throws -> Done {
        guard claims.claim(document) else {
            observer.observe(.ended(path: path, status: .duplicate, reason: "", detail: ""))
            return Done()
        }
        let state = try store.documentState(pipeline: pipelineID, document: document)
        if let outcome = state.outcome, isSettled(outcome) {
            observer.observe(
                .ended(path: path, status: outcome.status, reason: "known already", detail: "")
            )
            return Done()
        }
        claims.markWorked(document)
        let facts = try await processor.process(
            open(file, path: path),
            id: document,
            dateOrder: dateOrder,
            reach: .beforeModel
        )
        guard file.isUnchanged() else {
            // What was read may be of other bytes than were hashed: none of it is kept.
            try store.removeJobs(run: run, pipeline: pipelineID, document: document, fromStep: 0)
            return try set(.waiting, "changed while it was read", nil, found, folder, path)
        }
        let judgement = try processor.conclude(document, facts, dateOrder: dateOrder)
        observer.observe(
            .ended(
                path: path,
                status: judgement.status,
                reason: judgement.reason,
                detail: judgement.detail
            )
        )
        return Done(isWorked: true, pages: facts.pages.count)
    }

    /// Whether the walk has nothing to do for a document: its outcome holds, or it only waits for the model.
    private func isSettled(_ outcome: StoredOutcome) -> Bool {
        let (made, engines) = (outcome.planFingerprint, outcome.engineFingerprint)
        return plan.holds(status: outcome.status, plan: made, engines: engines)
            || plan.waitsForModel(plan: made, engines: engines)
    }

    private func set(
        _ status: DocumentStatus,
        _ reason: String,
        _ detail: String?,
        _ found: FoundFile,
        _ folder: FolderID,
        _ path: String
    ) throws -> Done {
        try store.recordPathStatus(
            run: run,
            pipeline: pipelineID,
            folder: folder,
            [
                PathStatus(
                    path: found.path,
                    stamp: found.stamp,
                    status: status,
                    reason: reason,
                    detail: detail
                )
            ]
        )
        observer.observe(
            .ended(path: path, status: status, reason: reason, detail: detail ?? "")
        )
        return Done()
    }
}

/// Which documents this run has taken in hand: equal bytes under two names are worked on once.
final class DocumentClaims: Sendable {
    private let claimed = Mutex<Set<DocumentID>>([])
    private let worked = Mutex<Set<DocumentID>>([])

    /// True for the first caller with this document.
    func claim(_ document: DocumentID) -> Bool {
        claimed.withLock { $0.insert(document).inserted }
    }

    /// Notes that a document has gone through steps in this run.
    ///
    /// - Returns: true the first time.
    @discardableResult
    func markWorked(_ document: DocumentID) -> Bool {
        worked.withLock { $0.insert(document).inserted }
    }

    /// Whether a document has gone through steps in this run.
    func isWorked(_ document: DocumentID) -> Bool { worked.withLock { $0.contains(document) } }
}
