import Foundation
import Glibc
import Testing

/// A temporary folder with documents, a pipeline and a database; gone when the test ends.
final class Workplace: Sendable {
    let folder: URL
    /// The folder itself; some tests put the database on a disk of its own.
    let databaseFolder: URL

    init(databaseFolder: URL? = nil) throws {
        folder = URL(
            filePath: "/tmp/docket-test-\(UUID().uuidString.prefix(13))",
            directoryHint: .isDirectory
        )
        self.databaseFolder = databaseFolder ?? folder
        try FileManager.default.createDirectory(
            at: folder.appending(path: "documents"),
            withIntermediateDirectories: true
        )
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var documents: URL { folder.appending(path: "documents") }
    var database: String { databaseFolder.appending(path: "docket.sqlite").path }
    var pipeline: String { folder.appending(path: "pipeline.yaml").path }

    func document(_ name: String) -> URL { documents.appending(path: name) }

    func write(_ text: String, to name: String) throws {
        try write(Array(text.utf8), to: name)
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        let file = document(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(bytes).write(to: file)
    }

    /// Copies fixtures into the folder of documents, under their own names or another.
    func copy(_ fixture: String, as name: String? = nil) throws {
        let source = Project.fixture(fixture)
        try FileManager.default.copyItem(at: source, to: document(name ?? source.lastPathComponent))
    }

    /// Waits until the times of what was written are old enough to be trusted by the next look.
    func age() async throws { try await Task.sleep(for: .milliseconds(2200)) }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(at: document(name))
    }

    func removeDatabase() {
        for suffix in ["", "-wal", "-shm", ".lock"] {
            try? FileManager.default.removeItem(atPath: database + suffix)
        }
    }

    /// Writes the pipeline that the other calls use.
    func use(_ yaml: String) throws {
        try yaml.write(toFile: pipeline, atomically: true, encoding: .utf8)
    }

    // MARK: Commands

    func start(
        _ arguments: [String],
        environment: [String: String] = [:]
    ) throws -> RunningCommand {
        try RunningCommand(
            DocketCommand.binary,
            arguments,
            in: folder,
            environment: environment.merging(["DOCKET_DATABASE": database]) { new, _ in new }
        )
    }

    func docket(
        _ arguments: String...,
        environment: [String: String] = [:],
        seconds: Double = 240
    ) async throws -> Ended {
        try await start(arguments, environment: environment).end(within: seconds)
    }

    /// Runs the pipeline and reads its summary.
    @discardableResult
    func run(_ options: String..., seconds: Double = 240) async throws -> RunSummary {
        let ended = try await start(["run", pipeline, "--json"] + options).end(within: seconds)
        return try RunSummary(ended)
    }

    /// The pipeline's records.
    func export(_ options: String...) async throws -> String {
        let ended = try await start(["export", pipeline] + options).end()
        #expect(ended.status == 0, ended.words)
        return ended.output
    }

    /// The pipeline's records as rows by the name of the column.
    func rows(_ options: String...) async throws -> [[String: String]] {
        let ended = try await start(["export", pipeline] + options).end()
        #expect(ended.status == 0, ended.words)
        return Table(ended.output).rows
    }
}

/// What `docket run --json` said.
struct RunSummary {
    let ended: Ended
    let fields: [String: Any]

    init(_ ended: Ended) throws {
        self.ended = ended
        let objects = try ended.objects()
        fields = try #require(objects.first, ended.words)
    }

    var status: Int32 { ended.status }
    var isConserved: Bool {
        fields["is_conserved"] as? Bool == true
            && self["found"]
                == [
                    "done", "partial", "review", "failed", "quarantined", "duplicate", "skipped",
                    "waiting",
                ]
                .map { self[$0] }.reduce(0, +)
    }
    subscript(_ name: String) -> Int { fields[name] as? Int ?? -1 }
}

/// A CSV file as RFC 4180 has it.
struct Table {
    let header: [String]
    let rows: [[String: String]]

    init(_ text: String) {
        var records: [[String]] = []
        var record: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                if isQuoted, bytes.first == byte {
                    field.append(byte)
                    bytes.removeFirst()
                } else {
                    isQuoted.toggle()
                }
            case UInt8(ascii: ",") where !isQuoted:
                record.append(String(decoding: field, as: UTF8.self))
                field = []
            case UInt8(ascii: "\r") where !isQuoted: break
            case UInt8(ascii: "\n") where !isQuoted:
                record.append(String(decoding: field, as: UTF8.self))
                records.append(record)
                (record, field) = ([], [])
            default: field.append(byte)
            }
        }
        let header = records.first ?? []
        self.header = header
        rows = records.dropFirst().map {
            Dictionary(zip(header, $0), uniquingKeysWith: { first, _ in first })
        }
    }
}
