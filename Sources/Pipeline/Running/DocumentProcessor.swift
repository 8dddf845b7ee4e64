import Jobs
import PipelineSpec
import Records
import Scanning
import Storage

/// Takes one document through the steps of a pipeline, in order, leaving out what is already done.
///
/// Every page and every job's end is a transaction of its own, so that a process killed at any instant
/// loses at most the page in hand.
struct DocumentProcessor: Sendable {
    let pipeline: Pipeline
    let pipelineID: PipelineID
    let run: RunID
    let store: Store
    let engines: [String: any JobEngine]
    var plan: RunPlan
    let router: JobRouter
    let observer: any RunObserver
    let slots: EngineSlots

    /// Does what is not done yet.
    ///
    /// - Parameters:
    ///   - document: the open file.
    ///   - id: its row.
    ///   - dateOrder: how the folder prints its dates, as far as that is concluded.
    ///   - isRetrying: whether this is a try that counts, and pages that failed are read again.
    /// - Returns: what the jobs gave, ready to be judged.
    /// - Throws: `StoreError`, `CancellationError`; a failing document is data.
    func process(
        _ document: OpenDocument,
        id: DocumentID,
        dateOrder: DateOrder?,
        isRetrying: Bool = true
    ) async throws -> Judgement.Facts {
        let state = try store.documentState(pipeline: pipelineID, document: id)
        let attempts = state.outcome?.attempts ?? 0
        var progress = Progress(
            document: document,
            id: id,
            dateOrder: dateOrder,
            isRetrying: isRetrying,
            state: state,
            facts: Judgement.Facts(
                earlierAttempts: isRetrying ? attempts : max(0, attempts - 1),
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
                break
            }
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

    /// Judges what the jobs gave and stores it with the record: the last transaction of a document.
    func conclude(
        _ document: DocumentID,
        _ facts: Judgement.Facts,
        dateOrder: DateOrder?
    ) throws -> Judgement {
        let record = try self.record(of: document, dateOrder)
        var facts = facts
        facts.chosen = Dictionary(
            record.chosen.map { ($0.field, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        facts.rivals = record.rivals
        facts.ambiguousDates = record.record.ambiguousDates.sorted()
        facts.checks = try store.checkResults(pipeline: pipelineID, document: document)
        let judgement = Judgement.of(
            facts,
            record: pipeline.record,
            reviewBelow: pipeline.reviewBelow ?? Judgement.sureEnough
        )
        try store.finishDocument(
            run: run,
            pipeline: pipelineID,
            document: document,
            status: judgement.status,
            reason: judgement.reason,
            detail: judgement.detail,
            attempts: judgement.attempts,
            planFingerprint: plan.fingerprint(
                for: judgement.status,
                isRetried: judgement.isRetried
            ),
            engineFingerprint: plan.fingerprint(ofVersions: facts.engineVersions, byModel: []),
            confidence: judgement.confidence,
            needsReview: judgement.status == .review,
            chosen: record.chosenIDs
        )
        return judgement
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
    private struct Progress {
        let document: OpenDocument
        let id: DocumentID
        let dateOrder: DateOrder?
        let isRetrying: Bool
        let state: DocumentState
        var facts: Judgement.Facts
        /// Fingerprints of what the `read` jobs gave: a page that is read at last changes them.
        var texts: [String] = []

        func stored(_ index: Int) -> StoredJob? { state.jobs.first { $0.stepIndex == index } }
    }

    private func take(_ step: Step, _ index: Int, _ progress: inout Progress) async throws {
        guard case .skipped(let reason, _) = router.route(for: step) else {
            return try await answer(step, index, &progress)
        }
        try skip(step, index, reason: reason, progress)
    }

    private func skip(_ step: Step, _ index: Int, reason: String, _ progress: Progress) throws {
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
            reason: reason
        )
    }

    private func answer(_ step: Step, _ index: Int, _ progress: inout Progress) async throws {
        guard let engine = engines[step.verb] else {
            preconditionFailure("the router sent \(step.verb) to an engine that was not assembled")
        }
        let record = try self.record(of: progress.id, progress.dateOrder, beforeStep: index)
        let chosen = record.chosen
        if let condition = step.condition {
            let verdict = condition.isMet(by: record.record)
            guard verdict.isMet else {
                return try skip(step, index, reason: verdict.reason, progress)
            }
        }
        let inputs = inputs(of: step, progress: progress, chosen: chosen)
        func fingerprint(_ engineVersion: String) -> String {
            Fingerprint.job(
                step: step,
                record: pipeline.record,
                document: progress.document.sha256,
                inputs: inputs,
                engineVersion: engineVersion
            ).description
        }
        let version = engine.version(for: step)
        if let stored = progress.stored(index), stored.status == .done, plan.refresh != .all,
            plan.refresh == .new || stored.engineVersion == version,
            stored.fingerprint == fingerprint(stored.engineVersion),
            try !hasPagesToRetry(stored, step, progress)
        {
            progress.facts.engineVersions[index] = stored.engineVersion
            if case .read = step {
                try takePages(of: stored.id, unread: stored.unreadPages, &progress)
            }
            return
        }
        try await run(
            step,
            index,
            engine,
            version: version,
            fingerprint: fingerprint(version),
            chosen: chosen,
            &progress
        )
    }

    /// Whether a `read` job is opened again for the pages that are missing: for those whose failure may pass in any run,
    /// for the others, such as those beyond a limit, once the plan is not the one that they were left under.
    private func hasPagesToRetry(
        _ stored: StoredJob,
        _ step: Step,
        _ progress: Progress
    ) throws -> Bool {
        guard case .read = step, progress.isRetrying else { return false }
        let isOtherPlan = progress.state.outcome.map { !plan.made($0) } ?? false
        if isOtherPlan, stored.unreadPages > 0 { return true }
        return try store.pageOutcomes(stored.id).contains {
            switch $0 {
            case .read(let page): isOtherPlan && page.isCutShort
            case .failed(_, let failure): isOtherPlan || failure.reason.mayPass
            }
        }
    }

    private func run(
        _ step: Step,
        _ index: Int,
        _ engine: any JobEngine,
        version: String,
        fingerprint: String,
        chosen: [Candidate],
        _ progress: inout Progress
    ) async throws {
        let begun = try store.beginJob(
            run: run,
            pipeline: pipelineID,
            document: progress.id,
            stepIndex: index,
            verb: step.verb,
            fingerprint: fingerprint,
            engineVersion: version,
            route: router.route(for: step).engine,
            startOver: plan.refresh == .all
        )
        // Of a page that was cut short there may be more to read this time.
        let storedPages = begun.storedPages.compactMap {
            if case .read(let page) = $0, !page.isCutShort { page.number } else { nil }
        }
        let job = Job(
            document: progress.document,
            step: step,
            stepIndex: index,
            record: pipeline.record,
            limits: pipeline.input.limits,
            storedPages: Set(storedPages),
            pages: progress.facts.pages,
            candidates: chosen
        )
        let started = ContinuousClock.now
        do {
            let pageClock = PageClock(start: started)
            let result = try await slots.hold { [store, observer] in
                try await engine.answer(job) { page in
                    try store.storePage(begun.id, page, milliseconds: pageClock.lap())
                    observer.observe(.page(path: job.document.displayPath, number: page.number))
                }
            }
            if case .read = step {
                try takePages(of: begun.id, unread: result.unreadPages, &progress)
            }
            try store.finishJob(
                run: run,
                begun.id,
                result,
                milliseconds: started.duration(to: .now).milliseconds
            )
        } catch let failure as JobFailure {
            try store.failJob(
                run: run,
                begun.id,
                failure,
                milliseconds: started.duration(to: .now).milliseconds
            )
            throw failure
        }
    }

    private func takePages(of job: JobID, unread: Int, _ progress: inout Progress) throws {
        progress.facts.unreadPages += unread
        var pages: [PageText] = []
        for page in try store.pageOutcomes(job) {
            switch page {
            case .read(let text): pages.append(text)
            case .failed(let number, var failure):
                failure.page = number
                progress.facts.pageFailures.append(failure)
            }
        }
        progress.facts.pages += pages
        progress.texts.append(Fingerprint.text(pages).description)
        // A document of which no page could be read has failed, whatever its engine said.
        if progress.facts.pages.isEmpty, let failure = progress.facts.pageFailures.first {
            throw failure
        }
    }

    /// What a step builds on: a step that builds on equal inputs need not be done again.
    private func inputs(of step: Step, progress: Progress, chosen: [Candidate]) -> [String] {
        let record = Fingerprint.values(chosen).description
        return switch step {
        case .read: []
        case .find(let step): progress.texts + (step.when == nil ? [] : [record])
        case .check: [record]
        case .ask, .classify, .summarize: progress.texts + [record]
        }
    }

    private func record(
        of document: DocumentID,
        _ dateOrder: DateOrder?,
        beforeStep step: Int? = nil
    ) throws -> DocumentRecord {
        try DocumentRecord(
            of: document,
            pipeline: pipeline,
            pipelineID: pipelineID,
            store: store,
            dateOrder: dateOrder,
            beforeStep: step
        )
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}
