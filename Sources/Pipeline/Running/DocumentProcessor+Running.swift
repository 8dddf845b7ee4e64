import Jobs
import PipelineSpec
import Records
import Storage

extension DocumentProcessor {
    /// The fingerprint of a job under an engine's version.
    func fingerprint(_ call: StepCall, _ progress: Progress, version: String) -> String {
        Fingerprint.job(
            step: call.step,
            record: pipeline.record,
            document: progress.document.sha256,
            inputs: call.inputs.digests,
            engineVersion: version
        ).description
    }

    /// Has an engine answer a step, and stores what comes as it comes.
    ///
    /// - Throws: `StoreError`, `CancellationError`, and `JobFailure` of a step without which the others make no sense.
    func run(_ call: StepCall, _ progress: inout Progress) async throws {
        guard let engine = engines[call.step.verb] else { return }
        let version = plan.engineVersions[call.index]
        let begun = try store.beginJob(
            run: run,
            pipeline: pipelineID,
            document: progress.id,
            stepIndex: call.index,
            verb: call.step.verb,
            fingerprint: fingerprint(call, progress, version: version),
            engineVersion: version,
            route: call.route.engine,
            routeReason: call.route.reason,
            startOver: progress.refresh(call.index, plan) == .all
        )
        let started = ContinuousClock.now
        let isModels = if case .model = call.route { true } else { false }
        let answers = AnswerKeeping(
            begun,
            store: store,
            start: started,
            log: isModels ? modelWork : nil
        )
        let job = job(call, begun, answers, progress)
        do {
            let result = try await answer(job, by: engine, begun.id, start: started)
            if case .read = call.step {
                try takePages(of: begun.id, unread: result.unreadPages, &progress)
            }
            try store.finishJob(
                run: run,
                begun.id,
                result,
                milliseconds: started.duration(to: .now).milliseconds,
                answers: call.step.needsModel ? answers.places : nil
            )
            if call.step.needsModel {
                progress.facts.answeredByModel.insert(call.index)
                progress.facts.doubts += result.doubts
            }
        } catch let unavailable as EngineUnavailable {
            // The job stays begun: answers that it has are taken up by the next run.
            progress.facts.waiting = Judgement.Waiting(
                step: call.index,
                why: unavailable.reason,
                unavailable: unavailable
            )
        } catch let failure as JobFailure {
            try store.failJob(
                run: run,
                begun.id,
                failure,
                milliseconds: started.duration(to: .now).milliseconds
            )
            // Text and rules stand without a model's answer.
            guard call.step.needsModel else { throw failure }
            progress.facts.stepFailures.append((call.step.verb, failure))
            progress.facts.failedByModel.insert(call.index)
        }
    }

    /// Milliseconds between the frames of a video that are its pages.
    private var framesEvery: Int {
        let reads = pipeline.steps.compactMap { if case .read(let step) = $0 { step } else { nil } }
        return reads.first?.framesEvery ?? ReadStep.usualFramesEvery
    }

    private func job(
        _ call: StepCall,
        _ begun: BegunJob,
        _ answers: AnswerKeeping,
        _ progress: Progress
    ) -> Job {
        // Of a page that was cut short there may be more to read this time.
        let storedPages = begun.storedPages.compactMap {
            if case .read(let page) = $0, !page.isCutShort { page.number } else { nil }
        }
        var turn: Turn?
        if case .throughModel(let place) = progress.reach { turn = place }
        return Job(
            document: progress.document,
            step: call.step,
            stepIndex: call.index,
            record: pipeline.record,
            limits: pipeline.input.limits,
            storedPages: Set(storedPages),
            framesEvery: framesEvery,
            pages: progress.facts.pages,
            candidates: call.chosen,
            route: call.route,
            turn: turn,
            storedAnswers: begun.storedAnswers,
            keepAnswer: { try answers.keep($0) }
        )
    }

    private func answer(
        _ job: Job,
        by engine: any JobEngine,
        _ id: JobID,
        start: ContinuousClock.Instant
    ) async throws -> JobResult {
        let pageClock = PageClock(start: start)
        let answer = { @Sendable [store, observer] in
            try await engine.answer(job) { page in
                try store.storePage(id, page, milliseconds: pageClock.lap())
                observer.observe(.page(path: job.document.displayPath, number: page.number))
            }
        }
        // Whoever is before the model has its place already.
        if case .model = job.route { return try await answer() }
        return try await slots.hold(answer)
    }

    /// Takes the pages of a `read` job into what is known of the document.
    ///
    /// - Throws: `StoreError`, and `JobFailure` where no page could be read.
    func takePages(of job: JobID, unread: Int, _ progress: inout Progress) throws {
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
        // Other frames of a video may have the same words, or none.
        if progress.facts.isVideo { progress.texts.append("every \(framesEvery)") }
        // A document of which no page could be read has failed, whatever its engine said.
        if progress.facts.pages.isEmpty, let failure = progress.facts.pageFailures.first {
            throw failure
        }
    }

    /// Judges what the jobs gave and stores it with the record: the last transaction of a document.
    func conclude(
        _ document: DocumentID,
        _ facts: Judgement.Facts,
        dateOrder: DateOrder?
    ) throws -> Judgement {
        let record = try DocumentRecord(
            of: document,
            pipeline: pipeline,
            pipelineID: pipelineID,
            store: store,
            dateOrder: dateOrder,
            beforeStep: nil
        )
        var facts = facts
        facts.chosen = Dictionary(
            record.chosen.map { ($0.field, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        facts.rivals = record.rivals
        facts.unprinted = record.unprinted
        facts.ambiguousDates = record.record.ambiguousDates.sorted()
        facts.checks = try store.checkResults(pipeline: pipelineID, document: document)
        let judgement = Judgement.of(
            facts,
            record: pipeline.record,
            reviewBelow: pipeline.reviewBelow ?? Judgement.sureEnough
        )
        let expected = try judgement.waitingAt.map { step in
            // What a changed step has answered before still stands in the record, and promises nothing any more.
            let before = try DocumentRecord(
                of: document,
                pipeline: pipeline,
                pipelineID: pipelineID,
                store: store,
                dateOrder: dateOrder,
                beforeStep: step
            )
            return ExpectedGain(pipeline: pipeline, router: router, fromStep: step)
                .work(record: before.record, pageCount: facts.pages.count)
        }
        try store.finishDocument(
            run: run,
            pipeline: pipelineID,
            document: document,
            status: judgement.status,
            reason: judgement.reason,
            detail: judgement.detail,
            attempts: judgement.attempts,
            planFingerprint: judgement.waitingAt.map { plan.fingerprint(waitingAt: $0) }
                ?? plan.fingerprint(for: judgement.status, isRetried: judgement.isRetried),
            engineFingerprint: plan.fingerprint(
                ofVersions: facts.engineVersions,
                byModel: facts.answeredByModel,
                failed: facts.failedByModel
            ),
            confidence: judgement.confidence,
            needsReview: judgement.status == .review,
            chosen: record.chosenIDs,
            expectedWork: expected
        )
        return judgement
    }
}

extension StoredJob {
    /// Why it failed; nil where it did not.
    var failure: JobFailure? {
        guard status == .failed, let reason = reason.flatMap({ FailureReason(rawValue: $0) })
        else { return nil }
        return JobFailure(reason, detail ?? "", page: page)
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}
