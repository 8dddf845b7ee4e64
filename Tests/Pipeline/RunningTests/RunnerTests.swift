import Foundation
import Jobs
import PipelineSpec
import Records
import Running
import Storage
import Testing

@Suite struct RunnerTests {
    @Test func `a second run over unchanged files reads nothing and exports the same`() async throws
    {
        let bench = try RunBench()
        try bench.write("total=1.50", to: "a.txt")
        try bench.write("total=2.50", to: "sub/b.txt")
        let first = try await bench.run()
        #expect(first.tally.found == 2)
        #expect(first.worked == 2)
        let rows = try bench.rows()
        #expect(rows == ["a.txt done total=1.50", "sub/b.txt done total=2.50"])
        bench.engine.forgetCalls()
        // Times younger than two seconds are not trusted: those files are hashed again, and not read again.
        let second = try await bench.run()
        #expect(second.worked == 0)
        #expect(second.tally[.done] == 2)
        #expect(bench.engine.calls.isEmpty)
        #expect(try bench.rows() == rows)
    }

    @Test
    func `a frame without words is no reason for review, and other frames are another reading`()
        async throws
    {
        let bench = try RunBench()
        try bench.write("\0\0\0\u{14}ftypisom\0\0\0\0mp41", to: "clip.mp4")
        try bench.write("P4\n8 1\n\u{1}", to: "scan.pnm")
        bench.engine.speak(" \n ")
        try await bench.run()
        #expect(try bench.rows().map { $0.split(separator: " ")[1] } == ["done", "review"])
        bench.engine.forgetCalls()
        bench.pipeline.steps[0] = .read(ReadStep(framesEvery: 1000))
        try await bench.run()
        #expect(bench.engine.calls.contains("clip.mp4"))
    }

    @Test func `equal bytes under two names are read once and the later path is a duplicate`()
        async throws
    {
        let bench = try RunBench()
        try bench.write("total=1", to: "b.txt")
        try bench.write("total=1", to: "a.txt")
        let report = try await bench.run()
        #expect(bench.engine.calls.count == 1)
        #expect(report.tally[.done] == 1)
        #expect(report.tally[.duplicate] == 1)
        #expect(try bench.rows().last?.hasPrefix("b.txt duplicate") == true)
    }

    @Test func `a renamed file costs nothing, a changed one is read, a vanished one is marked`()
        async throws
    {
        let bench = try RunBench()
        try bench.write("total=1", to: "old-name.txt")
        try bench.write("total=2", to: "changes.txt")
        try bench.write("total=3", to: "vanishes.txt")
        let first = try await bench.run()
        bench.engine.forgetCalls()
        let files = FileManager.default
        try files.moveItem(
            at: bench.folder.appendingPathComponent("old-name.txt"),
            to: bench.folder.appendingPathComponent("new-name.txt")
        )
        try bench.write("total=22", to: "changes.txt")
        try files.removeItem(at: bench.folder.appendingPathComponent("vanishes.txt"))
        let second = try await bench.run()
        #expect(bench.engine.calls == ["changes.txt"])
        #expect(second.tally.found == 2)
        #expect(try bench.rows() == ["changes.txt done total=22", "new-name.txt done total=1"])
        #expect(
            try bench.rows(at: first.run) == [
                "changes.txt done total=2", "old-name.txt done total=1",
                "vanishes.txt done total=3",
            ]
        )
    }

    @Test func `files left by the limit are waiting, and the next run takes them`() async throws {
        let bench = try RunBench()
        for name in ["a", "b", "c"] { try bench.write("total=\(name)", to: "\(name).txt") }
        bench.options.limit = 1
        let first = try await bench.run()
        #expect(first.tally[.done] == 1)
        #expect(first.tally[.waiting] == 2)
        #expect(first.tally.isConserved)
        bench.options.limit = nil
        let second = try await bench.run()
        #expect(second.tally[.done] == 3)
        #expect(bench.engine.calls.count == 3)
    }

    @Test func `a stop leaves the rest waiting and loses nothing that was done before`()
        async throws
    {
        let bench = try RunBench()
        try bench.write("total=1", to: "a.txt")
        try await bench.run()
        try bench.write("total=2", to: "b.txt")
        let stop = StopRequest()
        stop.make(reason: "interrupted")
        let report = try await bench.run(stop: stop)
        #expect(report.stoppedBecause == "interrupted")
        #expect(report.tally.isConserved)
        #expect(report.tally.found == 2)
        #expect(try bench.rows().contains { $0.hasPrefix("a.txt") && $0.hasSuffix("total=1") })
        #expect(try await bench.run().tally[.done] == 2)
    }

    @Test func `a file in a folder within a folder is found in both, and read once`() async throws {
        let bench = try RunBench()
        try bench.write("total=1", to: "sub/a.txt")
        bench.pipeline.input.folders.append(bench.folder.appendingPathComponent("sub").path)
        let report = try await bench.run()
        #expect(report.tally.found == 2)
        #expect(report.tally[.done] == 1)
        #expect(report.tally[.duplicate] == 1)
        #expect(bench.engine.calls.count == 1)
    }

    @Test func `a file that is written while it is read waits, and nothing of it is kept`()
        async throws
    {
        let bench = try RunBench()
        try bench.write("total=1", to: "a.txt")
        try await bench.run()
        try bench.write("total=2", to: "a.txt")
        let file = bench.folder.appendingPathComponent("a.txt")
        bench.engine.whileReading { try? Data("total=3".utf8).write(to: file) }
        let report = try await bench.run()
        #expect(report.tally[.waiting] == 1)
        #expect(try bench.rows() == ["a.txt waiting"])
        bench.engine.whileReading(nil)
        try await bench.run()
        #expect(try bench.rows() == ["a.txt done total=3"])
    }

    @Test func `a person's correction outlasts a new reading and a new pipeline`() async throws {
        let bench = try RunBench()
        try bench.write("total=1", to: "a.txt")
        let first = try await bench.run()
        let store = try bench.store
        let pipeline = try #require(try store.pipeline(named: "bench"))
        let document = try #require(
            try store.knownLocations(
                pipeline: pipeline.id,
                folder: pipeline.folders[0].id,
                after: nil,
                limit: 1
            ).first?.document
        )
        try store.correct(
            pipeline: pipeline.id,
            document: document,
            field: "total",
            content: .text("7"),
            at: "2026-01-01T00:00:00.000Z"
        )
        #expect(try bench.rows() == ["a.txt done total=7"])
        bench.options.refresh = .all
        bench.pipeline.steps.append(.check(CheckStep(rules: [])))
        #expect(try await bench.run().run != first.run)
        #expect(try bench.rows() == ["a.txt done total=7"])
    }

    @Test func `paths that --only leaves out keep their results, and wait where work is due`()
        async throws
    {
        let bench = try RunBench()
        try bench.write("total=1", to: "a.txt")
        try bench.write("total=2", to: "b.txt")
        try await bench.run()
        bench.pipeline.steps[0] = .read(ReadStep(languages: ["deu"]))
        bench.engine.forgetCalls()
        bench.options.only = "a*"
        let report = try await bench.run()
        #expect(bench.engine.calls == ["a.txt"])
        #expect(report.tally[.done] == 1)
        #expect(try bench.rows() == ["a.txt done total=1", "b.txt waiting total=2"])
    }

    @Test
    func
        `a failure that may pass is tried four times in all, then left alone until the file changes`()
        async throws
    {
        let bench = try RunBench()
        try bench.write("fail crashed", to: "a.txt")
        for _ in 1...3 { #expect(try await bench.run().tally[.failed] == 1) }
        #expect(try await bench.run().tally[.quarantined] == 1)
        #expect(bench.engine.calls.count == 4)
        #expect(try await bench.run().tally[.quarantined] == 1)
        #expect(bench.engine.calls.count == 4)
        try bench.write("total=1", to: "a.txt")
        #expect(try await bench.run().tally[.done] == 1)
    }

    @Test func `a failure that will not pass is not tried again, but when the limits change`()
        async throws
    {
        let bench = try RunBench()
        try bench.write("fail too-large", to: "a.txt")
        try await bench.run()
        #expect(try await bench.run().tally[.failed] == 1)
        #expect(bench.engine.calls.count == 1)
        bench.pipeline.input.limits.pixels *= 2
        try await bench.run()
        #expect(bench.engine.calls.count == 2)
    }

    @Test func `a page that fails makes the document partial, and only that page is tried again`()
        async throws
    {
        let bench = try RunBench()
        try bench.write("total=1\npage-fail timeout\nmore", to: "a.txt")
        let first = try await bench.run()
        #expect(first.tally[.partial] == 1)
        #expect(try bench.rows() == ["a.txt partial total=1"])
        bench.engine.forgetCalls()
        bench.engine.heal()
        #expect(try await bench.run().tally[.done] == 1)
        #expect(bench.engine.pagesAsked == [2])
    }

    @Test func `a document of which no page could be read has failed`() async throws {
        let bench = try RunBench()
        try bench.write("page-fail corrupt\npage-fail corrupt", to: "a.txt")
        #expect(try await bench.run().tally[.failed] == 1)
    }

    @Test func `a run that is cut off goes on after the last page that was stored`() async throws {
        let bench = try RunBench()
        try bench.write("total=1\ntwo\nthree\nfour", to: "a.txt")
        bench.engine.breakAfterPage(2)
        await #expect(throws: CancellationError.self) { try await bench.run() }
        #expect(bench.engine.pagesAsked == [1, 2])
        bench.engine.forgetCalls()
        bench.engine.breakAfterPage(nil)
        #expect(try await bench.run().tally[.done] == 1)
        #expect(bench.engine.pagesAsked == [3, 4])
    }

    @Test func `blank documents are done, and ink without words asks for a person`() async throws {
        let bench = try RunBench(
            record: [FieldDefinition(name: "total", type: .text, isRequired: true)]
        )
        try bench.write("blank", to: "blank.txt")
        try bench.write(" ", to: "ink.txt")
        try await bench.run()
        #expect(try bench.rows() == ["blank.txt done", "ink.txt review"])
    }

    @Test func `a missing required field puts the document under review with its name`()
        async throws
    {
        let bench = try RunBench(
            record: [FieldDefinition(name: "total", type: .text, isRequired: true)]
        )
        try bench.write("nothing here", to: "a.txt")
        try await bench.run()
        #expect(bench.observer.outcome("a.txt") == "review missing total")
    }

    @Test func `content that is no document fails as unsupported or empty without an engine`()
        async throws
    {
        let bench = try RunBench()
        try Data([0x50, 0x4B, 3, 4, 0, 0, 0, 0]).write(
            to: bench.folder.appendingPathComponent("a.zip")
        )
        try Data().write(to: bench.folder.appendingPathComponent("b.txt"))
        try await bench.run()
        #expect(bench.engine.calls.isEmpty)
        #expect(bench.observer.outcome("a.zip") == "failed unsupported")
        #expect(bench.observer.outcome("b.txt") == "failed empty")
    }

    @Test func `a changed find step leaves the text alone`() async throws {
        let bench = try RunBench()
        try bench.write("total=1", to: "a.txt")
        try await bench.run()
        bench.engine.forgetCalls()
        bench.pipeline.steps[1] = .find(FindStep(fields: ["total"]))
        let report = try await bench.run()
        #expect(report.worked == 1)
        #expect(bench.engine.calls.isEmpty)
    }

    @Test func `results of an older engine are left, counted, and made again when asked`()
        async throws
    {
        let bench = try RunBench()
        try bench.write("total=1", to: "a.txt")
        try await bench.run()
        bench.engine.forgetCalls()
        bench.engine.engineVersion.withLock { $0 = "stand-in 2" }
        // Young times make the second run hash the file again; the third finds it unchanged by its stamp.
        try await Task.sleep(for: .seconds(2.1))
        try await bench.run()
        let left = try await bench.run()
        #expect(left.stale == 1)
        #expect(bench.engine.calls.isEmpty)
        bench.options.refresh = .stale
        try await bench.run()
        #expect(bench.engine.calls == ["a.txt"])
    }

    @Test func `an unreadable folder keeps its results as waiting instead of losing them`()
        async throws
    {
        // Permissions do not stop root: the folder is read then, and nothing is lost either.
        let bench = try RunBench()
        try bench.write("total=1", to: "sub/a.txt")
        try await bench.run()
        let sub = bench.folder.appendingPathComponent("sub")
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: sub.path)
        defer {
            try? FileManager.default.setAttributes(
                [.posixPermissions: 0o755],
                ofItemAtPath: sub.path
            )
        }
        let report = try await bench.run()
        #expect(report.tally.isConserved)
        if getuid() != 0 {
            #expect(report.unreadableFolders.count == 1)
            #expect(report.tally[.waiting] == 1)
        } else {
            #expect(report.tally[.done] == 1)
        }
    }
}
