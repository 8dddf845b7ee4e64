import ArgumentParser
import Storage

/// `docket search`.
struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Find words in everything that was read.",
        discussion: """
            All words must stand on the page; case and accents do not matter. Exit status 1 when nothing \
            is found.

            Examples:
              docket search garden hose
              docket search "Total 12,50" --limit 5 --json
            """
    )

    @Argument(help: "The words.")
    var words: [String]

    @Option(help: "Most pages to show.")
    var limit = 20

    @OptionGroup var database: DatabaseOptions

    @Flag(help: "Print JSON lines to standard output.")
    var json = false

    func run() throws {
        let store = try database.openForReading()
        let bold = Terminal.outputHasColours
        let hits = try store.search(
            words.joined(separator: " "),
            limit: limit,
            marks: json || !bold ? ("[", "]") : ("\u{1B}[1m", "\u{1B}[0m")
        )
        for hit in hits {
            if json {
                Terminal.output(
                    JSONValue.object([
                        "folder": .text(hit.folder), "path": .text(hit.path),
                        "page": .number(hit.page), "snippet": .text(hit.snippet),
                        "document": .text(hit.document), "pipeline": .text(hit.pipeline),
                        "is_present": .flag(hit.isPresent),
                    ]).text
                )
            } else {
                let gone = hit.isPresent ? "" : " (no longer there)"
                Terminal.output("\(hit.folder)/\(hit.path) p. \(hit.page)\(gone): \(hit.snippet)")
            }
        }
        if hits.isEmpty {
            if !json { Terminal.error("nothing found") }
            throw ExitCode(1)
        }
    }
}
