import Foundation
import Jobs
import PipelineSpec
import Records
import Running
import Storage
import Testing

/// The model's part of a run is cut off, left, or fails: nothing is lost, and the next run goes on.
@Suite struct ModelInterruptionTests {
    @Test func `a run killed between two answers goes on after the last that was stored`()
        async throws
    {
        let bench = try ModelRunTests.bench()
        try bench.write("windows:5 say:total=1", to: "a.txt")
        bench.thinker.dieAfterAnswers(3)
        await #expect(throws: CancellationError.self) { try await bench.run() }
        #expect(try bench.rows() == ["a.txt waiting"])
        #expect(bench.thinker.kept == [0, 1, 2])
        #expect(bench.thinker.finished.count == 1)
        #expect(bench.thinker.unloads == 1)
        bench.thinker.forgetCalls()
        bench.thinker.dieAfterAnswers(nil)
        bench.engine.forgetCalls()
        let report = try await bench.run()
        #expect(bench.engine.calls.isEmpty)
        #expect(bench.thinker.stored == [0, 1, 2])
        #expect(bench.thinker.kept == [3, 4])
        #expect(report.model.answers == 2)
        #expect(try bench.rows() == ["a.txt done total=1"])
        #expect(try bench.dump().filter { $0.hasPrefix("answer ") }.count == 5)
    }

    @Test
    func `answers that would be asked for in the same way are taken up, also under other rules`()
        async throws
    {
        let bench = try ModelRunTests.bench()
        try bench.write("windows:3 say:total=1", to: "a.txt")
        try await bench.run()
        bench.thinker.forgetCalls()
        // The text is read in another way: what hangs on it is done again, and the model has said it all already.
        bench.pipeline.steps[0] = .read(ReadStep(languages: ["deu"]))
        bench.engine.speak("windows:3 say:total=1 more")
        let report = try await bench.run()
        #expect(bench.thinker.asked == ["a.txt ask"])
        #expect(bench.thinker.kept.isEmpty)
        #expect(report.model.answers == 0)
        bench.thinker.forgetCalls()
        bench.options.refresh = .all
        #expect(try await bench.run().model.answers == 3)
    }

    @Test func `an answer that is taken up in another place costs nothing again`() async throws {
        let bench = try ModelRunTests.bench()
        try bench.write("windows:3 say:total=1", to: "a.txt")
        try await bench.run()
        bench.pipeline.steps[0] = .read(ReadStep(languages: ["deu"]))
        bench.engine.speak("windows:3 say:total=1 more")
        bench.thinker.beginAt(position: 4)
        let report = try await bench.run()
        #expect(report.model.answers == 0 && report.model.promptTokens == 0)
        #expect(try bench.dump().filter { $0.hasPrefix("answer ") }.count == 3)
    }

    @Test func `an hour ends the run at a document's end, and the rest is done the next night`()
        async throws
    {
        let bench = try ModelRunTests.bench()
        for name in ["a", "b", "c"] { try bench.write("say:total=\(name)", to: "\(name).txt") }
        let stop = StopRequest()
        bench.observer.atModel { if $0 == 1 { stop.make(reason: "left by --until") } }
        let first = try await bench.run(stop: stop)
        #expect(first.stoppedBecause == "left by --until")
        #expect(first.tally.isConserved)
        #expect(first.tally[.waiting] == 2)
        #expect(first.waitingForModel == 2)
        #expect(try bench.rows() == ["a.txt done total=a", "b.txt waiting", "c.txt waiting"])
        #expect(bench.observer.outcome("b.txt") == "waiting waits for the model")
        bench.engine.forgetCalls()
        bench.observer.atModel { _ in }
        let second = try await bench.run()
        #expect(bench.engine.calls.isEmpty)
        #expect(second.worked == 2)
        #expect(second.tally[.done] == 3)
        #expect(bench.thinker.asked == ["a.txt ask", "b.txt ask", "c.txt ask"])
    }

    @Test func `an hour that has come before the model leaves all that needs it`() async throws {
        let bench = try ModelRunTests.bench()
        try bench.write("say:total=1", to: "a.txt")
        let stop = StopRequest()
        bench.engine.whileReading { stop.make(reason: "left by --until") }
        let report = try await bench.run(stop: stop)
        #expect(bench.thinker.asked.isEmpty)
        #expect(report.waitingForModel == 1)
        #expect(report.tally[.waiting] == 1)
    }

    @Test func `an hour that strikes while the model is at work lets it finish its document`()
        async throws
    {
        let bench = try ModelRunTests.bench()
        for name in ["a", "b"] { try bench.write("say:total=\(name)", to: "\(name).txt") }
        let hour = ContinuousClock.now.advanced(by: .seconds(5))
        bench.options.until = hour
        bench.thinker.whileAsked {
            while ContinuousClock.now < hour { usleep(20_000) }
        }
        let report = try await bench.run()
        #expect(report.stoppedBecause == "left by --until")
        #expect(report.tally.isConserved)
        // On a busy machine the hour may strike before the model was asked at all.
        let rows = try bench.rows()
        #expect(
            rows.first == (bench.thinker.asked.isEmpty ? "a.txt waiting" : "a.txt done total=a")
        )
        #expect(rows.last == "b.txt waiting")
        #expect(!bench.thinker.asked.contains("b.txt ask"))
    }

    @Test func `a limit counts each document once, read or asked about`() async throws {
        let bench = try ModelRunTests.bench()
        for name in ["a", "b", "c"] { try bench.write("say:total=\(name)", to: "\(name).txt") }
        bench.thinker.beUnavailableAfter(0)
        try await bench.run()
        bench.thinker.beUnavailableAfter(nil)
        bench.thinker.forgetCalls()
        try bench.write("say:total=d", to: "d.txt")
        bench.options.limit = 2
        let report = try await bench.run()
        #expect(report.worked == 2)
        #expect(bench.thinker.asked == ["a.txt ask", "d.txt ask"])
        #expect(report.tally.isConserved)
        #expect(report.waitingForModel == 2)
        bench.options.limit = nil
        bench.options.only = "c*"
        bench.thinker.forgetCalls()
        try await bench.run()
        #expect(bench.thinker.asked == ["c.txt ask"])
    }

    @Test func `a model that does not come back is told once, and the documents wait for it`()
        async throws
    {
        let bench = try ModelRunTests.bench()
        for name in ["a", "b", "c"] { try bench.write("say:total=\(name)", to: "\(name).txt") }
        bench.thinker.beUnavailableAfter(1)
        let first = try await bench.run()
        // Once after each pause, of each document in turn.
        #expect(bench.thinker.asked == ["a", "b", "c", "b", "c"].map { "\($0).txt ask" })
        #expect(bench.pauses.total == .seconds(30 + 60 + 120))
        #expect(
            first.unavailable
                == EngineUnavailable(reason: "nobody is there", remedy: "start it")
        )
        #expect(first.stoppedBecause == nil)
        #expect(first.model.documents == 1)
        #expect(first.tally[.waiting] == 2)
        #expect(try bench.rows() == ["a.txt done total=a", "b.txt waiting", "c.txt waiting"])
        bench.thinker.beUnavailableAfter(nil)
        bench.thinker.forgetCalls()
        #expect(try await bench.run().tally[.done] == 3)
        #expect(bench.thinker.asked == ["b.txt ask", "c.txt ask"])
    }

    @Test func `a failed answer leaves the record of the rules, and later steps are done`()
        async throws
    {
        let record =
            ModelRunTests.record + [FieldDefinition(name: "date", type: .date(order: nil))]
        let rule = try CheckRule("date is not in the future", record: record)
        let bench = try ModelRunTests.bench(
            [
                .read(ReadStep()), .find(FindStep(fields: ["kind"])), ModelRunTests.ask,
                .check(CheckStep(rules: [rule])),
            ],
            record: record
        )
        try bench.write("kind=food never:timeout say:total=1", to: "a.txt")
        for tries in 1...4 {
            try await bench.run()
            #expect(bench.observer.outcome("a.txt") == "partial ask: timeout")
            #expect(bench.thinker.asked.count == tries)
        }
        #expect(try bench.rows() == ["a.txt partial kind=food"])
        #expect(try bench.dump().contains { $0.hasPrefix("check_result ") })
        // Four times are enough.
        try await bench.run()
        #expect(bench.thinker.asked.count == 4)
    }

    @Test func `a failed answer that may pass is asked for again, alone`() async throws {
        let bench = try ModelRunTests.bench()
        try bench.write("never:crashed say:total=1", to: "a.txt")
        try await bench.run()
        bench.engine.forgetCalls()
        bench.thinker.heal()
        try await bench.run()
        #expect(bench.engine.calls.isEmpty)
        #expect(try bench.rows() == ["a.txt done total=1"])
    }

    @Test func `a page that fails is tried once a night, whatever waits for the model`()
        async throws
    {
        let bench = try ModelRunTests.bench()
        try bench.write("say:total=1\npage-fail timeout", to: "a.txt")
        for night in 1...5 {
            bench.engine.forgetCalls()
            try await bench.run()
            #expect(bench.engine.pagesAsked == (night == 1 ? [1, 2] : night < 5 ? [2] : []))
            #expect(try bench.rows() == ["a.txt partial total=1"])
        }
        #expect(bench.thinker.kept == [0])
    }

    @Test func `a file that is written to while the model looks at it waits, and nothing is kept`()
        async throws
    {
        let bench = try ModelRunTests.bench()
        try bench.write("say:total=1", to: "a.txt")
        let file = bench.folder.appendingPathComponent("a.txt")
        bench.thinker.whileAsked { try? Data("total=22".utf8).write(to: file) }
        let report = try await bench.run()
        #expect(report.tally[.waiting] == 1)
        #expect(report.tally.isConserved)
        bench.thinker.whileAsked(nil)
        try await bench.run()
        #expect(try bench.rows() == ["a.txt done total=22"])
    }

    @Test func `a file that has gone before its turn is marked by the next run`() async throws {
        let bench = try ModelRunTests.bench()
        try bench.write("say:total=1", to: "a.txt")
        bench.thinker.beUnavailableAfter(0)
        try await bench.run()
        bench.thinker.beUnavailableAfter(nil)
        try FileManager.default.removeItem(at: bench.folder.appendingPathComponent("a.txt"))
        let report = try await bench.run()
        #expect(report.tally.found == 0)
        #expect(report.tally.isConserved)
    }
}
