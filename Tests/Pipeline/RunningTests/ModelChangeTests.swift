import Foundation
import Jobs
import PipelineSpec
import Records
import Running
import Storage
import Testing

/// What is asked again when a step, a model or what it builds on has changed, and what is not.
@Suite struct ModelChangeTests {
    private static func bench() throws -> RunBench {
        let bench = try ModelRunTests.bench([
            .read(ReadStep()), .find(FindStep(fields: ["total"])), ModelRunTests.ask,
            ModelRunTests.classify,
        ])
        try bench.write("say:total=1 say:kind=food", to: "a.txt")
        return bench
    }

    @Test func `a changed question is asked, and no other step that does not build on its answer`()
        async throws
    {
        let bench = try Self.bench()
        try await bench.run()
        #expect(bench.thinker.asked == ["a.txt ask", "a.txt classify"])
        bench.thinker.forgetCalls()
        bench.engine.forgetCalls()
        bench.pipeline.steps[2] = .ask(
            AskStep(
                question: "Read it again.",
                fills: ["total"],
                when: StepCondition(missing: ["total"], orConfidenceBelow: nil)
            )
        )
        try await bench.run()
        #expect(bench.thinker.asked == ["a.txt ask"])
        #expect(bench.engine.calls.isEmpty)
        #expect(try bench.rows() == ["a.txt done kind=food total=1"])
    }

    @Test
    func `a document whose question has changed goes by what it gains without its old answer`()
        async throws
    {
        let bench = try ModelRunTests.bench([
            .read(ReadStep()), .find(FindStep(fields: ["total"])), ModelRunTests.ask,
            ModelRunTests.classify,
        ])
        try bench.write("say:total=1 say:kind=food", to: "z.txt")
        try await bench.run()
        bench.thinker.forgetCalls()
        bench.pipeline.steps[2] = .ask(
            AskStep(
                question: "Read it again.",
                fills: ["total"],
                when: StepCondition(missing: ["total"], orConfidenceBelow: nil)
            )
        )
        // It wants but a field that is not required.
        try bench.write("total=2 say:kind=tools", to: "a.txt")
        try await bench.run()
        #expect(bench.thinker.asked == ["z.txt ask", "a.txt classify"])
    }

    @Test func `a step that builds on the field of one before is done again with it`() async throws
    {
        let bench = try Self.bench()
        bench.pipeline.steps[3] = .ask(AskStep(question: "Sure?", fills: ["total", "kind"]))
        try await bench.run()
        bench.thinker.forgetCalls()
        // A rule finds the total now, so that the first is not asked any more.
        bench.pipeline.steps[1] = .find(
            FindStep(
                fields: ["total"],
                forms: [
                    Form(
                        name: "corner",
                        signs: FormSigns(words: ["corner"]),
                        rules: [FormRule(field: "total", content: .text("9"))]
                    )
                ]
            )
        )
        try await bench.run()
        #expect(bench.thinker.asked == ["a.txt ask"])
        #expect(try bench.rows() == ["a.txt done kind=food total=9"])
    }

    @Test func `a night without the model loses no answer, and a night with it again asks nothing`()
        async throws
    {
        let bench = try Self.bench()
        try await bench.run()
        let rows = try bench.rows()
        let answered = try bench.dump().filter { !$0.hasPrefix("location ") }
        bench.thinker.forgetCalls()
        bench.router = JobRouter()
        let without = try await bench.run()
        #expect(without.skippedSteps.map(\.verb) == ["ask", "classify"])
        #expect(try bench.rows() == rows)
        bench.pipeline.steps.append(.check(CheckStep(rules: [])))
        try await bench.run()
        #expect(try bench.rows() == rows)
        bench.pipeline.steps.removeLast()
        bench.router = JobRouter(model: .seeing(name: "thinker"))
        try await bench.run()
        #expect(bench.thinker.asked.isEmpty)
        #expect(try bench.dump().filter { !$0.hasPrefix("location ") } == answered)
    }

    @Test func `what waits for the model is finished without it where there is none any more`()
        async throws
    {
        let bench = try Self.bench()
        bench.thinker.beUnavailableAfter(0)
        try await bench.run()
        #expect(try bench.rows() == ["a.txt waiting"])
        bench.router = JobRouter()
        let report = try await bench.run()
        #expect(bench.observer.outcome("a.txt") == "review missing total")
        #expect(report.waitingForModel == 0)
        #expect(try bench.store.check() == [])
    }

    @Test func `steps that had no model are done as soon as there is one`() async throws {
        let bench = try Self.bench()
        bench.router = JobRouter()
        try await bench.run()
        #expect(try bench.rows() == ["a.txt review"])
        bench.engine.forgetCalls()
        bench.router = JobRouter(model: .seeing(name: "thinker"))
        try await bench.run()
        #expect(bench.engine.calls.isEmpty)
        #expect(try bench.rows() == ["a.txt done kind=food total=1"])
    }

    @Test func `another model makes stale what the last one answered, and nothing else`()
        async throws
    {
        let bench = try ModelRunTests.bench()
        try bench.write("say:total=1", to: "a.txt")
        try bench.write("total=2", to: "b.txt")
        try await Task.sleep(for: .seconds(2.1))
        try await bench.run()
        bench.thinker.become("thinker 2")
        bench.thinker.forgetCalls()
        let left = try await bench.run()
        #expect(left.stale == 1)
        #expect(bench.thinker.asked.isEmpty)
        bench.options.refresh = .stale
        try await bench.run()
        #expect(bench.thinker.asked == ["a.txt ask"])
        #expect(try await bench.run().stale == 0)
        #expect(bench.thinker.asked == ["a.txt ask"])
    }

    @Test func `everything again is everything once`() async throws {
        let bench = try Self.bench()
        try await bench.run()
        bench.options.refresh = .all
        bench.thinker.forgetCalls()
        bench.engine.forgetCalls()
        try await bench.run()
        #expect(bench.engine.calls == ["a.txt"])
        #expect(bench.thinker.asked == ["a.txt ask", "a.txt classify"])
        #expect(bench.thinker.kept.count == 2)
    }

    @Test func `a step that the router sends to the text needs no model and no queue`() async throws
    {
        let bench = try ModelRunTests.bench([
            .read(ReadStep()),
            .ask(AskStep(question: "All text.", fills: ["total"], route: .text)),
        ])
        bench.router = JobRouter()
        try bench.write("say:total=1", to: "a.txt")
        let report = try await bench.run()
        #expect(bench.thinker.asked == ["a.txt ask"])
        #expect(report.model.documents == 0)
        #expect(try bench.rows() == ["a.txt done total=1"])
    }
}
