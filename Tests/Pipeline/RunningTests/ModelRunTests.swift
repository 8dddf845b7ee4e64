import Foundation
import Jobs
import PipelineSpec
import Records
import Running
import Storage
import Testing

/// Runs with a model: who is asked, when, in which order, and what a second run does.
@Suite struct ModelRunTests {
    static let record = [
        FieldDefinition(name: "total", type: .text, isRequired: true),
        FieldDefinition(name: "kind", type: .text),
    ]
    static let ask = Step.ask(
        AskStep(
            question: "Read.",
            fills: ["total"],
            when: StepCondition(missing: ["total"], orConfidenceBelow: nil)
        )
    )
    static let classify = Step.classify(
        ClassifyStep(field: "kind", when: StepCondition(missing: ["kind"], orConfidenceBelow: nil))
    )

    /// A folder, and a model that sees.
    static func bench(
        _ steps: [Step] = [.read(ReadStep()), .find(FindStep(fields: ["total", "kind"])), ask],
        record: [FieldDefinition] = record
    ) throws -> RunBench {
        let bench = try RunBench(record: record, steps: steps)
        bench.router = JobRouter(model: .seeing(name: "thinker"))
        return bench
    }

    @Test func `only what rules have left open is asked, and after all else was read`()
        async throws
    {
        let bench = try Self.bench()
        try bench.write("say:total=1", to: "a.txt")
        try bench.write("total=2", to: "b.txt")
        try bench.write("say:total=3", to: "c.txt")
        let thinker = bench.thinker
        let askedBeforeRead = Flag()
        bench.engine.whileReading { if !thinker.asked.isEmpty { askedBeforeRead.raise() } }
        let report = try await bench.run()
        #expect(bench.thinker.asked == ["a.txt ask", "c.txt ask"])
        #expect(!askedBeforeRead.isRaised)
        #expect(
            try bench.rows() == ["a.txt done total=1", "b.txt done total=2", "c.txt done total=3"]
        )
        #expect(report.worked == 3)
        #expect(report.model.documents == 2)
        #expect(report.model.answers == 2)
        #expect(report.model.reusedTokens == 120)
        #expect(report.model.exactPictures == 2)
        #expect(report.waitingForModel == 0)
        #expect(bench.observer.modelProgress == ["0 of 2", "1 of 2", "2 of 2"])
        #expect(bench.thinker.finished.count == 2)
        #expect(bench.thinker.unloads == 1)
    }

    @Test func `a second run asks nothing and writes nothing but its own row`() async throws {
        let bench = try Self.bench([
            .read(ReadStep()), .find(FindStep(fields: ["total"])), Self.ask, Self.classify,
            .check(CheckStep(rules: [])),
        ])
        try bench.write("say:total=1 say:kind=food", to: "a.txt")
        try bench.write("total=2", to: "b.txt")
        try bench.write("guess:total=3", to: "c.txt")
        // Times younger than this are not trusted: the file would be hashed again.
        try await Task.sleep(for: .seconds(2.1))
        try await bench.run()
        let before = try bench.dump()
        bench.engine.forgetCalls()
        bench.thinker.forgetCalls()
        let second = try await bench.run()
        #expect(second.worked == 0)
        #expect(second.unchanged == 3)
        #expect(bench.engine.calls.isEmpty && bench.thinker.asked.isEmpty)
        #expect(try bench.dump() == before)
        #expect(try bench.store.check() == [])
    }

    @Test func `what gains most for its cost goes first, of equals the first path`() async throws {
        let bench = try Self.bench([
            .read(ReadStep()), .find(FindStep(fields: ["total", "kind"])), Self.ask, Self.classify,
        ])
        try bench.write("total=1", to: "a-optional.txt")
        try bench.write("one\ntwo\nthree\nfour", to: "b-long.txt")
        try bench.write("d", to: "d-required.txt")
        try bench.write("c", to: "c-required.txt")
        try await bench.run()
        var order: [String] = []
        for path in bench.thinker.seen where !order.contains(path) { order.append(path) }
        #expect(order == ["c-required.txt", "d-required.txt", "a-optional.txt", "b-long.txt"])
    }

    @Test(arguments: [(1, 1), (2, 1), (4, 3), (8, 8)])
    func `records and the order of turns depend neither on jobs nor on width`(
        jobs: Int,
        width: Int
    ) async throws {
        let bench = try Self.bench([
            .read(ReadStep()), .find(FindStep(fields: ["total"])), Self.ask, Self.classify,
        ])
        for number in 10..<30 {
            try bench.write(
                number % 3 == 0 ? "total=\(number)" : "say:total=\(number) say:kind=\(number % 4)",
                to: "\(number).txt"
            )
        }
        bench.options.jobs = jobs
        bench.modelWidth = width
        try await bench.run()
        var order: [String] = []
        for path in bench.thinker.seen where !order.contains(path) { order.append(path) }
        // Those without a total first, both groups by path.
        let numbers = Array(10..<30)
        let expected = numbers.filter { $0 % 3 != 0 } + numbers.filter { $0 % 3 == 0 }
        #expect(order == expected.map { "\($0).txt" })
        #expect(bench.thinker.mostInHand <= width)
        #expect(
            try bench.rows()
                == numbers.map { number in
                    number % 3 == 0
                        ? "\(number).txt done total=\(number)"
                        : "\(number).txt done kind=\(number % 4) total=\(number)"
                }
        )
    }

    @Test func `a picture that no step reads before the model goes to it all the same`()
        async throws
    {
        let bench = try Self.bench([Self.ask, .read(ReadStep()), .find(FindStep(fields: ["kind"]))])
        try bench.write("kind=7", to: "a.txt")
        let report = try await bench.run()
        #expect(bench.thinker.asked == ["a.txt ask"])
        #expect(bench.engine.calls == ["a.txt"])
        #expect(report.worked == 1)
        #expect(try bench.rows() == ["a.txt review kind=7"])
        bench.engine.forgetCalls()
        bench.thinker.forgetCalls()
        try await bench.run()
        #expect(bench.engine.calls.isEmpty && bench.thinker.asked.isEmpty)
    }

    @Test func `a blank page is never shown to the model`() async throws {
        let bench = try Self.bench()
        try bench.write("blank", to: "a.txt")
        try await bench.run()
        #expect(bench.thinker.asked.isEmpty)
        #expect(try bench.rows() == ["a.txt done"])
    }

    @Test func `an answer that is nowhere on the page, or doubted, is for a person to look at`()
        async throws
    {
        let bench = try Self.bench()
        try bench.write("guess:total=1", to: "a.txt")
        try bench.write("say:total=1 doubt:cut", to: "b.txt")
        try await bench.run()
        #expect(bench.observer.outcome("a.txt") == "review unverified total")
        #expect(bench.observer.outcome("b.txt") == "review doubtful answer")
        // The doubt is kept with the job: a check that is added later does not make the document done.
        bench.pipeline.steps.append(.check(CheckStep(rules: [])))
        bench.thinker.forgetCalls()
        try await bench.run()
        #expect(bench.thinker.asked.isEmpty)
        #expect(try bench.rows() == ["a.txt review total=1", "b.txt review total=1"])
    }

    @Test func `an answer that is nowhere on the page is told where another value stands`()
        async throws
    {
        let bench = try Self.bench([
            .read(ReadStep()), .find(FindStep(fields: ["total"])),
            .ask(AskStep(question: "How much?", fills: ["total"])),
        ])
        try bench.write("total=7 guess:total=9", to: "a.txt")
        try await bench.run()
        #expect(bench.observer.outcome("a.txt") == "review unverified total")
        #expect(try bench.rows() == ["a.txt review total=7"])
    }

    @Test func `a date that the folder decides is not asked for`() async throws {
        let ask = Step.ask(
            AskStep(
                question: "When?",
                fills: ["date"],
                when: StepCondition(missing: ["date"], orConfidenceBelow: nil)
            )
        )
        let bench = try Self.bench(
            [.read(ReadStep()), .find(FindStep(fields: ["date"])), ask],
            record: [FieldDefinition(name: "date", type: .date(order: nil), isRequired: true)]
        )
        try bench.write("date=03/04/2025", to: "a.txt")
        try bench.write("date=31/03/2025", to: "b.txt")
        let report = try await bench.run()
        #expect(bench.thinker.asked.isEmpty)
        #expect(report.waitingForModel == 0)
        #expect(try bench.rows() == ["a.txt done date=2025-04-03", "b.txt done date=2025-03-31"])
    }

    @Test
    func
        `a conclusion about dates asks nobody again who has answered, and leaves waiting who waits`()
        async throws
    {
        let bench = try Self.bench(
            [.read(ReadStep()), .find(FindStep(fields: ["date", "total"])), Self.ask],
            record: Self.record + [FieldDefinition(name: "date", type: .date(order: nil))]
        )
        try bench.write("date=03/04/2025 say:total=1", to: "a.txt")
        try bench.write("date=05/06/2025 say:total=2", to: "b.txt")
        bench.thinker.beUnavailableAfter(1)
        try await bench.run()
        #expect(try bench.rows() == ["a.txt review total=1", "b.txt waiting"])
        bench.thinker.forgetCalls()
        bench.thinker.beUnavailableAfter(0)
        try bench.write("date=31/03/2025 total=3", to: "c.txt")
        try await bench.run()
        #expect(bench.thinker.asked == ["b.txt ask"])
        #expect(
            try bench.rows() == [
                "a.txt done date=2025-04-03 total=1", "b.txt waiting date=2025-06-05",
                "c.txt done date=2025-03-31 total=3",
            ]
        )
    }
}
