import ArgumentParser
import Foundation
import PipelineSpec

/// `docket schedule`.
struct ScheduleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "Print a systemd timer, or a crontab line, for the nightly run.",
        usage: "docket schedule [<options>] <pipeline>",
        discussion: """
            Nothing is installed: read what is printed, then put it where it says.

            Examples:
              docket schedule pipelines/receipts.yaml --at 02:30
              docket schedule pipelines/receipts.yaml --model ~/models/Qwen3-VL-2B-Instruct --until 06:00
              docket schedule pipelines/receipts.yaml --output ~/.config/systemd/user
              (crontab -l; docket schedule pipelines/receipts.yaml --cron) | crontab -
            """
    )

    @Argument(help: "The pipeline.", completion: .file(extensions: ["yaml", "yml"]))
    var pipeline: String

    @Option(help: ArgumentHelp("When to run (24 hours).", valueName: "hh:mm"))
    var at = TimeOfDay(hour: 2, minute: 30)

    @Option(help: ArgumentHelp("Clean stop at this time.", valueName: "hh:mm"))
    var until: TimeOfDay?

    @OptionGroup var input: InputOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The model, as for docket run: a nightly run does not know $DOCKET_MODEL.",
            valueName: "model"
        ),
        completion: .file()
    )
    var model: String?

    @Option(
        help: ArgumentHelp("The file with a server's key, as for docket run.", valueName: "file"),
        completion: .file()
    )
    var apiKeyFile: String?

    @Option(
        help: ArgumentHelp(
            "Write the unit files into this folder instead of printing them.",
            valueName: "folder"
        ),
        completion: .directory
    )
    var output: String?

    @Flag(help: "A crontab line instead of systemd units.")
    var cron = false

    @OptionGroup var database: DatabaseOptions

    func run() throws {
        let spec = try PipelineArguments.read([pipeline], input: input)[0]
        let schedule = Schedule(
            pipeline: spec,
            program: try Self.program(),
            arguments: arguments(spec),
            at: at
        )
        if cron { return Terminal.output(schedule.crontab) }
        guard let output else {
            for unit in schedule.units {
                Terminal.output("# ~/.config/systemd/user/\(unit.name)\n\(unit.text)")
            }
            return Terminal.error(schedule.howTo)
        }
        let folder = absolutePath(output)
        for unit in schedule.units {
            do {
                try FileManager.default.createDirectory(
                    atPath: folder,
                    withIntermediateDirectories: true
                )
                try Data(unit.text.utf8).write(
                    to: URL(fileURLWithPath: folder).appendingPathComponent(unit.name),
                    options: .atomic
                )
            } catch {
                throw Fault(.cannotCreate, "\(folder)/\(unit.name): cannot be written (\(error))")
            }
            Terminal.error("written: \(folder)/\(unit.name)")
        }
        Terminal.error(schedule.howTo)
    }

    private func arguments(_ spec: Pipeline) -> [String] {
        var arguments = ["run", spec.file, "--database", database.path]
        for folder in input.input { arguments += ["--input", absolutePath(folder)] }
        if let model { arguments += ["--model", Self.isPath(model) ? absolutePath(model) : model] }
        if let apiKeyFile { arguments += ["--api-key-file", absolutePath(apiKeyFile)] }
        if let until { arguments += ["--until", until.text] }
        return arguments
    }

    /// Whether a word means a file or folder from here, and not a name or an address.
    private static func isPath(_ model: String) -> Bool {
        !model.contains("://") && FileManager.default.fileExists(atPath: model)
    }

    private static func program() throws -> String {
        do {
            return try FileManager.default.destinationOfSymbolicLink(atPath: Assembly.executable)
        } catch {
            throw Fault(.software, "\(Assembly.executable): \(error)")
        }
    }
}
