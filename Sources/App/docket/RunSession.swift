import ArgumentParser
import Energy
import Foundation
import Glibc
import Jobs
import OCR
import PipelineSpec
import Running
import Storage
import Answering

/// One `docket run`: the lock, the database, the engines and the signals around one or more pipelines.
struct RunSession {
    private let store: Store
    private let lock: RunLock
    private let pipelines: [Pipeline]
    /// The model of each pipeline.
    private let models: [PipelineModel]
    private let assembly: Assembly
    private let progress: RunProgress
    private let energy = EnergyMeter()
    private let isQuiet: Bool

    /// Takes the lock and opens the database.
    ///
    /// - Throws: `RunLockError`, `StoreError`, `Fault` for a folder that is not there.
    init(
        databasePath: String,
        pipelines: [Pipeline],
        models: [PipelineModel],
        jobs: Int,
        isQuiet: Bool
    ) throws {
        for folder in pipelines.flatMap(\.input.folders) {
            var isFolder: ObjCBool = false
            guard unsafe FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder)
            else {
                throw Fault(
                    .noInput,
                    "\(folder): no such folder; check `input: folders:` or --input"
                )
            }
            guard isFolder.boolValue else {
                throw Fault(.noInput, "\(folder): not a folder; name the folder that holds it")
            }
        }
        try Self.refuseForeign(databasePath)
        try Self.requireLanguages(of: pipelines)
        lock = try RunLock.acquire(
            databasePath: databasePath,
            pipeline: pipelines.map(\.name).joined(separator: ", ")
        )
        store = try Store(path: databasePath, mode: .create)
        self.pipelines = pipelines
        self.models = models
        self.isQuiet = isQuiet
        assembly = Assembly(jobs: jobs)
        progress = RunProgress(isQuiet: isQuiet, energy: energy)
    }

    /// Refuses a file that is no database before a lock is put beside it: `--database letter.pdf` is a mistake.
    private static func refuseForeign(_ path: String) throws(StoreError) {
        // What cannot be opened is told by the database itself, with the reason.
        guard let file = FileHandle(forReadingAtPath: path) else { return }
        let start = Array(file.readData(ofLength: 16))
        guard start.isEmpty || start == Array("SQLite format 3\0".utf8) else {
            throw .notADatabase(path: path)
        }
    }

    /// A language that is missing would fail every document; it is said once instead, before any is touched.
    private static func requireLanguages(of pipelines: [Pipeline]) throws {
        let models = LanguageModels.installed()
        for pipeline in pipelines {
            for case .read(let step) in pipeline.steps where step.engine == nil {
                do throws(JobFailure) {
                    try models.require(step.languages)
                } catch {
                    throw Fault(.noInput, "\(pipeline.file): \(error.detail)")
                }
            }
        }
    }

    /// Runs the pipelines one after the other.
    ///
    /// - Returns: how the program shall end.
    func run(options: RunOptions, json: Bool, notify: String?) async throws -> ExitStatus {
        let stop = StopRequest()
        let work = Task { try await runAll(options: options, stop: stop) }
        let progress = progress
        let signals = CommandSignals(atOnce: { work.cancel() }) {
            stop.make(reason: "interrupted")
            progress.observe(.stopping(inHand: progress.inHandCount))
        }
        let outcome = await work.result
        await assembly.readEngine.shutdown()
        progress.clear()
        switch outcome {
        case .failure(let error):
            Notification.send(
                notify,
                line: "docket run failed: \(Fault(error)?.message ?? "\(error)")"
            )
            if error is CancellationError {
                throw Fault(
                    signals.status ?? .interrupted,
                    "interrupted at once; the next run goes on from here"
                )
            }
            throw error
        case .success(let reports):
            for (report, joules) in reports {
                let summary = RunSummaryText(
                    report,
                    energy: joules,
                    folders: pipelines.first { $0.name == report.pipeline }?.input.folders ?? [],
                    store: store
                )
                if json { Terminal.output(summary.json) }
                if !isQuiet { Terminal.error(summary.text) }
            }
            let reports = reports.map(\.report)
            let status = status(of: reports, signal: signals.status)
            if status != .success {
                Notification.send(
                    notify,
                    line: reports.map { ConservationLine.text($0.tally) }.joined(separator: "\n")
                )
            }
            return status
        }
    }

    private typealias Metered = (report: RunReport, energy: Result<Double, EnergyFault>)

    private func runAll(options: RunOptions, stop: StopRequest) async throws -> [Metered] {
        var reports: [Metered] = []
        for (pipeline, model) in zip(pipelines, models)
        where reports.isEmpty || stop.madeBecause == nil {
            // A walk of its own, far ahead of the reading, tells how much there is to do.
            async let counted: Void = FileCount.tell(pipeline, to: progress)
            let before = joules
            let report = try await Runner(
                pipeline: pipeline,
                store: store,
                engines: assembly.engines(with: model),
                router: model.router,
                modelWidth: model.model?.width ?? 1,
                options: options,
                observer: progress,
                stop: stop
            ).run()
            let after = joules
            reports.append((report, after.flatMap { end in before.map { end - $0 } }))
            await counted
        }
        return reports
    }

    /// What the processor used since the session began.
    private var joules: Result<Double, EnergyFault> {
        Result { () throws(EnergyFault) in try energy.joules() }
    }

    private func status(of reports: [RunReport], signal: ExitStatus?) -> ExitStatus {
        if let signal { return signal }
        let isFlawed = reports.contains {
            $0.tally[.failed] + $0.tally[.quarantined] > 0 || !$0.unreadableFolders.isEmpty
        }
        return isFlawed ? .someFailed : .success
    }
}

/// `--notify COMMAND`.
enum Notification {
    /// Runs the command by the shell with the line in `$DOCKET_SUMMARY`; its failure is said, not thrown.
    static func send(_ command: String?, line: String) {
        guard let command else { return }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["DOCKET_SUMMARY": line],
            uniquingKeysWith: { _, new in new }
        )
        do {
            try process.run()
            process.waitUntilExit()
            if process.terminationStatus != 0 {
                Terminal.error(
                    "docket: --notify '\(command)' ended with \(process.terminationStatus)"
                )
            }
        } catch {
            Terminal.error("docket: --notify '\(command)' could not be started: \(error)")
        }
    }
}
