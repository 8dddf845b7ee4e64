import Jobs
import PipelineSpec
import Records
import Scanning
import Storage

/// Takes one document through the steps of a pipeline, in order, leaving out what is already done.
///
/// Every page, every answer of a model and every job's end is a transaction of its own, so that a process killed at any
/// instant loses at most the page or answer in hand.
struct DocumentProcessor: Sendable {
    let pipeline: Pipeline
    let pipelineID: PipelineID
    let run: RunID
    let store: Store
    let engines: [String: any JobEngine]
    let plan: RunPlan
    let router: JobRouter
    let observer: any RunObserver
    let slots: EngineSlots
    let modelWork: ModelWorkLog

    /// How far a document is taken.
    enum Reach: Sendable {
        /// Through the steps that need no model; at the first that does it is left waiting.
        case beforeModel
        /// To the end, at its place in the queue before the model; the steps before the one where it waited hold.
        case throughModel(Turn)
        /// Its record is made anew: nothing is tried again, and no model is asked.
        case again
    }

    /// Does what is not done yet.
    ///
    /// - Parameters:
    ///   - document: the open file.
    ///   - id: its row.
    ///   - dateOrder: how the folder prints its dates, as far as that is concluded.
    ///   - reach: how far it is taken.
    /// - Returns: what the jobs gave, ready to be judged.
    /// - Throws: `StoreError`, `CancellationError`; a failing document is data.
    func process(
        _ document: OpenDocument,
        id: DocumentID,
        dateOrder: DateOrder?,
        reach: Reach
    ) async throws -> Judgement.Facts {
        let state = try store.documentState(pipeline: pipelineID, document: id)
        var progress = Progress(
            document: document,
            id: id,
            dateOrder: dateOrder,
            reach: reach,
            state: state,
            facts: Judgement.Facts(
                isVideo: document.kind == .video,
                earlierAttempts: Self.earlierAttempts(state.outcome, reach),
                engineVersions: plan.engineVersions
            )
        )
        if let failure = Self.unreadableKind(document) {
            progress.facts.failure = failure
            return progress.facts
        }
        for (index, step) in pipeline.steps.enumerated() {
            try Task.checkCancellation()
            do {
                try await take(step, index, &progress)
            } catch let failure as JobFailure {
                progress.facts.failure = failure
            }
            if progress.facts.failure != nil || progress.facts.waiting != nil { break }
        }
        if progress.facts.failure == nil {
            try store.removeJobs(
                run: run,
                pipeline: pipelineID,
                document: id,
                fromStep: pipeline.steps.count
            )
        }
        return progress.facts
    }

    /// How often a document had failed before this try; one that waits for the model is still in its try.
    private static func earlierAttempts(_ outcome: StoredOutcome?, _ reach: Reach) -> Int {
        guard let outcome else { return 0 }
        if case .again = reach, RunPlan.waitingStep(outcome.planFingerprint) == nil {
            return max(0, outcome.attempts - 1)
        }
        return outcome.attempts
    }

    private static func unreadableKind(_ document: OpenDocument) -> JobFailure? {
        switch document.kind {
        case .empty: JobFailure(.empty, "the file has no bytes")
        case .unknown:
            JobFailure(
                .unsupported,
                document.foreignContent.map { "seems to be: \($0)" }
                    ?? "not a picture, PDF or text of any kind that is read"
            )
        default: nil
        }
    }

    /// What is known of the document so far.
    struct Progress {
        let document: OpenDocument
        let id: DocumentID
        let dateOrder: DateOrder?
        let reach: Reach
        let state: DocumentState
        var facts: Judgement.Facts
        /// Fingerprints of what the `read` jobs gave: a page that is read at last changes them.
        var texts: [String] = []

        func stored(_ index: Int) -> StoredJob? { state.jobs.first { $0.stepIndex == index } }

        /// Whether pages that failed are read again at this step.
        func triesAgain(_ index: Int) -> Bool {
            switch reach {
            case .beforeModel: true
            case .throughModel: !isBeforeWaiting(index)
            case .again: false
            }
        }

        /// What is done here with results of older engines.
        func refresh(_ index: Int, _ plan: RunPlan) -> RunOptions.Refresh {
            switch reach {
            case .beforeModel: plan.refresh
            case .throughModel: isBeforeWaiting(index) ? .new : plan.refresh
            case .again: .new
            }
        }

        private func isBeforeWaiting(_ index: Int) -> Bool {
            state.outcome.flatMap { RunPlan.waitingStep($0.planFingerprint) }.map { index < $0 }
                ?? true
        }
    }

    private func take(_ step: Step, _ index: Int, _ progress: inout Progress) async throws {
        let stored = progress.stored(index)
        let general = generalRoute(of: step)
        if case .skipped(let reason, _) = general, stored?.status != .done {
            return try skip(step, index, reason: reason, keepsAnswers: true, progress)
        }
        let record = try DocumentRecord(
            of: progress.id,
            pipeline: pipeline,
            pipelineID: pipelineID,
            store: store,
            dateOrder: progress.dateOrder,
            beforeStep: index
        )
        let inputs = StepInputs(of: step, texts: progress.texts, chosen: record.chosen)
        let call = StepCall(
            step: step,
            index: index,
            inputs: inputs,
            chosen: record.chosen,
            route: router.route(for: step, record: record.record, pages: progress.facts.pages)
        )
        let isHeld = try stored.map { try holds($0, call, progress) } ?? false
        if case .skipped(let reason, _) = general {
            // What a model has answered stays in a run without one, unless it would not be asked for any more.
            let verdict = step.condition?.isMet(by: record.record)
            if let verdict, !verdict.isMet {
                return try skip(step, index, reason: verdict.reason, progress)
            }
            guard isHeld else {
                return try skip(step, index, reason: reason, keepsAnswers: true, progress)
            }
        } else if case .skipped(let reason, _) = call.route {
            return try skip(step, index, reason: reason, progress)
        }
        if isHeld, let stored {
            return try keep(stored, call, &progress)
        }
        if case .model = call.route, try leave(call, record: record.record, stored, &progress) {
            return
        }
        try await run(call, &progress)
    }

    /// Where a step's jobs go as far as that depends on no document.
    private func generalRoute(of step: Step) -> JobRouter.Route {
        let route = router.route(for: step)
        if case .skipped = route { return route }
        guard engines[step.verb] != nil else {
            return .skipped(reason: "nothing answers `\(step.verb)`", remedy: "")
        }
        return route
    }

    private func skip(
        _ step: Step,
        _ index: Int,
        reason: String,
        keepsAnswers: Bool = false,
        _ progress: Progress
    ) throws {
        let fingerprint = Fingerprint.job(
            step: step,
            record: pipeline.record,
            document: progress.document.sha256,
            inputs: [reason],
            engineVersion: ""
        ).description
        if let stored = progress.stored(index), stored.status == .skipped,
            stored.fingerprint == fingerprint, stored.reason == reason
        {
            return
        }
        try store.skipJob(
            run: run,
            pipeline: pipelineID,
            document: progress.id,
            stepIndex: index,
            verb: step.verb,
            fingerprint: fingerprint,
            reason: reason,
            keepsAnswers: keepsAnswers
        )
    }

    /// Whether a stored result is the one that the step would give.
    private func holds(_ stored: StoredJob, _ call: StepCall, _ progress: Progress) throws -> Bool {
        let version = plan.engineVersions[call.index]
        let refresh = progress.refresh(call.index, plan)
        // That there is no model tonight makes nothing stale.
        guard stored.status == .done, refresh != .all,
            refresh == .new || version.isEmpty || stored.engineVersion == version
        else { return false }
        return try stored.fingerprint == fingerprint(call, progress, version: stored.engineVersion)
            && !hasPagesToRetry(stored, call, progress)
    }

    /// Whether a `read` job is opened again for the pages that are missing: for those whose failure may pass in any run,
    /// for the others, such as those beyond a limit, once the plan is not the one that they were left under.
    private func hasPagesToRetry(
        _ stored: StoredJob,
        _ call: StepCall,
        _ progress: Progress
    ) throws -> Bool {
        guard case .read = call.step, progress.triesAgain(call.index) else { return false }
        let isOtherPlan = progress.state.outcome.map { !plan.made($0) } ?? false
        if isOtherPlan, stored.unreadPages > 0 { return true }
        return try store.pageOutcomes(stored.id).contains {
            switch $0 {
            case .read(let page): isOtherPlan && page.isCutShort
            case .failed(_, let failure): isOtherPlan || failure.reason.mayPass
            }
        }
    }

    private func keep(_ stored: StoredJob, _ call: StepCall, _ progress: inout Progress) throws {
        progress.facts.engineVersions[call.index] = stored.engineVersion
        if call.step.needsModel {
            progress.facts.answeredByModel.insert(call.index)
            progress.facts.doubts += stored.doubts
        }
        if case .read = call.step {
            try takePages(of: stored.id, unread: stored.unreadPages, &progress)
        }
    }

    /// Leaves a document waiting where it is not taken through the model now.
    ///
    /// - Returns: false where the model is to be asked.
    private func leave(
        _ call: StepCall,
        record: Record,
        _ stored: StoredJob?,
        _ progress: inout Progress
    ) throws -> Bool {
        switch progress.reach {
        case .throughModel: return false
        case .again:
            if let stored, let failure = stored.failure {
                progress.facts.engineVersions[call.index] = stored.engineVersion
                progress.facts.failedByModel.insert(call.index)
                progress.facts.stepFailures.append((call.step.verb, failure))
                return true
            }
        case .beforeModel: break
        }
        let why = call.step.condition?.isMet(by: record).reason
        progress.facts.waiting = Judgement.Waiting(
            step: call.index,
            why: why ?? "the step `\(call.step.verb)` needs it"
        )
        return true
    }
}

/// A step about to be applied to a document.
struct StepCall {
    let step: Step
    let index: Int
    let inputs: StepInputs
    /// What stands in the record before it.
    let chosen: [Candidate]
    let route: JobRouter.Route
}
