import ArgumentParser
import FeatureCache

/// `docket cache prune`.
struct CachePruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove features that are kept on disk.",
        discussion: """
            What was not used for longest goes first. What is removed is computed again when it is needed.

            Examples:
              docket cache prune --older-than 30d --keep 10GB
              docket cache prune --all
            """
    )

    @Option(
        help: ArgumentHelp(
            "Remove what was last used longer ago than this: 30d, 12h, 2w.",
            valueName: "age"
        )
    )
    var olderThan: Age?

    @Option(
        help: ArgumentHelp(
            "Remove as much as it takes to keep no more than this: 10GB, 500MiB.",
            valueName: "size"
        )
    )
    var keep: ByteSize?

    @Flag(help: "Remove everything.")
    var all = false

    @Flag(name: .customLong("dry-run"), help: "Remove nothing, and tell what would be.")
    var dryRun = false

    @Flag(help: "Print JSON to standard output.")
    var json = false

    func validate() throws {
        guard all || olderThan != nil || keep != nil else {
            throw ValidationError("say what may go: --older-than 30d, --keep 10GB, or --all")
        }
        guard !all || (olderThan == nil && keep == nil) else {
            throw ValidationError("--all leaves nothing to --older-than and --keep")
        }
    }

    func run() throws {
        let care = CacheCare(try CacheLocation.ofUser())
        let pruning: CacheCare.Pruning
        do {
            pruning = try care.prune(
                unusedSince: olderThan?.duration,
                keptBytes: all ? 0 : keep?.bytes,
                isTrial: dryRun
            )
        } catch {
            throw Fault(cache: error)
        }
        if json {
            try AskOutput.line(
                JSONValue.object([
                    "removed_entries": .number(pruning.removedEntries),
                    "removed_bytes": .number(pruning.removedBytes),
                    "kept_entries": .number(pruning.keptEntries),
                    "kept_bytes": .number(pruning.keptBytes),
                    "dry_run": .flag(dryRun),
                ]).text
            )
        } else {
            try AskOutput.line(
                "\(dryRun ? "would remove" : "removed") \(entries(pruning.removedEntries)) "
                    + "(\(ByteCount(pruning.removedBytes))), kept \(entries(pruning.keptEntries)) "
                    + "(\(ByteCount(pruning.keptBytes)))"
            )
        }
    }

    private func entries(_ count: Int) -> String { count == 1 ? "1 entry" : "\(count) entries" }
}
