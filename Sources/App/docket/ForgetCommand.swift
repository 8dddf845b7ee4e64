import ArgumentParser
import FeatureCache
import Foundation
import Storage

/// `docket forget`.
struct ForgetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Remove a document and all that was read from it.",
        discussion: """
            Text, values, corrections, answers and search index entries go, and their bytes with them. The \
            cache of picture features goes as a whole: whose page is whose does not stand in it. The file \
            itself stays; move or exclude it, or the next run reads it again.

            Examples:
              docket forget ~/Scans/2025/letter.pdf
              docket forget 9b344e9f0c86
            """
    )

    @Argument(help: "A file's path, or at least 8 digits of a document's SHA-256.")
    var name: String

    @OptionGroup var database: DatabaseOptions

    @Flag(help: "Print JSON to standard output.")
    var json = false

    func run() throws {
        let lock = try RunLock.acquire(databasePath: database.path, pipeline: "forget")
        defer { withExtendedLifetime(lock) {} }
        let store = try database.openForWriting()
        let isHash = name.count >= 8 && name.allSatisfy(\.isHexDigit)
        guard
            let forgotten = try (isHash ? store.forget(name.lowercased()) : nil)
                ?? store.forget(absolutePath(name))
        else {
            throw Fault(
                .noInput,
                "\(name): not in \(database.path); give the path as `docket export` shows it, or the document's hash"
            )
        }
        let cleared = try clearCache()
        if json {
            Terminal.output(
                JSONValue.object([
                    "documents": .list(forgotten.documents.map(JSONValue.text)),
                    "paths": .list(forgotten.paths.map(JSONValue.text)),
                    "pages": .number(forgotten.pages), "values": .number(forgotten.values),
                    "cache_entries": .number(cleared.removedEntries),
                    "is_log_cleared": .flag(forgotten.isLogCleared),
                ]).text
            )
        } else {
            for path in forgotten.paths { Terminal.error("forgotten: \(path)") }
            Terminal.error(
                counted(forgotten.pages, "page") + " of text and "
                    + counted(forgotten.values, "value") + " removed"
            )
            if cleared.removedEntries > 0 {
                Terminal.error(
                    "the cache of picture features was cleared (\(ByteCount(cleared.removedBytes))): the next "
                        + "questions about pictures take longer"
                )
            }
            if forgotten.paths.contains(where: { FileManager.default.fileExists(atPath: $0) }) {
                Terminal.error(
                    "the file itself stays; move or exclude it, or the next run reads it again"
                )
            }
        }
        if !forgotten.isLogCleared {
            Terminal.error(
                "docket: another program has the database open; what was removed may stand in its -wal "
                    + "file until that program ends"
            )
        }
    }

    private func clearCache() throws -> CacheCare.Pruning {
        let care = CacheCare(try CacheLocation.ofUser())
        do {
            return try care.prune(unusedSince: nil, keptBytes: 0, isTrial: false)
        } catch {
            throw Fault(cache: error)
        }
    }

    private func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}
