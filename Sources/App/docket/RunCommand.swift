public import ArgumentParser
import Foundation
import PipelineSpec
public import Running
import Storage
import Jobs

/// `docket run`.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Scan, read, store. Safe to repeat, safe to kill.",
        discussion: """
            Only what is new or changed since the last run is worked on. Ctrl-C finishes the documents \
            in hand and leaves the rest for the next run; a second Ctrl-C stops at once, and still \
            nothing is lost.

            Examples:
              docket run pipelines/receipts.yaml
              docket run pipelines/receipts.yaml --input ~/Scans --database scans.sqlite
              docket run pipelines/*.yaml --quiet --until 06:00
              docket run pipelines/receipts.yaml --model ~/models/Qwen3-VL-2B-Instruct
              docket run pipelines/receipts.yaml --limit 10 --only '2025/**'

            Exit status: 0 every document accounted for and none failed; 1 some failed; 64 wrong \
            command line; 65 wrong pipeline; 66 input folder missing, or a model with --require-model; 73 database cannot be written; \
            75 another run holds the database; 130 interrupted.
            """
    )

    @Argument(
        help: "Pipelines to run, one after the other.",
        completion: .file(extensions: ["yaml", "yml"])
    )
    var pipelines: [String]

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var input: InputOptions
    @OptionGroup(title: "Model") var model: RunModelOptions

    @Option(name: .shortAndLong, help: "Documents worked on at once; else one a core.")
    var jobs: Int?

    @Option(help: "Most files to open in this run; the rest waits for the next.")
    var limit: Int?

    @Option(help: ArgumentHelp("Work only on paths that match.", valueName: "glob"))
    var only: String?

    @Option(
        help: ArgumentHelp(
            "Begin no document after this time of day (24 hours).",
            valueName: "hh:mm"
        )
    )
    var until: TimeOfDay?

    @Option(
        help: "Results of older engines: left (new), made again (stale), or everything again (all)."
    )
    var refresh: RunOptions.Refresh = .new

    @Flag(help: "Do everything again, as --refresh all.")
    var force = false

    @Flag(help: "Fail with 66 when a step needs a language model and there is none.")
    var requireModel = false

    @Flag(name: .customLong("dry-run"), help: "Show what would be done, as `docket plan`.")
    var dryRun = false

    @Option(
        help: ArgumentHelp(
            "Run this by the shell after a run that was not clean; $DOCKET_SUMMARY holds the line.",
            valueName: "command"
        )
    )
    var notify: String?

    @Flag(name: .shortAndLong, help: "Print nothing but errors.")
    var quiet = false

    @Flag(help: "Print the summary as JSON to standard output.")
    var json = false

    func validate() throws {
        if let jobs, !(1...256).contains(jobs) {
            throw ValidationError("--jobs \(jobs): expected 1 to 256")
        }
        if let limit, limit < 0 { throw ValidationError("--limit \(limit): expected 0 or more") }
        if let only { try validateGlob(only, option: "--only") }
    }

    func run() async throws {
        let specs = try PipelineArguments.read(pipelines, input: input)
        if dryRun {
            return try await PlanReport(
                specs,
                database: database,
                model: model,
                refresh: force ? .all : refresh,
                json: json
            ).show()
        }
        let models = try await models(of: specs)
        let session = try RunSession(
            databasePath: database.path,
            pipelines: specs,
            models: models,
            jobs: jobs ?? Assembly.coreCount,
            isQuiet: quiet || json
        )
        let worst = try await session.run(
            options: RunOptions(
                jobs: jobs ?? Assembly.coreCount,
                limit: limit,
                only: only,
                until: until?.nextInstant(),
                refresh: force ? .all : refresh
            ),
            json: json,
            notify: notify
        )
        if worst != .success { throw ExitCode(worst.rawValue) }
    }

    /// The model of each pipeline.
    private func models(of pipelines: [Pipeline]) async throws -> [PipelineModel] {
        var chooser = ModelChooser(model)
        var models: [PipelineModel] = []
        for pipeline in pipelines {
            let model = try await chooser.model(of: pipeline)
            if requireModel { try require(model, for: pipeline) }
            if !quiet { for warning in model.warnings { Terminal.error("docket: \(warning)") } }
            models.append(model)
        }
        return models
    }

    private func require(_ model: PipelineModel, for pipeline: Pipeline) throws(Fault) {
        for step in pipeline.steps {
            let (reason, remedy): (String, String)
            switch model.router.route(for: step) {
            case .skipped(let why, let help): (reason, remedy) = (why, help)
            case .model:
                guard let absence = model.absence else { continue }
                (reason, remedy) = (absence.reason, absence.remedy)
            case .text, .rules, .checks: continue
            }
            throw Fault(
                .noInput,
                "\(pipeline.name): the step `\(step.verb)` needs a language model: \(reason); \(remedy)"
            )
        }
    }
}

extension RunOptions.Refresh: ExpressibleByArgument {}

/// Where documents come from, when not from the pipeline's own folders.
struct InputOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Folder to walk instead of the pipeline's own; may be repeated.",
            valueName: "folder"
        ),
        completion: .directory
    )
    var input: [String] = []
}
