import Foundation
import Glibc
import Testing

/// How the command ends is part of its interface.
@Suite(.serialized)
struct ExitStatusTests {
    @Test func `a wrong command line ends with 64`() async throws {
        let wrong = [
            ["run"], ["run", "x.yaml", "--no-such-option"], ["run", "x.yaml", "--jobs", "0"],
            ["run", "x.yaml", "--only", "[z-a]"], ["run", "x.yaml", "--until", "25:00"],
            ["no-such-command"], ["export", "x.yaml", "--format", "xls"], ["diff", "1"],
        ]
        for arguments in wrong {
            let ended = try await DocketCommand.run(arguments)
            #expect(ended.status == 64, "\(arguments): \(ended.words)")
            #expect(!ended.errors.isEmpty && ended.output.isEmpty, "\(arguments): \(ended.words)")
        }
    }

    @Test func `a wrong pipeline ends with 65 and names every fault with its place`() async throws {
        let place = try Workplace()
        try place.use(
            """
            pipeline: wrong
            inptu: {folders: [documents]}
            record: {total: {type: mony}}
            steps: [{read: text}]
            """
        )
        let ended = try await place.docket("run", place.pipeline)
        #expect(ended.status == 65, ended.words)
        #expect(ended.errors.contains("pipeline.yaml:2:1"), ended.words)
        #expect(ended.errors.contains("pipeline.yaml:3:"), ended.words)
        #expect(ended.errors.contains("input") && ended.errors.contains("money"), ended.words)
        #expect(!FileManager.default.fileExists(atPath: place.database), "nothing is begun")
    }

    @Test func `what is missing ends with 66 and is named`() async throws {
        let place = try Workplace()
        try place.use(SmallDocuments.pipeline)
        let pipeline = try await place.docket("run", "no-such.yaml")
        #expect(pipeline.status == 66 && pipeline.errors.contains("no-such.yaml"), pipeline.words)
        let folder = try await place.docket("run", place.pipeline, "--input", "/no/such/folder")
        #expect(folder.status == 66 && folder.errors.contains("/no/such/folder"), folder.words)
        let database = try await place.docket("export", place.pipeline)
        #expect(database.status == 66 && database.errors.contains(place.database), database.words)
        let model = try await place.docket("run", place.pipeline, "--require-model")
        #expect(model.status == 66 && model.errors.contains("model"), model.words)
        #expect(!FileManager.default.fileExists(atPath: place.database), "nothing is begun")
    }

    @Test func `an output that cannot be written ends with 73`() async throws {
        let place = try Workplace()
        try place.use(SmallDocuments.pipeline)
        try place.write("Date: 23/09/2025\nTotal: 4.00\n", to: "a.txt")
        let run = try await place.run()
        #expect(run.status == 0, run.ended.words)
        for output in ["/no/such/folder/out.csv", place.folder.path, "/proc/out.csv"] {
            let ended = try await place.docket("export", place.pipeline, "--output", output)
            #expect(ended.status == 73 && ended.errors.contains(output), ended.words)
        }
    }

    @Test(arguments: [(SIGINT, Int32(130), true), (SIGINT, 130, false), (SIGTERM, 143, false)])
    func `a signal finishes what is in hand and leaves the rest to the next run`(
        _ signal: Int32,
        _ status: Int32,
        _ toGroup: Bool
    ) async throws {
        let place = try Workplace()
        try SmallDocuments.write(into: place)
        let expected = try await UndisturbedRun.shared.export(of: place)
        place.removeDatabase()
        let command = try place.start(["run", place.pipeline, "--json", "--jobs", "1"])
        try await Self.wait(for: "SELECT count(*) FROM outcome", in: place, of: command)
        if toGroup { command.sendToGroup(signal) } else { command.send(signal) }
        let summary = try RunSummary(try await command.end(within: 60))
        #expect(summary.status == status && summary.isConserved, summary.ended.words)
        #expect(summary["waiting"] > 0 && summary["found"] == 22, summary.ended.words)
        let crashed = try StoredRows(place.database).count(
            "SELECT count(*) FROM outcome WHERE reason IN ('crashed', 'stalled', 'timeout')"
        )
        #expect(crashed == 0, "documents in hand are finished, not broken off")
        #expect(try await command.leftOver().isEmpty)
        let reasons = try await place.rows("--status", "waiting").map { $0["reason"] ?? "" }
        #expect(Set(reasons) == ["interrupted"])

        let next = try await place.run()
        #expect(next.status == 1 && next.isConserved && next["waiting"] == 0, next.ended.words)
        let export = try await place.export("--format", "jsonl")
        #expect(export.replacing(place.folder.path, with: "PLACE") == expected)
    }

    @Test func `a second Ctrl-C stops at once, and still nothing is lost`() async throws {
        let place = try Workplace()
        try place.use(
            SmallDocuments.pipeline.replacing(
                "- read: text\n    prepare: [orient]",
                with: "- read: text\n    engine: [sh, -c, 'sleep 20; echo Total 3.00']"
            )
        )
        try place.copy("broken/letter.pnm")
        let command = try place.start(["run", place.pipeline])
        try await Self.wait(for: "SELECT count(*) FROM job", in: place, of: command)
        command.send(SIGINT)
        try await Task.sleep(for: .milliseconds(500))
        #expect(!command.hasEnded(), "the first one waits for the document in hand")
        command.send(SIGINT)
        let ended = try await command.end(within: 10)
        #expect(ended.status == 130, ended.words)
        #expect(try await command.leftOver().isEmpty)
        try place.use(SmallDocuments.pipeline)
        let next = try await place.run()
        #expect(next.isConserved && next["review"] == 1, next.ended.words)
    }

    /// Waits until a running command has stored what the query counts.
    private static func wait(
        for query: String,
        in place: Workplace,
        of command: RunningCommand
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline, !command.hasEnded() {
            let count = (try? StoredRows(place.database).count(query)) ?? 0
            if count > 0 { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("it did not come so far: \(command.said())")
    }
}
