import ArgumentParser
import FeatureCache
import SystemPackage

/// `docket cache status`.
struct CacheStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Tell what is kept, and how often it was of use.",
        discussion: """
            An exact hit is of the same pixels; a near hit of a copy (saved again, moved by a pixel, a \
            little noise) with the same digits. Pictures that looked alike and were not the same are \
            counted as rejected; a page that is likely there at another size is told, not served.
            """
    )

    @Flag(help: "Print JSON to standard output.")
    var json = false

    func run() throws {
        let location = try CacheLocation.ofUser()
        let status: CacheStatus
        do { status = try CacheCare(location).status() } catch { throw Fault(cache: error) }
        if json {
            try AskOutput.line(Self.json(status, limit: location.byteLimit).text)
            return
        }
        try AskOutput.line("folder   \(status.folder)")
        try AskOutput.line("entries  \(status.entries)")
        let limit = location.byteLimit
        try AskOutput.line(
            "bytes    \(ByteCount(status.bytes)) of "
                + (limit == 0 ? "none: $DOCKET_CACHE_LIMIT is 0" : "\(ByteCount(limit)) at most")
        )
        for model in status.models {
            let lines = [
                "", "model \(Terminal.plain(model.name))",
                "  entries              \(model.entries) (\(ByteCount(model.bytes)))",
                "  exact hits           \(model.exactHits)",
                "  near hits            \(model.nearHits)",
                "  misses               \(model.misses)",
                "  rejected near hits   \(model.rejectedNear)",
                "  likely duplicates    \(model.likelyDuplicates)",
            ]
            for line in lines { try AskOutput.line(line) }
        }
    }

    private static func json(_ status: CacheStatus, limit: Int) -> JSONValue {
        .object([
            "folder": .text(status.folder.string),
            "entries": .number(status.entries),
            "bytes": .number(status.bytes),
            "limit": .number(limit),
            "models": .list(
                status.models.map { model in
                    .object([
                        "model": .text(model.name),
                        "entries": .number(model.entries),
                        "bytes": .number(model.bytes),
                        "exact_hits": .number(model.exactHits),
                        "near_hits": .number(model.nearHits),
                        "misses": .number(model.misses),
                        "rejected_near": .number(model.rejectedNear),
                        "likely_duplicates": .number(model.likelyDuplicates),
                    ])
                }
            ),
        ])
    }
}
