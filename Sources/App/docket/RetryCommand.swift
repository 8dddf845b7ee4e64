import ArgumentParser
import Jobs
import PipelineSpec
import Scanning
import Storage

/// `docket retry`.
struct RetryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract:
            "Let the next run try failed and quarantined documents again, and failed steps of a model.",
        discussion: """
            Examples:
              docket retry pipelines/receipts.yaml && docket run pipelines/receipts.yaml
              docket retry pipelines/receipts.yaml --only '2025/*.pdf'
            """
    )

    @Argument(help: "The pipeline.", completion: .file(extensions: ["yaml", "yml"]))
    var pipeline: String

    @Option(help: ArgumentHelp("Only paths that match.", valueName: "glob"))
    var only: String?

    @OptionGroup var database: DatabaseOptions

    @Flag(help: "Print JSON to standard output.")
    var json = false

    func validate() throws {
        if let only { try validateGlob(only, option: "--only") }
    }

    func run() throws {
        let spec = try PipelineArguments.read(pipeline)
        let lock = try RunLock.acquire(databasePath: database.path, pipeline: spec.name)
        defer { withExtendedLifetime(lock) {} }
        let store = try database.openForWriting()
        guard let stored = try store.pipeline(named: spec.name) else {
            throw StoreError.noSuchPipeline(spec.name, known: try store.pipelineNames())
        }
        let glob = try only.map { try Glob($0) }
        let count = try store.retry(
            pipeline: stored.id,
            matching: glob.map { glob in { glob.matches($0) } }
        )
        if json {
            Terminal.output(JSONValue.object(["documents": .number(count)]).text)
        } else {
            Terminal.error(
                count == 0
                    ? "nothing failed: nothing to try again"
                    : "\(count) \(count == 1 ? "document" : "documents") will be tried again by the next run"
            )
        }
    }
}
