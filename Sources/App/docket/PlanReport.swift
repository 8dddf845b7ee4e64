import Foundation
import Jobs
import OCR
import PipelineSpec
import Records
import Running
import Scanning
import Storage
import SystemPackage

/// Shows what a run would do, by walking the folders beside the database without writing anything.
struct PlanReport {
    private static let filesShown = 10

    let pipelines: [Pipeline]
    let database: DatabaseOptions
    let model: RunModelOptions
    let refresh: RunOptions.Refresh
    var listsAllFiles = false
    let json: Bool

    init(
        _ pipelines: [Pipeline],
        database: DatabaseOptions,
        model: RunModelOptions,
        refresh: RunOptions.Refresh,
        listsAllFiles: Bool = false,
        json: Bool
    ) {
        self.pipelines = pipelines
        self.database = database
        self.model = model
        self.refresh = refresh
        self.listsAllFiles = listsAllFiles
        self.json = json
    }

    /// What a walk through a pipeline's folders came upon.
    private struct Survey {
        var new = 0
        var again = 0
        var unchanged = 0
        var stale = 0
        var vanished = 0
        var notFiles = 0
        /// Those of the unchanged ones that wait for the model.
        var waiting = 0
        /// Those that are done again because there is a model now, and will wake it; the first of them, with the reason.
        var waking = 0
        var wakingFiles: [(path: String, reason: String)] = []
        /// Those that are done again and will not wake it.
        var sleeping = 0
        var files: [(path: String, why: String)] = []
        var unreadable: [String] = []

        var found: Int { new + again + unchanged + notFiles }
    }

    /// Prints the plan of each pipeline.
    ///
    /// - Throws: `ScanError`, `StoreError`.
    func show() async throws {
        let store = try openStore()
        let assembly = Assembly(jobs: 1)
        var chooser = ModelChooser(model)
        for pipeline in pipelines {
            let model = try await chooser.model(of: pipeline)
            let plan = RunPlan(
                pipeline: pipeline,
                engines: assembly.engines(with: model),
                router: model.router,
                refresh: refresh
            )
            let survey = try survey(
                pipeline,
                plan: plan,
                store: store,
                forecast: forecast(pipeline, model, assembly, store)
            )
            let modelPlan = try ModelPlan(
                pipeline,
                model,
                unread: survey.new + survey.again - survey.waking - survey.sleeping,
                waiting: survey.waiting,
                waking: (survey.waking, survey.wakingFiles),
                store: store,
                listed: listsAllFiles ? .max : Self.filesShown
            )
            if json {
                Terminal.output(document(pipeline, model, survey, modelPlan).text)
            } else {
                show(pipeline, model, survey)
                for line in modelPlan?.lines ?? [] { Terminal.output(line) }
            }
        }
        await assembly.readEngine.shutdown()
    }

    private func openStore() throws -> Store? {
        do {
            return try database.openForReading()
        } catch StoreError.missing {
            return nil  // before the first run there is none, and everything is new
        }
    }

    /// Tells which documents will wake a model that was not there when they were read.
    private func forecast(
        _ pipeline: Pipeline,
        _ model: PipelineModel,
        _ assembly: Assembly,
        _ store: Store?
    ) throws -> ModelForecast? {
        guard model.model != nil, refresh != .all, let store,
            let stored = try store.pipeline(named: pipeline.name)
        else { return nil }
        return try ModelForecast(
            pipeline: pipeline,
            pipelineID: stored.id,
            folders: stored.folders.map(\.id),
            store: store,
            engines: assembly.engines(),
            router: model.router
        )
    }

    private func survey(
        _ pipeline: Pipeline,
        plan: RunPlan,
        store: Store?,
        forecast: ModelForecast?
    ) throws -> Survey {
        let stored = try store?.pipeline(named: pipeline.name)
        var survey = Survey()
        for folder in pipeline.input.folders {
            let known = stored?.folders.first { $0.path == folder }?.id
            let review = try FolderReview(
                scanner: DirectoryScanner(
                    folder: FilePath(folder),
                    include: pipeline.input.include.map { try Glob($0) },
                    exclude: pipeline.input.exclude.map { try Glob($0) }
                ),
                store: store,
                pipeline: stored?.id,
                folder: known,
                plan: plan
            )
            while let path = try review.next() {
                take(path, folder, plan, &survey)
                if let forecast, let known, case .needsWork(let file, let location?) = path,
                    file.stamp == location.stamp, location.isTrusted
                {
                    take(try forecast.verdict(on: location, in: known), file.path, &survey)
                }
            }
        }
        return survey
    }

    private func take(
        _ path: ReviewedPath,
        _ folder: String,
        _ plan: RunPlan,
        _ survey: inout Survey
    ) {
        switch path {
        case .unchanged(let known):
            survey.unchanged += 1
            if plan.waitsForModel(known) { survey.waiting += 1 }
            if plan.isStale(known) { survey.stale += 1 }
        case .needsWork(let file, let known):
            if known == nil { survey.new += 1 } else { survey.again += 1 }
            if listsAllFiles || survey.files.count < Self.filesShown {
                survey.files.append(
                    (displayPath(file.path), known.map { why($0, file) } ?? "new")
                )
            }
        case .notAFile: survey.notFiles += 1
        case .vanished: survey.vanished += 1
        case .unreachable, .note: break
        case .unreadableFolder(let path, let reason):
            survey.unreadable.append("\(displayPath(path, in: folder)): \(reason)")
        }
    }

    private func take(
        _ verdict: ModelForecast.Verdict,
        _ path: [UInt8],
        _ survey: inout Survey
    ) {
        switch verdict {
        case .unknown: break
        case .sleeps: survey.sleeping += 1
        case .wakes(let reason):
            survey.waking += 1
            if listsAllFiles || survey.wakingFiles.count < Self.filesShown {
                survey.wakingFiles.append((displayPath(path), reason))
            }
        }
    }

    private func why(_ known: KnownLocation, _ file: FoundFile) -> String {
        if known.pathStatus == .waiting { return "waiting from an earlier run" }
        if known.document == nil { return "could not be read before" }
        if known.stamp != file.stamp { return "changed" }
        if !known.isTrusted { return "too fresh when it was last seen: compared again" }
        return switch known.outcomeStatus {
        case .failed, .partial: "tried again"
        case nil: "begun by a run that did not end"
        default: "the pipeline changed, or what answers its steps"
        }
    }

    private func show(_ pipeline: Pipeline, _ model: PipelineModel, _ survey: Survey) {
        Terminal.output("\(pipeline.name)  (\(pipeline.file))")
        for folder in pipeline.input.folders { Terminal.output("  folder  \(folder)") }
        for (index, step) in pipeline.steps.enumerated() {
            let route = model.router.route(for: step)
            var line = "  step \(index + 1)  \(pad(step.verb, 10))"
            switch route {
            case .skipped(let reason, let remedy): line += "skipped: \(reason); \(remedy)"
            default: line += "route \(route.engine): \(route.reason)"
            }
            Terminal.output(line)
            if case .find(let find) = step, !find.forms.isEmpty {
                Terminal.output(
                    "          forms: " + find.forms.map(\.name).joined(separator: ", ")
                )
            }
            if let missing = Self.missing(for: step) {
                Terminal.output("          missing: \(missing)")
            }
        }
        Terminal.output(
            "  files   \(survey.found) found: \(survey.new) new, \(survey.again) to do again, "
                + "\(survey.unchanged - survey.waiting) done and unchanged"
                + (survey.waiting > 0 ? ", \(survey.waiting) waiting for the model" : "")
                + (survey.notFiles > 0 ? ", \(survey.notFiles) not files" : "")
                + (survey.vanished > 0 ? "; \(survey.vanished) gone since the last run" : "")
        )
        if survey.stale > 0 {
            Terminal.output(
                "          \(survey.stale) of these are of older engine versions (--refresh stale reads them again)"
            )
        }
        for file in survey.files { Terminal.output("          \(file.path)  (\(file.why))") }
        let hidden = survey.new + survey.again - survey.files.count
        if hidden > 0 { Terminal.output("          and \(hidden) more (--files lists all)") }
        for folder in survey.unreadable { Terminal.output("  unreadable  \(folder)") }
    }

    /// What a step needs and does not find on this machine, in words.
    private static func missing(for step: Step) -> String? {
        guard case .read(let step) = step, step.engine == nil else { return nil }
        do throws(JobFailure) {
            try LanguageModels.installed().require(step.languages)
            return nil
        } catch {
            return error.detail
        }
    }

    private func document(
        _ pipeline: Pipeline,
        _ model: PipelineModel,
        _ survey: Survey,
        _ modelPlan: ModelPlan?
    ) -> JSONValue {
        let steps = pipeline.steps.map { step -> JSONValue in
            let route = model.router.route(for: step)
            var remedy = JSONValue.null
            if case .skipped(_, let words) = route { remedy = .text(words) }
            return .object([
                "verb": .text(step.verb), "route": .text(route.engine),
                "reason": .text(route.reason), "remedy": remedy,
                "missing": Self.missing(for: step).map(JSONValue.text) ?? .null,
            ])
        }
        return .object([
            "pipeline": .text(pipeline.name),
            "folders": .list(pipeline.input.folders.map(JSONValue.text)), "steps": .list(steps),
            "found": .number(survey.found), "new": .number(survey.new),
            "again": .number(survey.again), "unchanged": .number(survey.unchanged),
            "model": modelPlan?.json ?? .null, "stale": .number(survey.stale),
            "vanished": .number(survey.vanished),
            "files": .list(
                survey.files.map { .object(["path": .text($0.path), "why": .text($0.why)]) }
            ),
            "unreadable_folders": .list(survey.unreadable.map(JSONValue.text)),
        ])
    }
}
