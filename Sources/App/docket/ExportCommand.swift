public import ArgumentParser
public import Exporting
import Jobs
import PipelineSpec
import Records
import Storage

/// `docket export`.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write records as CSV, TSV, JSON Lines or JSON.",
        usage: "docket export [<options>] <pipeline>",
        discussion: """
            One row for every present file, in the order of their paths. A file given with --output \
            appears when it is whole; an earlier one stays until then.

            Examples:
              docket export pipelines/receipts.yaml --output receipts.csv
              docket export pipelines/receipts.yaml --profile excel --locale de_DE -o receipts.csv
              docket export pipelines/receipts.yaml --rows items
              docket export pipelines/receipts.yaml --format jsonl --status review --since 12
            """
    )

    @Argument(help: "The pipeline.", completion: .file(extensions: ["yaml", "yml"]))
    var pipeline: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The file to write; else standard output.", valueName: "file"),
        completion: .file()
    )
    var output: String?

    @Option(name: .shortAndLong, help: "csv, tsv, jsonl or json; else by the output's extension.")
    var format: ExportFormat?

    @Option(help: "machine (nothing altered) or excel (for a spreadsheet).")
    var profile: ProfileName = .machine

    @Option(
        help: ArgumentHelp("The spreadsheet's locale, with --profile excel.", valueName: "locale")
    )
    var locale = "en_US"

    @Option(help: ArgumentHelp("One row for each item of this list field.", valueName: "field"))
    var rows: String?

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp("The records as they were after this run.", valueName: "run")
    )
    var asOfRun: Int64?

    @Option(
        help: ArgumentHelp(
            "Only rows changed after this run, or since this day in UTC (2026-01-31).",
            valueName: "run|date"
        )
    )
    var since: String?

    @Option(
        help: ArgumentHelp(
            "Only documents of these statuses: done,review. May be repeated.",
            valueName: "status,..."
        ),
        completion: .list(DocumentStatus.allCases.map(\.rawValue))
    )
    var status: [StatusList] = []

    @Flag(help: "Also files that have vanished, and earlier versions of changed files.")
    var all = false

    @OptionGroup var database: DatabaseOptions

    /// The words for the profiles.
    enum ProfileName: String, ExpressibleByArgument, CaseIterable {
        case machine
        case excel
    }

    func run() throws {
        let spec = try PipelineArguments.read(pipeline)
        let exporter = try RecordExporter(
            record: spec.record,
            options: ExportOptions(
                format: try format ?? Self.format(of: output),
                profile: try exportProfile(),
                rowsOf: rows
            )
        )
        let store = try database.openForReading()
        let count = try exporter.export(
            spec.name,
            ExportSelection(
                run: asOfRun.map { RunID(rawValue: $0) },
                since: try since.map(Self.since),
                statuses: status.isEmpty ? nil : Set(status.flatMap(\.statuses)),
                includesPast: all
            ),
            from: store,
            to: output
        )
        if let output, output != "-" {
            Terminal.error("\(count) \(count == 1 ? "row" : "rows") written to \(output)")
        }
    }

    private func exportProfile() throws -> ExportProfile {
        switch profile {
        case .machine: return .machine
        case .excel:
            guard let locale = ExportLocale(locale) else {
                throw Fault(
                    .usage,
                    "--locale '\(locale)': expected a language and country such as de_DE; known "
                        + "languages: \(ExportLocale.knownLanguages.joined(separator: ", "))"
                )
            }
            return .excel(locale)
        }
    }

    private static func format(of output: String?) throws -> ExportFormat {
        guard let output, let suffix = output.split(separator: ".").last?.lowercased() else {
            return .csv
        }
        switch suffix {
        case "ndjson": return .jsonLines
        case "xlsx", "xls", "ods":
            throw Fault(
                .usage,
                "--output \(output): export makes no .\(suffix); spreadsheets open a .csv made with "
                    + "--profile excel --locale LOCALE"
            )
        default: return ExportFormat(rawValue: suffix) ?? .csv
        }
    }

    private static func since(_ text: String) throws -> ExportSince {
        if let run = Int64(text) { return .run(RunID(rawValue: run)) }
        let parts = text.prefix { $0 != "T" }.split(
            separator: "-",
            omittingEmptySubsequences: false
        )
        guard parts.map(\.count) == [4, 2, 2], let year = Int(parts[0]), let month = Int(parts[1]),
            let day = Int(parts[2]), CalendarDate(year: year, month: month, day: day) != nil
        else {
            throw Fault(
                .usage,
                "--since '\(text)': expected a run's number, as `docket status` shows it, or a day "
                    + "such as 2026-01-31"
            )
        }
        return .date(text)
    }
}

extension ExportFormat: ExpressibleByArgument {}

/// Statuses with commas between them: `done,review`.
struct StatusList: ExpressibleByArgument {
    let statuses: [DocumentStatus]

    init?(argument: String) {
        let names = argument.split(separator: ",", omittingEmptySubsequences: false)
        let statuses = names.compactMap {
            DocumentStatus(rawValue: String($0.trimmingPrefix(while: \.isWhitespace)))
        }
        guard statuses.count == names.count else { return nil }
        self.statuses = statuses
    }

    static var allValueStrings: [String] { DocumentStatus.allCases.map(\.rawValue) }
}
