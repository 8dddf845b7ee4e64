import Foundation
import GRDB
import Glibc
import Testing

/// A run that is killed at any moment loses nothing and does nothing twice.
@Suite(.serialized)
struct KillTests {
    /// A kind of transaction, after how many of them to kill, and what the database must hold then.
    struct Boundary: Sendable, CustomTestStringConvertible {
        let dieAfter: String
        let holds: String
        var testDescription: String { dieAfter }
    }

    static let boundaries = [
        Boundary(dieAfter: "run:1", holds: "SELECT count(*) FROM run WHERE state = 'running'"),
        Boundary(
            dieAfter: "location:3",
            holds:
                "SELECT count(*) FROM location WHERE document NOT IN (SELECT document FROM outcome)"
        ),
        Boundary(dieAfter: "job:2", holds: "SELECT count(*) FROM job WHERE status = 'running'"),
        Boundary(
            dieAfter: "page:5",
            holds: "SELECT count(*) FROM page JOIN job ON job.id = job WHERE status = 'running'"
        ),
        Boundary(dieAfter: "result:4", holds: "SELECT count(*) FROM job WHERE status = 'done'"),
        Boundary(dieAfter: "failure:1", holds: "SELECT count(*) FROM job WHERE status = 'failed'"),
        Boundary(dieAfter: "skip:2", holds: "SELECT count(*) FROM job WHERE status = 'skipped'"),
        Boundary(dieAfter: "outcome:6", holds: "SELECT count(*) FROM outcome"),
        Boundary(
            dieAfter: "status:1",
            holds: "SELECT count(*) FROM location WHERE status = 'skipped'"
        ),
        Boundary(dieAfter: "resolution:1", holds: "SELECT count(*) FROM resolution"),
        Boundary(dieAfter: "end:1", holds: "SELECT count(*) FROM run WHERE state = 'finished'"),
    ]

    @Test(arguments: boundaries)
    func `a run killed behind a transaction is taken up by the next`(_ boundary: Boundary)
        async throws
    {
        let place = try Workplace()
        try SmallDocuments.write(into: place)
        let expected = try await UndisturbedRun.shared.export(of: place)
        let command = try place.start(
            ["run", place.pipeline, "--quiet", "--jobs", "2"],
            environment: ["DOCKET_DIE_AFTER": boundary.dieAfter]
        )
        let killed = try await command.end()
        #expect(killed.wasKilled, killed.words)
        let leftOver = try await command.leftOver()
        #expect(leftOver.isEmpty, "processes left behind: \(leftOver)")
        let count = try StoredRows(place.database).count(boundary.holds)
        #expect(count > 0, "the database holds nothing of what was committed last")
        try await finish(place, expected)
    }

    @Test func `a run killed while it notes what has vanished is taken up by the next`()
        async throws
    {
        let place = try Workplace()
        try SmallDocuments.write(into: place)
        try await place.run()
        for name in ["2.jpg", "letter.pdf", "bills/3.txt"] { try place.remove(name) }
        let killed = try await place.start(
            ["run", place.pipeline, "--quiet"],
            environment: ["DOCKET_DIE_AFTER": "vanished:1"]
        ).end()
        #expect(killed.wasKilled, killed.words)
        let after = try await place.run()
        #expect(after.isConserved && after["found"] == 19, after.ended.words)
        #expect(after["worked"] == 0, "what was read is not read again")
        let resumed = try await place.export()
        place.removeDatabase()
        try await place.run()
        let fresh = try await place.export()
        #expect(resumed == fresh)
    }

    @Test(arguments: [true, false])
    func `neither workers nor programs outlive a run that is killed`(_ isGroup: Bool) async throws {
        let place = try Workplace()
        try place.use(
            SmallDocuments.pipeline.replacing(
                "prepare: [orient]",
                with: "engine: [sh, -c, 'exec sleep 60']"
            )
        )
        try place.copy("broken/letter.pnm")
        let command = try place.start(["run", place.pipeline, "--quiet"])
        for _ in 0..<500 where command.members(named: "sleep").isEmpty {
            try await Task.sleep(for: .milliseconds(20))
        }
        if isGroup { command.sendToGroup(SIGKILL) } else { command.send(SIGKILL) }
        #expect(try await command.end(within: 20).wasKilled)
        let leftOver = try await command.leftOver()
        #expect(leftOver.isEmpty, "processes left behind: \(leftOver)")
    }

    @Test func `a run killed at any of fifty instants is taken up by the next`() async throws {
        let place = try Workplace()
        try SmallDocuments.write(into: place)
        let expected = try await UndisturbedRun.shared.export(of: place)
        place.removeDatabase()
        let whole = try await place.start(["run", place.pipeline, "--quiet", "--jobs", "2"]).end()
        var duration = whole.seconds
        var random = SplitMix(state: 20_250_923)
        var states: [String: Int] = [:]
        var (kills, inside) = (0, 0)
        while kills < 50 || (inside < 30 && kills < 90) {
            place.removeDatabase()
            let command = try place.start(["run", place.pipeline, "--quiet", "--jobs", "2"])
            // Every other kill is timed by what is stored, so that late moments are met on a busy machine, too.
            if kills % 2 == 0 {
                let instant = Double.random(in: 0...1, using: &random) * duration
                try await Task.sleep(for: .seconds(instant))
            } else {
                let outcomes = Int.random(in: 1...20, using: &random)
                try await Self.wait(for: outcomes, in: place, of: command)
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...60, using: &random)))
            }
            command.sendToGroup(SIGKILL)
            let ended = try await command.end()
            kills += 1
            // Other tests run beside this one: where a run takes is learned as it goes.
            if !ended.wasKilled { duration = ended.seconds }
            let leftOver = try await command.leftOver()
            #expect(leftOver.isEmpty, "processes left behind: \(leftOver)")
            let state = try Self.state(of: place)
            for name in state.names { states[name, default: 0] += 1 }
            if state.isInside { inside += 1 }
            try await finish(place, expected)
        }
        let lines = states.sorted { $0.key < $1.key }.map { "  \($0.value)  \($0.key)" }
        print(
            "killed \(kills) times, \(inside) of them between the first commit and the last;"
                + " found then:\n" + lines.joined(separator: "\n")
        )
        #expect(inside >= 30)
    }

    private static func wait(
        for outcomes: Int,
        in place: Workplace,
        of command: RunningCommand
    ) async throws {
        while !command.hasEnded() {
            let count = try? StoredRows(place.database).count("SELECT count(*) FROM outcome")
            if count ?? 0 >= outcomes { return }
            try await Task.sleep(for: .milliseconds(25))
        }
    }

    /// What a killed run left in the database.
    private static func state(of place: Workplace) throws -> (names: [String], isInside: Bool) {
        guard FileManager.default.fileExists(atPath: place.database) else {
            return (["no database"], false)
        }
        let rows = StoredRows(place.database)
        do {
            guard try rows.strings("SELECT name FROM sqlite_master WHERE name = 'run'").count == 1,
                try rows.count("SELECT count(*) FROM run") > 0
            else { return (["database without a run"], false) }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
            // Killed while the file was being made: who reads only cannot undo what was begun, the next run can.
            return (["database that was being made"], false)
        }
        let questions = [
            "run that goes on": "SELECT count(*) FROM run WHERE state = 'running'",
            "run that has ended": "SELECT count(*) FROM run WHERE state <> 'running'",
            "location without a job":
                """
            SELECT count(*) FROM location WHERE document NOT IN (SELECT document FROM job)
            AND document NOT IN (SELECT document FROM outcome)
            """,
            "job running without pages":
                """
            SELECT count(*) FROM job WHERE status = 'running' AND verb = 'read'
            AND id NOT IN (SELECT job FROM page)
            """,
            "job running with some of its pages":
                "SELECT count(*) FROM job WHERE status = 'running' AND id IN (SELECT job FROM page)",
            "read, but without an outcome":
                """
            SELECT count(*) FROM job WHERE status = 'done' AND verb = 'read'
            AND document NOT IN (SELECT document FROM outcome)
            """,
            "document with its outcome": "SELECT count(*) FROM outcome",
            "date order of the folder": "SELECT count(*) FROM resolution",
            "path without a document": "SELECT count(*) FROM location WHERE status IS NOT NULL",
        ]
        let names = try questions.filter { try rows.count($0.value) > 0 }.map(\.key)
        return (names, names.contains("run that goes on"))
    }

    /// Runs once more and expects what an undisturbed run gives.
    private func finish(_ place: Workplace, _ expected: String) async throws {
        let run = try await place.run("--jobs", "2")
        #expect(run.status == 1 && run.isConserved, run.ended.words)
        let export = try await place.export("--format", "jsonl")
        #expect(
            export.replacing(place.folder.path, with: "PLACE") == expected,
            "the export is not that of an undisturbed run"
        )
        let check = try await place.docket("check")
        #expect(check.status == 0, check.words)
    }
}

/// Random numbers that are the same in every run of the tests.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
