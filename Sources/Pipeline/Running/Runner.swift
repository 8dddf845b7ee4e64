import Foundation
public import Jobs
public import PipelineSpec
import Records
import Scanning
public import Storage
import SystemPackage

/// Runs one pipeline: walks its folders, works on what is new or changed, stores, and accounts for every path.
public struct Runner: Sendable {
    private let pipeline: Pipeline
    private let store: Store
    private let engines: [String: any JobEngine]
    private let router: JobRouter
    private let modelWidth: Int
    private let modelPatience: ModelPatience
    private let options: RunOptions
    private let observer: any RunObserver
    private let stop: StopRequest

    /// Creates a runner.
    ///
    /// - Parameters:
    ///   - pipeline: with the folders to walk, absolute.
    ///   - store: the database, open for writing.
    ///   - engines: by the verb of the steps that they answer.
    ///   - router: decides which steps go to the model, and knows whether there is one.
    ///   - modelWidth: how many documents the model answers at once.
    ///   - modelPatience: how it is waited for when it cannot be asked for the moment.
    ///   - options: what a person asked of this run.
    ///   - observer: who is told what happens.
    ///   - stop: how the run is asked to end early.
    public init(
        pipeline: Pipeline,
        store: Store,
        engines: [String: any JobEngine],
        router: JobRouter = JobRouter(),
        modelWidth: Int = 1,
        modelPatience: ModelPatience = ModelPatience(),
        options: RunOptions,
        observer: any RunObserver,
        stop: StopRequest
    ) {
        self.pipeline = pipeline
        self.store = store
        self.engines = engines
        self.router = router
        self.modelWidth = max(1, modelWidth)
        self.modelPatience = modelPatience
        self.options = options
        self.observer = observer
        self.stop = stop
    }

    /// Runs to the end, or to a clean stop.
    ///
    /// - Returns: what became of every path.
    /// - Throws: `StoreError` when results cannot be stored, `ScanError` when a folder cannot be walked,
    ///   `CancellationError` when the task was cancelled; a failing document is no error.
    public func run() async throws -> RunReport {
        let plan = RunPlan(
            pipeline: pipeline,
            engines: engines,
            router: router,
            refresh: options.refresh
        )
        let started = try store.beginRun(
            pipeline: pipeline,
            folders: pipeline.input.folders,
            planFingerprint: plan.steps,
            at: RunReport.timestamp()
        )
        let clock = ContinuousClock.now
        do {
            var report = RunReport(run: started.run, pipeline: pipeline.name)
            report.resumed = started.interruptedRuns
            report.skippedSteps = skippedSteps
            let work = work(for: started, plan: plan)
            let resolution = DateOrderResolution(
                pipeline: pipeline,
                pipelineID: started.pipeline,
                store: store
            )
            let folders = zip(started.folders, pipeline.input.folders.map { FilePath($0) })
            for (folder, root) in folders {
                let pass = FolderPass(
                    started: started,
                    folder: folder,
                    root: root,
                    dateOrder: try resolution.concluded(for: folder),
                    pipeline: pipeline,
                    store: store,
                    plan: plan,
                    options: options,
                    observer: observer,
                    stop: stop,
                    work: work
                )
                try await pass.walk(into: &report)
            }
            let roots = Dictionary(
                folders.map { ($0, $1) },
                uniquingKeysWith: { first, _ in first }
            )
            func resolve() async throws {
                for (folder, root) in folders {
                    try await resolution.resolve(folder) { document, order in
                        try await work.redo(
                            document,
                            folder: folder,
                            root: OpenFolder(root),
                            dateOrder: order
                        )
                    }
                }
            }
            // First: what the folder's dates decide, no model has to be asked for.
            try await resolve()
            try await askModel(
                ModelPhase(
                    started: started,
                    roots: roots,
                    pipeline: pipeline,
                    store: store,
                    options: options,
                    observer: observer,
                    stop: stop,
                    work: work,
                    resolution: resolution,
                    width: modelWidth,
                    patience: modelPatience
                ),
                into: &report,
                resolve: resolve
            )
            report.stoppedBecause = stop.madeBecause
            report.milliseconds = clock.duration(to: .now).milliseconds
            try conclude(&report, started)
            return report
        } catch let fault as RunFault {
            throw fault  // the run's row was closed with the line that does not add up
        } catch {
            let counts =
                (try? store.tally(pipeline: started.pipeline, folders: started.folders)) ?? [:]
            // The error that ended the run is the one to tell; that its row cannot be closed is part of it.
            try? store.finishRun(
                started.run,
                state: error is CancellationError ? .interrupted : .failed,
                tally: Tally(found: counts.values.reduce(0, +), counts: counts),
                summary: RunReport.failure(error),
                at: RunReport.timestamp()
            )
            throw error
        }
    }

    /// Most passes through the queue: what the model finds may decide dates of other documents, which may then wait for it.
    private static let mostPasses = 2

    /// Whether any step goes to the model.
    private var hasModelSteps: Bool {
        pipeline.steps.contains { if case .model = router.route(for: $0) { true } else { false } }
    }

    private func askModel(
        _ phase: ModelPhase,
        into report: inout RunReport,
        resolve: () async throws -> Void
    ) async throws {
        guard hasModelSteps else { return }
        var phase = phase
        do {
            for _ in 0..<Self.mostPasses {
                guard try await phase.pass(into: &report) > 0 else { break }
                try await resolve()
            }
        } catch {
            await unload()
            throw error
        }
        await unload()
        report.model = phase.work.processor.modelWork.total
        report.unavailable = phase.unavailable
        report.waitingForModel = try store.countWaitingForModel(
            pipeline: phase.started.pipeline,
            folders: phase.started.folders
        )
    }

    private func unload() async {
        for verb in Set(pipeline.steps.filter(\.needsModel).map(\.verb)) {
            await engines[verb]?.unload()
        }
    }

    private func work(for started: StartedRun, plan: RunPlan) -> DocumentWork {
        DocumentWork(
            run: started.run,
            pipelineID: started.pipeline,
            pipeline: pipeline,
            store: store,
            plan: plan,
            observer: observer,
            processor: DocumentProcessor(
                pipeline: pipeline,
                pipelineID: started.pipeline,
                run: started.run,
                store: store,
                engines: engines,
                plan: plan,
                router: router,
                observer: observer,
                slots: EngineSlots(count: options.jobs),
                modelWork: ModelWorkLog()
            )
        )
    }

    private var skippedSteps: [RunReport.SkippedStep] {
        pipeline.steps.compactMap { step in
            guard case .skipped(let reason, let remedy) = router.route(for: step) else {
                return nil
            }
            return RunReport.SkippedStep(verb: step.verb, reason: reason, remedy: remedy)
        }
    }

    private func conclude(_ report: inout RunReport, _ started: StartedRun) throws {
        report.tally = Tally(
            found: report.found,
            counts: try store.tally(pipeline: started.pipeline, folders: started.folders)
        )
        try store.finishRun(
            started.run,
            state: !report.tally.isConserved
                ? .failed : report.stoppedBecause == nil ? .finished : .interrupted,
            tally: report.tally,
            summary: report.json,
            at: RunReport.timestamp()
        )
        guard report.tally.isConserved else {
            throw RunFault.notConserved(report.tally)
        }
    }
}

/// A fault of Docket's own that a run came upon.
public enum RunFault: Error, Sendable {
    /// A path was found that has no status, or two.
    case notConserved(Tally)
}
