import Foundation
import Jobs
import Running
import Storage
import Testing

/// A model that has answered cannot be asked for a while: the night goes on when it is back.
@Suite struct ModelPatienceTests {
    private static func bench(_ names: [String]) throws -> RunBench {
        let bench = try ModelRunTests.bench()
        for name in names { try bench.write("say:total=\(name)", to: "\(name).txt") }
        return bench
    }

    @Test func `what was left while a server was started anew is done in the same run`()
        async throws
    {
        let bench = try Self.bench(["a", "b", "c", "d"])
        bench.thinker.beUnavailableAfter(1, times: 2)
        let report = try await bench.run()
        #expect(report.tally[.done] == 4)
        #expect(report.unavailable == nil && report.waitingForModel == 0)
        #expect(report.worked == 4 && report.model.documents == 4)
        // Who was left goes behind who was not.
        #expect(bench.thinker.asked == ["a", "b", "c", "d", "b", "c"].map { "\($0).txt ask" })
        #expect(bench.pauses.total == .seconds(30 + 60))
        #expect(bench.observer.notes.count == 2)
        #expect(bench.observer.notes.first?.contains("nobody is there") == true)
        #expect(bench.observer.modelProgress.last == "4 of 4")
        #expect(try bench.store.check() == [])
    }

    @Test func `several documents in hand are all taken up again`() async throws {
        let bench = try Self.bench((10..<30).map(String.init))
        bench.modelWidth = 4
        bench.thinker.beUnavailableAfter(6, times: 4)
        let report = try await bench.run()
        #expect(report.tally[.done] == 20)
        #expect(report.unavailable == nil)
    }

    @Test func `a limit counts a document that is taken up again once`() async throws {
        let bench = try Self.bench(["a", "b", "c"])
        bench.options.limit = 2
        bench.thinker.beUnavailableAfter(1, times: 1)
        let report = try await bench.run()
        #expect(report.worked == 2 && report.tally[.done] == 2)
        #expect(report.tally.isConserved)
    }

    @Test func `a model that was never there is not waited for`() async throws {
        let bench = try Self.bench(["a", "b"])
        bench.thinker.beUnavailableAfter(0)
        let report = try await bench.run()
        #expect(bench.pauses.total == .zero)
        #expect(bench.observer.notes.isEmpty)
        #expect(bench.thinker.asked == ["a.txt ask"])
        #expect(report.tally[.waiting] == 2 && report.waitingForModel == 2)
        #expect(report.unavailable != nil && report.stoppedBecause == nil)
    }

    @Test func `patience begins anew with every answer`() async throws {
        let names = (10..<20).map(String.init)
        let bench = try Self.bench(names)
        let thinker = bench.thinker
        thinker.beUnavailableAfter(1)
        // It comes back for one answer after every pause.
        bench.pauses.whilePassing { _ in
            thinker.beUnavailableAfter(thinker.asked.count + 1)
        }
        let report = try await bench.run()
        #expect(report.tally[.done] == 10)
        #expect(bench.pauses.total == .seconds(30 * bench.observer.notes.count))
    }

    @Test func `a request to stop ends the pause at once`() async throws {
        let bench = try Self.bench(["a", "b"])
        bench.thinker.beUnavailableAfter(1)
        let stop = StopRequest()
        bench.pauses.whilePassing { _ in stop.make(reason: "interrupted") }
        let report = try await bench.run(stop: stop)
        #expect(bench.pauses.total < .seconds(1))
        #expect(report.stoppedBecause == "interrupted")
        #expect(report.tally[.waiting] == 1 && report.tally.isConserved)
        #expect(bench.thinker.asked == ["a.txt ask", "b.txt ask"])
    }

    @Test func `a run that is cancelled in a pause ends at once`() async throws {
        let bench = try Self.bench(["a", "b"])
        bench.thinker.beUnavailableAfter(1)
        bench.pauses.whilePassing { _ in throw CancellationError() }
        await #expect(throws: CancellationError.self) { try await bench.run() }
        #expect(bench.thinker.unloads == 1)
    }

    @Test func `an hour that strikes in a pause ends it`() async throws {
        let bench = try Self.bench(["a", "b"])
        bench.thinker.beUnavailableAfter(1)
        let hour = ContinuousClock.now.advanced(by: .seconds(5))
        bench.options.until = hour
        bench.pauses.whilePassing { _ in try await Task.sleep(until: hour, clock: .continuous) }
        let report = try await bench.run()
        // On a busy machine the hour may strike before there was a pause.
        #expect(report.stoppedBecause == "left by --until")
        #expect(bench.pauses.total < .seconds(1))
        #expect(!bench.thinker.asked.dropFirst(2).contains("b.txt ask"))
    }
}
