import Foundation
import Glibc
import Testing

/// What is wrong with the database is said, with its name; when it is put right, the next run completes.
@Suite(.serialized)
struct DatabaseTroubleTests {
    private static let mayMount: Bool = {
        guard geteuid() == 0 else { return false }
        guard let disk = try? SmallDisk(megabytes: 1) else { return false }
        return disk.isMounted
    }()

    @Test(.enabled(if: mayMount, "needs the right to mount a small disk: run as root"))
    func `a full disk ends the run with 73, and loses nothing`() async throws {
        let disk = try SmallDisk(megabytes: 3)
        let place = try Workplace(databaseFolder: disk.folder)
        try place.use(Self.pipeline)
        for index in 1...60 {
            let line = "Paper \(index): words and \(index) more words for a page of text.\n"
            try place.write(
                String(repeating: line, count: 60) + "Total: \(index).00\n",
                to: "\(index).txt"
            )
        }
        try disk.fill(leaving: 500_000)
        let full = try await place.docket("run", place.pipeline, "--quiet")
        #expect(full.status == 73, full.words)
        #expect(
            full.errors.contains(place.database) && full.errors.contains("no room left"),
            full.words
        )
        try disk.removeFiller()
        let check = try await place.docket("check")
        #expect(check.status == 0, check.words)

        let larger = try Workplace()
        try FileManager.default.copyItem(atPath: place.database, toPath: larger.database)
        let run = try await larger.start(["run", place.pipeline, "--json"]).end()
        let summary = try RunSummary(run)
        #expect(summary.status == 0 && summary.isConserved && summary["done"] == 60, run.words)
        let resumed = try await larger.start(["export", place.pipeline]).end().output
        larger.removeDatabase()
        _ = try await larger.start(["run", place.pipeline, "--quiet"]).end()
        let fresh = try await larger.start(["export", place.pipeline]).end().output
        #expect(resumed == fresh)
    }

    @Test(.enabled(if: mayMount, "needs the right to mount a small disk: run as root"))
    func `where nothing may be written the run ends with 73, and reading works`() async throws {
        let disk = try SmallDisk(megabytes: 8)
        let place = try Workplace(databaseFolder: disk.folder)
        try Self.fill(place)
        try disk.remount(readOnly: true)
        let none = try await place.docket("run", place.pipeline)
        #expect(none.status == 73 && none.errors.contains(place.database), none.words)
        try disk.remount(readOnly: false)
        let expected = try await Self.exportAfterRun(place)
        try disk.remount(readOnly: true)
        let run = try await place.docket("run", place.pipeline)
        #expect(run.status == 73 && run.errors.contains(place.database), run.words)
        #expect(try await place.export() == expected)
        try disk.remount(readOnly: false)
        #expect(try await Self.exportAfterRun(place) == expected)
    }

    @Test(.enabled(if: geteuid() != 0, "nothing is read-only to root"))
    func `a file that may not be written to ends the run with 73`() async throws {
        let place = try Workplace()
        try Self.fill(place)
        let expected = try await Self.exportAfterRun(place)
        chmod(place.database, 0o400)
        let run = try await place.docket("run", place.pipeline)
        #expect(run.status == 73 && run.errors.contains(place.database), run.words)
        chmod(place.database, 0o600)
        #expect(try await Self.exportAfterRun(place) == expected)
    }

    @Test func `a damaged, foreign or newer file ends the run with 73 and stays as it is`()
        async throws
    {
        let place = try Workplace()
        try Self.fill(place)
        let expected = try await Self.exportAfterRun(place)
        let whole = try Data(contentsOf: URL(filePath: place.database))
        var newer = whole
        newer.replaceSubrange(60..<64, with: [0, 0, 0x7F, 0])
        var foreign = whole
        foreign.replaceSubrange(68..<72, with: [0, 0, 0, 0])
        let troubles: [(Data, String)] = [
            (whole.prefix(whole.count / 2), "damaged"), (whole.prefix(50), "damaged"),
            (Data("this is my shopping list, and no database at all\n".utf8), "not a database"),
            (newer, "later version"), (foreign, "another program"),
        ]
        for (bytes, word) in troubles {
            place.removeDatabase()
            try bytes.write(to: URL(filePath: place.database))
            for command in ["run", "export"] {
                let ended = try await place.docket(command, place.pipeline)
                #expect(ended.status == 73, "\(word), \(command): \(ended.words)")
                #expect(
                    ended.errors.contains(place.database),
                    "\(word), \(command): \(ended.words)"
                )
                #expect(ended.errors.contains(word), "\(word), \(command): \(ended.words)")
            }
            #expect(
                try Data(contentsOf: URL(filePath: place.database)) == bytes,
                "\(word): was changed"
            )
            place.removeDatabase()
            try whole.write(to: URL(filePath: place.database))
            #expect(try await Self.exportAfterRun(place) == expected)
        }
    }

    @Test func `damage inside is found by the check`() async throws {
        let place = try Workplace()
        try Self.fill(place)
        _ = try await Self.exportAfterRun(place)
        var bytes = try Data(contentsOf: URL(filePath: place.database))
        for page in stride(from: 8192, to: bytes.count - 4096, by: 4096) {
            bytes.replaceSubrange(page..<(page + 64), with: Data(repeating: 0xA5, count: 64))
        }
        try bytes.write(to: URL(filePath: place.database))
        let check = try await place.docket("check")
        #expect(check.status == 1 || check.status == 73, check.words)
        #expect((check.output + check.errors).contains("damage"), check.words)
        let run = try await place.docket("run", place.pipeline)
        #expect(run.status == 73 && run.errors.contains(place.database), run.words)
    }

    @Test func `a second run on one database is told to try later`() async throws {
        let place = try Workplace()
        try place.use(
            Self.pipeline.replacing(
                "- read: text",
                with: "- {read: text, engine: [sh, -c, 'sleep 2; echo Total 3.00']}"
            )
        )
        try place.copy("broken/letter.pnm")
        let first = try place.start(["run", place.pipeline, "--json"])
        // The file is there before its tables: what is waited for is the run itself.
        while (try? StoredRows(place.database).count("SELECT count(*) FROM run")) ?? 0 == 0,
            !first.hasEnded()
        {
            try await Task.sleep(for: .milliseconds(5))
        }
        let second = try await place.docket("run", place.pipeline, seconds: 20)
        #expect(second.status == 75, second.words)
        #expect(
            second.errors.contains("\(first.process)"),
            "it names the process: \(second.errors)"
        )
        let export = try await place.docket("export", place.pipeline)
        #expect(export.status == 0, "reading goes on meanwhile: \(export.words)")
        let ended = try RunSummary(try await first.end())
        #expect(ended.status == 0 && ended["done"] == 1, ended.ended.words)
        let third = try await place.run()
        #expect(third.status == 0 && third["worked"] == 0, third.ended.words)
    }

    private static let pipeline = """
        pipeline: papers
        input: {folders: [documents], include: ["**/*"], settle: 0s}
        record: {total: {type: money}}
        steps:
          - read: text
          - find: [total]
        output: {table: papers}
        """

    private static func fill(_ place: Workplace) throws {
        try place.use(pipeline)
        for index in 1...5 {
            try place.write("Paper \(index)\nTotal: \(index).00\n", to: "\(index).txt")
        }
    }

    private static func exportAfterRun(_ place: Workplace) async throws -> String {
        let run = try await place.run()
        #expect(run.status == 0 && run["done"] == 5, run.ended.words)
        return try await place.export()
    }
}

/// A file system of a few megabytes in memory, gone with the object.
private final class SmallDisk: @unchecked Sendable {  // nothing in it changes
    let folder: URL
    let isMounted: Bool
    private var filler: String { folder.appending(path: "filler").path }

    init(megabytes: Int) throws {
        folder = URL(
            filePath: "/tmp/docket-disk-\(UUID().uuidString.prefix(8))",
            directoryHint: .isDirectory
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        isMounted =
            mount("docket-test", folder.path, "tmpfs", 0, "size=\(megabytes)m,mode=0700") == 0
    }

    deinit {
        if isMounted { umount2(folder.path, Int32(MNT_DETACH)) }
        rmdir(folder.path)
    }

    func remount(readOnly: Bool) throws {
        let flags = UInt(MS_REMOUNT) | (readOnly ? UInt(MS_RDONLY) : 0)
        try #require(mount("docket-test", folder.path, "tmpfs", flags, nil) == 0)
    }

    /// Leaves only so many bytes free.
    func fill(leaving count: Int) throws {
        var status = statvfs()
        try #require(statvfs(folder.path, &status) == 0)
        let free = Int(status.f_bavail) * Int(status.f_frsize)
        try Data(repeating: 1, count: free - count).write(to: URL(filePath: filler))
    }

    func removeFiller() throws { try FileManager.default.removeItem(atPath: filler) }
}
