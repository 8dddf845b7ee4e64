import ArgumentParser
import Running

/// `docket plan`.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what `run` would do: files, steps, routes, what is already done.",
        usage: "docket plan [<options>] <pipelines> ...",
        discussion: """
            Nothing is read but the folders and the database, and nothing is written. A server that --model names is \
            asked which models it has; no document is sent to it.

            Examples:
              docket plan pipelines/receipts.yaml
              docket plan pipelines/receipts.yaml --input ~/Scans --files
            """
    )

    @Argument(help: "The pipelines.", completion: .file(extensions: ["yaml", "yml"]))
    var pipelines: [String]

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var input: InputOptions
    @OptionGroup(title: "Model") var model: RunModelOptions

    @Option(help: "What of older engines' results would be made again: new, stale or all.")
    var refresh: RunOptions.Refresh = .new

    @Flag(help: "List every file that would be read, not only the first ones.")
    var files = false

    @Flag(help: "Print JSON to standard output.")
    var json = false

    func run() async throws {
        try await PlanReport(
            PipelineArguments.read(pipelines, input: input),
            database: database,
            model: model,
            refresh: refresh,
            listsAllFiles: files,
            json: json
        ).show()
    }
}
