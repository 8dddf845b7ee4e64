import ArgumentParser
import Foundation
import Scanning
import Storage
import SystemPackage

/// `docket check`.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the database, and the files against their hashes.",
        discussion: """
            Without options the database alone: SQLite's own check, references, the search index, the \
            counts of every run. With --files each file that the database holds as present is hashed \
            again. Exit status 1 when something is wrong.

            Examples:
              docket check
              docket check --files
            """
    )

    @Flag(help: "Hash every present file again and compare.")
    var files = false

    @OptionGroup var database: DatabaseOptions

    @Flag(help: "Print JSON to standard output.")
    var json = false

    func run() throws {
        let store = try database.openForReading()
        var problems = try store.check().map(Self.words)
        var fileCount = 0
        if files {
            for name in try store.pipelineNames() {
                var folders: [String: OpenFolder] = [:]
                try store.exportRows(pipeline: name) { row in
                    guard let document = row.document, row.isPresent else { return }
                    fileCount += 1
                    let folder = try folders[row.folder] ?? OpenFolder(FilePath(row.folder))
                    folders[row.folder] = folder
                    if let problem = Self.compare(row, document, in: folder) {
                        problems.append(problem)
                    }
                }
            }
        }
        if json {
            Terminal.output(
                JSONValue.object([
                    "problems": .list(problems.map(JSONValue.text)), "files": .number(fileCount),
                ]).text
            )
        } else {
            for problem in problems { Terminal.output(problem) }
            if problems.isEmpty {
                Terminal.error(
                    files
                        ? "the database and \(fileCount) files are in order"
                        : "the database is in order"
                )
            }
        }
        if !problems.isEmpty { throw ExitCode(ExitStatus.someFailed.rawValue) }
    }

    private static func compare(
        _ row: ExportRow,
        _ document: String,
        in folder: OpenFolder
    ) -> String? {
        let name = "\(row.folder)/\(row.path)"
        do throws(DocumentFileError) {
            let file = try DocumentFile(row.pathBytes, in: folder, byteLimit: .max)
            return file.sha256 == document
                ? nil
                : "\(name): its bytes are not those that were read; the next run reads it again"
        } catch {
            return switch error {
            case .vanished: "\(name): not there any more; the next run marks it"
            case .changed: "\(name): being written to"
            case .unreadable(let reason): "\(name): \(reason)"
            case .notRegular, .tooLarge: "\(name): not a file any more"
            }
        }
    }

    private static func words(_ problem: IntegrityProblem) -> String {
        switch problem {
        case .damage(let detail):
            "damage: \(detail); put a backup in its place"
        case .danglingRows(let table, let refersTo, let count):
            "\(count) rows of \(table) refer to rows of \(refersTo) that are not there"
        case .searchIndex(let detail):
            "the search index and the texts disagree: \(detail)"
        case .overlap(let table, let detail):
            "\(table) says two things about one run: \(detail)"
        case .contradiction(let table, let detail):
            "\(table): \(detail)"
        case .conservation(let run, let found, let accounted):
            "run \(run.rawValue) found \(found) paths and accounts for \(accounted)"
        }
    }
}
