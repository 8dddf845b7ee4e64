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
    let refresh: RunOptions.Refresh
    var listsAllFiles = false
    let json: Bool

    init(
        _ pipelines: [Pipeline],
        database: DatabaseOptions,
        refresh: RunOptions.Refresh,
        listsAllFiles: Bool = false,
        json: Bool
    ) {
        self.pipelines = pipelines
        self.database = database
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
        for pipeline in pipelines {
            let plan = RunPlan(pipeline: pipeline, engines: assembly.engines, refresh: refresh)
            let survey = try survey(pipeline, plan: plan, store: store)
            if json {
                Terminal.output(document(pipeline, survey).text)
            } else {
                show(pipeline, survey)
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

    private func survey(_ pipeline: Pipeline, plan: RunPlan, store: Store?) throws -> Survey {
        let stored = try store?.pipeline(named: pipeline.name)
        var survey = Survey()
        for folder in pipeline.input.folders {
            let review = try FolderReview(
                scanner: DirectoryScanner(
                    folder: FilePath(folder),
                    include: pipeline.input.include.map { try Glob($0) },
                    exclude: pipeline.input.exclude.map { try Glob($0) }
                ),
                store: store,
                pipeline: stored?.id,
                folder: stored?.folders.first { $0.path == folder }?.id,
                plan: plan
            )
            while let path = try review.next() { take(path, folder, plan, &survey) }
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

    private func why(_ known: KnownLocation, _ file: FoundFile) -> String {
        if known.pathStatus == .waiting { return "waiting from an earlier run" }
        if known.document == nil { return "could not be read before" }
        if known.stamp != file.stamp { return "changed" }
        if !known.isTrusted { return "too fresh when it was last seen: compared again" }
        return switch known.outcomeStatus {
        case .failed, .partial: "tried again"
        case nil: "begun by a run that did not end"
        default: "the pipeline changed"
        }
    }

    private func show(_ pipeline: Pipeline, _ survey: Survey) {
        Terminal.output("\(pipeline.name)  (\(pipeline.file))")
        for folder in pipeline.input.folders { Terminal.output("  folder  \(folder)") }
        for (index, step) in pipeline.steps.enumerated() {
            let route = JobRouter().route(for: step)
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
                + "\(survey.unchanged) done and unchanged"
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

    private func document(_ pipeline: Pipeline, _ survey: Survey) -> JSONValue {
        let steps = pipeline.steps.map { step -> JSONValue in
            let route = JobRouter().route(for: step)
            return .object([
                "verb": .text(step.verb), "route": .text(route.engine),
                "reason": .text(route.reason),
                "missing": Self.missing(for: step).map(JSONValue.text) ?? .null,
            ])
        }
        return .object([
            "pipeline": .text(pipeline.name),
            "folders": .list(pipeline.input.folders.map(JSONValue.text)), "steps": .list(steps),
            "found": .number(survey.found), "new": .number(survey.new),
            "again": .number(survey.again), "unchanged": .number(survey.unchanged),
            "stale": .number(survey.stale), "vanished": .number(survey.vanished),
            "files": .list(
                survey.files.map { .object(["path": .text($0.path), "why": .text($0.why)]) }
            ),
            "unreadable_folders": .list(survey.unreadable.map(JSONValue.text)),
        ])
    }
}
