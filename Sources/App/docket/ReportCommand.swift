import ArgumentParser
import PipelineSpec
import Reporting
import Storage

/// `docket report`.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Measure how far a pipeline's results can be trusted.",
        subcommands: [ReportCalibrationCommand.self]
    )
}

/// `docket report calibration`.
struct ReportCalibrationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibration",
        abstract: "Hold confidences against documents whose truth is known.",
        usage: "docket report calibration [<options>] --truth <file> <pipeline>",
        discussion: """
            The truth is a file of JSON lines, each an object with `file` and the fields that are known of \
            it (a list accepts any of its texts, null says that the document has no such value), or a \
            table such as a corrected `docket export`, with the column `path`. Shown are how often each \
            field is right, how often values of each confidence are right, and which errors remain when \
            only the surest values are kept. The same input gives the same figures.

            Examples:
              docket report calibration pipelines/receipts.yaml --truth truth.jsonl
              docket report calibration pipelines/receipts.yaml --truth truth.jsonl --map company=merchant
              docket report calibration pipelines/receipts.yaml --truth corrected.csv --json
            """
    )

    @Argument(help: "The pipeline.", completion: .file(extensions: ["yaml", "yml"]))
    var pipeline: String

    @Option(
        help: ArgumentHelp("What is true: JSON lines, or a table (.csv, .tsv).", valueName: "file"),
        completion: .file()
    )
    var truth: String

    @Option(
        help: ArgumentHelp(
            "A key of the truth that means a field of another name; may be repeated.",
            valueName: "key=field"
        )
    )
    var map: [String] = []

    @OptionGroup var database: DatabaseOptions

    @Flag(help: "Print JSON to standard output.")
    var json = false

    func run() throws {
        let spec = try PipelineArguments.read(pipeline)
        let report = try CalibrationReport(
            pipeline: spec.name,
            record: spec.record,
            truth: try TruthFile(path: absolutePath(truth)),
            names: try names(),
            store: try database.openForReading()
        )
        let text = CalibrationText(report: report, pipeline: spec.name)
        if json {
            Terminal.output(text.json.text)
        } else {
            for line in text.lines { Terminal.output(line) }
            for note in text.notes { Terminal.error(note) }
        }
    }

    private func names() throws -> [String: String] {
        var names: [String: String] = [:]
        for pair in map.flatMap({ $0.split(separator: ",") }) {
            let parts = pair.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
                throw Fault(.usage, "--map '\(pair)': expected KEY=FIELD, such as company=merchant")
            }
            names[String(parts[0])] = String(parts[1])
        }
        return names
    }
}
