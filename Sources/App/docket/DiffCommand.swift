import ArgumentParser
import Storage

/// `docket diff`.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what changed between two runs, field by field.",
        discussion: """
            Examples:
              docket diff 11 12
              docket diff 11 12 --json
            """
    )

    @Argument(help: "The earlier run.")
    var before: Int64

    @Argument(help: "The later run.")
    var after: Int64

    @OptionGroup var database: DatabaseOptions

    @Flag(help: "Print JSON lines to standard output.")
    var json = false

    func run() throws {
        let store = try database.openForReading()
        let differences = try store.diff(RunID(rawValue: before), RunID(rawValue: after))
        for difference in differences {
            if json {
                Terminal.output(
                    JSONValue.object([
                        "folder": .text(difference.folder), "path": .text(difference.path),
                        "field": difference.field.map(JSONValue.text) ?? .null,
                        "kind": .text(difference.kind.rawValue),
                        "before": difference.before.map(JSONValue.text) ?? .null,
                        "after": difference.after.map(JSONValue.text) ?? .null,
                    ]).text
                )
            } else {
                let what = difference.field.map { " \($0)" } ?? ""
                let change =
                    switch (difference.before, difference.after) {
                    case (_?, _?) where difference.field == nil && difference.kind == .changed:
                        "the file has other content now"
                    case (let before?, let after?): "\(before) → \(after)"
                    case (nil, let after?): "+ \(after)"
                    case (let before?, nil): "- \(before)"
                    case (nil, nil): difference.kind.rawValue
                    }
                Terminal.output("\(difference.path)\(what): \(change)")
            }
        }
        if differences.isEmpty, !json { Terminal.error("no difference") }
    }
}
