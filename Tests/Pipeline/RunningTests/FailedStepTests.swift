import Jobs
import PipelineSpec
import Running
import Storage
import Testing

/// A step at which a model failed is asked again by request, and of another model.
@Suite struct FailedStepTests {
    /// A document of which a model's answer failed for good, one night ago.
    private static func bench() async throws -> RunBench {
        let bench = try ModelRunTests.bench()
        try bench.write("never:engine-failed kind=food say:total=1", to: "a.txt")
        try bench.write("total=2", to: "b.txt")
        try await Task.sleep(for: .seconds(2.1))
        for _ in 1...JobLifecycle.mostAttempts { try await bench.run() }
        #expect(bench.observer.outcome("a.txt")?.hasPrefix("partial ask: engine-failed") == true)
        bench.thinker.forgetCalls()
        bench.engine.forgetCalls()
        try await bench.run()
        #expect(bench.thinker.asked.isEmpty)
        return bench
    }

    @Test func `retry has it asked again, and reads nothing again`() async throws {
        let bench = try await Self.bench()
        bench.thinker.heal()
        let store = try bench.store
        let pipeline = try #require(try store.pipeline(named: "bench"))
        #expect(try store.retry(pipeline: pipeline.id) == 1)
        try await bench.run()
        #expect(bench.thinker.asked == ["a.txt ask"])
        #expect(bench.engine.calls.isEmpty)
        #expect(try bench.rows().first == "a.txt done kind=food total=1")
        #expect(try store.retry(pipeline: pipeline.id) == 0)
    }

    @Test func `another model is asked once in its first run`() async throws {
        let bench = try await Self.bench()
        bench.thinker.become("thinker 2")
        try await bench.run()
        #expect(bench.thinker.asked == ["a.txt ask"])
        #expect(bench.engine.calls.isEmpty)
        bench.thinker.become("thinker 3")
        bench.thinker.heal()
        try await bench.run()
        #expect(bench.thinker.asked == ["a.txt ask", "a.txt ask"])
        #expect(try bench.rows().first == "a.txt done kind=food total=1")
        bench.thinker.become("thinker 4")
        #expect(try await bench.run().stale == 1)
        #expect(bench.thinker.asked.count == 2)
    }

    @Test func `a night without a model leaves it as it is`() async throws {
        let bench = try await Self.bench()
        bench.router = JobRouter()
        let rows = try bench.rows()
        #expect(try await bench.run().worked == 0)
        #expect(try bench.rows() == rows)
    }
}
