import ArgumentParser
import Glibc
import PipelineSpec
import SystemPackage

/// The program.
@main
struct Docket: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "docket",
        abstract: "Turn a folder of scans into a database and a spreadsheet.",
        discussion: """
            Docket walks the folders that a pipeline names, reads each document, fills a record of \
            typed fields and keeps it, with its evidence, in an SQLite database. Run it again at any \
            time: what is done is not done twice.

            Examples:
              docket run pipelines/receipts.yaml --input ~/Scans
              docket export pipelines/receipts.yaml --output receipts.csv
              docket search "garden hose"
            """,
        version: version,
        subcommands: [],
        groupedSubcommands: [
            CommandGroup(
                name: "Work",
                subcommands: [
                    RunCommand.self, PlanCommand.self, RetryCommand.self, ScheduleCommand.self,
                ]
            ),
            CommandGroup(
                name: "Results",
                subcommands: [
                    StatusCommand.self, ExportCommand.self, SearchCommand.self, DiffCommand.self,
                    ReportCommand.self,
                ]
            ),
            CommandGroup(
                name: "Single files",
                subcommands: [AskCommand.self, ReadCommand.self, FindCommand.self]
            ),
            CommandGroup(
                name: "Models",
                subcommands: [ModelCommand.self]
            ),
            CommandGroup(
                name: "Care",
                subcommands: [
                    CheckCommand.self, ForgetCommand.self, CacheCommand.self, DoctorCommand.self,
                ]
            ),
            CommandGroup(
                name: "Inner",
                subcommands: [
                    WorkerCommand.self, PictureWorkerCommand.self, WalledCommand.self,
                ]
            ),
        ]
    )

    /// Parses, runs, and turns whatever goes wrong into words and an exit status: the only such place.
    static func main() async {
        // A reader of our output that goes away (`docket export | head`) is no crash.
        signal(SIGPIPE, SIG_IGN)
        do {
            try refuseUnknownCommand()
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            if let failure = Terminal.outputFailure {
                throw Fault(
                    .cannotCreate,
                    "the output cannot be written (\(Errno(rawValue: failure))); make room, or write elsewhere"
                )
            }
        } catch {
            let fault = Fault(error)
            guard let fault else { exit(withError: error) }
            Terminal.error("docket: \(fault.message)")
            Glibc.exit(fault.status.rawValue)
        }
    }

    /// Says which command was meant; the argument parser would only call a misspelt one unexpected.
    private static func refuseUnknownCommand() throws(Fault) {
        guard let word = CommandLine.arguments.dropFirst().first, !word.hasPrefix("-") else {
            return
        }
        var names = ["help"]
        for group in configuration.groupedSubcommands {
            for command in group.subcommands {
                if let name = command.configuration.commandName { names.append(name) }
            }
        }
        guard !names.contains(word) else { return }
        let meant =
            nearestWord(to: word, among: names).map { "; did you mean `docket \($0)`?" } ?? ""
        throw Fault(
            .usage,
            "no command \(word)\(meant.isEmpty ? "; " : meant + " ")`docket help` lists them"
        )
    }
}
