import Jobs
import PipelineSpec
import Records
import Scanning
import Testing

@testable import Storage

@Suite struct HistoryTests {
    @Test func `a second run over unchanged documents writes nothing but its own run row`() throws {
        let test = try TestStore()
        try test.begin()
        let document = try test.process("a.jpg", "a", total: "1.00")
        let run = try #require(test.started)
        try test.store.recordPathStatus(
            run: run.run,
            pipeline: run.pipeline,
            folder: run.folders[0],
            [PathStatus(path: [0x66], stamp: nil, status: .skipped, reason: "not a file")]
        )
        try test.finish()
        let before = try test.dump(except: ["run", "job"])

        let second = try test.begin()
        try test.place("a.jpg", "a")
        try test.store.recordPathStatus(
            run: second.run,
            pipeline: second.pipeline,
            folder: second.folders[0],
            [PathStatus(path: [0x66], stamp: nil, status: .skipped, reason: "not a file")]
        )
        try test.find(document, [test.candidate("total", "1.00")])
        try test.conclude(document)
        try test.finish()
        #expect(try test.dump(except: ["run", "job"]) == before)
        #expect(try test.store.runs().map(\.state) == [.finished, .finished])
    }

    @Test func `an export of an earlier run shows what held then`() throws {
        let test = try TestStore()
        let first = try test.begin()
        try test.process("a.jpg", "a", total: "1.00")
        try test.process("b.jpg", "b", total: "2.00")
        try test.process("gone.jpg", "g", total: "9.00")
        try test.finish()

        let second = try test.begin()
        let document = try test.place("a.jpg", "a")
        try test.find(document, [test.candidate("total", "1.50")])
        try test.conclude(document, .review, reason: "sum")
        try test.process("b.jpg", "b2", total: "2.50")
        let gone = try test.store.knownLocations(
            pipeline: second.pipeline,
            folder: second.folders[0],
            after: nil,
            limit: 10
        )
        .filter { $0.path == Array("gone.jpg".utf8) }
        try test.store.markVanished(run: second.run, gone.map(\.id))
        try test.process("c.jpg", "c", total: "3.00")
        try test.finish()

        let atFirst = ["a.jpg done 1.00", "b.jpg done 2.00", "gone.jpg done 9.00"]
        let now = ["a.jpg review 1.50", "b.jpg done 2.50", "c.jpg done 3.00"]
        #expect(try test.lines(ExportSelection(run: first.run)) == atFirst)
        #expect(try test.lines() == now)
        #expect(try test.lines(ExportSelection(run: second.run)) == now)
        #expect(try test.store.check() == [])

        let past = try test.rows(ExportSelection(includesPast: true))
        #expect(
            past.map { "\($0.path) \($0.isPresent) \($0.values["total"]?.content.plain ?? "")" }
                == [
                    "a.jpg true 1.50", "b.jpg false 2.00", "b.jpg true 2.50", "c.jpg true 3.00",
                    "gone.jpg false 9.00",
                ]
        )
    }

    @Test func `changes within one run leave only the last state`() throws {
        let test = try TestStore()
        let run = try test.begin()
        try test.process("a.jpg", "a", total: "1.00")
        let document = try test.process("a.jpg", "b", total: "2.00")
        try test.find(document, [test.candidate("total", "3.00")])
        try test.conclude(document)
        #expect(
            try test.lines(ExportSelection(run: run.run, includesPast: true)) == ["a.jpg done 3.00"]
        )
        #expect(try test.store.check() == [])
    }

    @Test func `since gives only what changed later`() throws {
        let test = try TestStore()
        let first = try test.begin()
        try test.process("a.jpg", "a", total: "1.00")
        try test.process("b.jpg", "b", total: "2.00")
        try test.process("c.jpg", "b", total: "2.00")
        try test.finish()
        let second = try test.begin()
        let document = try test.place("a.jpg", "a")
        try test.find(document, [test.candidate("total", "1.50")])
        try test.conclude(document)
        try test.finish()
        #expect(try test.lines(ExportSelection(since: .run(first.run))) == ["a.jpg done 1.50"])
        #expect(try test.lines(ExportSelection(since: .run(second.run))) == [])
        #expect(
            try test.lines(ExportSelection(since: .date("2025-06-01T00:00:03Z"))) == [
                "a.jpg done 1.50"
            ]
        )
        #expect(try test.lines(ExportSelection(since: .date("2020"))).count == 3)

        // The first of two equal files goes: the other one becomes the first.
        let third = try test.begin()
        let known = try test.store.knownLocations(
            pipeline: third.pipeline,
            folder: third.folders[0],
            after: nil,
            limit: 10
        )
        try test.store.markVanished(run: third.run, [known[1].id])
        try test.finish()
        #expect(try test.lines(ExportSelection(since: .run(second.run))) == ["c.jpg done 2.00"])
    }

    @Test func `a record changes as a whole when its document is finished`() throws {
        let test = try TestStore()
        try test.begin()
        let document = try test.process("a.jpg", "a", total: "1.00")
        try test.finish()
        try test.begin()
        try test.find(document, [test.candidate("total", "2.00")])
        #expect(try test.lines() == ["a.jpg done 1.00"], "killed here, the old record must stand")
        let candidates = try test.store.candidates(
            pipeline: #require(test.started).pipeline,
            document: document
        )
        #expect(candidates.map(\.candidate.content.plain) == ["2.00"])
        try test.conclude(document)
        #expect(try test.lines() == ["a.jpg done 2.00"])
        #expect(try test.store.check() == [])
    }

    @Test func `a correction outranks every later result and shows only from when it was made`()
        throws
    {
        let test = try TestStore()
        let first = try test.begin()
        let document = try test.process("a.jpg", "a", total: "1.00")
        try test.finish()
        let second = try test.begin()
        try test.finish()
        let money = FieldContent.money(
            Money(amount: DecimalNumber(units: -123450, scale: 2), currency: "EUR")
        )
        try test.store.correct(
            pipeline: second.pipeline,
            document: document,
            field: "total",
            content: money,
            at: test.tick()
        )
        try test.begin()
        try test.find(document, [test.candidate("total", "7.00")])
        try test.conclude(document)
        #expect(try test.rows()[0].values["total"]?.content == money)
        #expect(try test.rows()[0].values["total"]?.isCorrection == true)
        #expect(try test.lines(ExportSelection(run: first.run)) == ["a.jpg done 1.00"])
        #expect(try test.lines(ExportSelection(run: second.run)) == ["a.jpg done -1234.50"])
        let differences = try test.store.diff(first.run, second.run)
        #expect(differences.map(\.after) == ["-1234.50"])
    }

    @Test func `diff names added, removed and changed files, statuses and fields`() throws {
        let test = try TestStore()
        let first = try test.begin()
        let a = try test.process("a.jpg", "a", total: "1.00")
        try test.process("b.jpg", "b", total: "2.00")
        try test.process("same.jpg", "s", total: "5.00")
        try test.finish()
        let second = try test.begin()
        try test.find(a, [test.candidate("total", "1.50"), test.candidate("date", "today")])
        try test.conclude(a, .review)
        let known = try test.store.knownLocations(
            pipeline: second.pipeline,
            folder: second.folders[0],
            after: [0x61, 0x7A],
            limit: 1
        )
        try test.store.markVanished(run: second.run, known.map(\.id))
        try test.process("c.jpg", "c", total: "3.00")
        try test.finish()
        func words(_ differences: [Difference]) -> [String] {
            differences.map {
                "\($0.path) \($0.kind) \($0.field ?? "-") \($0.before ?? "-") \($0.after ?? "-")"
            }
        }
        #expect(
            words(try test.store.diff(first.run, second.run)) == [
                "a.jpg status - done review", "a.jpg added date - today",
                "a.jpg changed total 1.00 1.50", "b.jpg removed - done -", "c.jpg added - - done",
            ]
        )
        #expect(
            words(try test.store.diff(second.run, first.run)).contains(
                "a.jpg changed total 1.50 1.00"
            )
        )
        #expect(try test.store.diff(second.run, second.run) == [])
        #expect(throws: StoreError.noSuchRun(RunID(rawValue: 99))) {
            try test.store.diff(first.run, RunID(rawValue: 99))
        }
    }

    @Test func `runs that died are found interrupted by the next`() throws {
        let test = try TestStore()
        let dead = try test.begin()
        let next = try test.begin()
        #expect(next.interruptedRuns == [dead.run])
        #expect(try test.store.run(dead.run).state == .interrupted)
        #expect(try test.store.run(next.run).state == .running)
        #expect(next.pipeline == dead.pipeline && next.folders == dead.folders)
    }
}
