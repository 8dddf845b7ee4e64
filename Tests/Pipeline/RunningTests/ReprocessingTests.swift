import Foundation
import PipelineSpec
import Records
import Running
import Testing

/// Documents that are taken up again: what was done is kept where it still holds, and nowhere else.
@Suite struct ReprocessingTests {
    @Test func `fields on a page that is read at the second try are found`() async throws {
        let bench = try RunBench()
        try bench.write("one\npage-fail timeout total=9", to: "a.txt")
        try await bench.run()
        #expect(try bench.rows() == ["a.txt partial"])
        bench.engine.heal()
        try await bench.run()
        #expect(try bench.rows() == ["a.txt done total=9"])
    }

    @Test func `pages beyond the limit are read when the limit is raised, and only those`()
        async throws
    {
        let bench = try RunBench()
        try bench.write("one\ntwo\ntotal=3", to: "a.txt")
        bench.pipeline.input.limits.pages = 2
        try await bench.run()
        #expect(try bench.rows() == ["a.txt partial"])
        bench.engine.forgetCalls()
        bench.pipeline.input.limits.pages = 3
        try await bench.run()
        #expect(try bench.rows() == ["a.txt done total=3"])
        #expect(bench.engine.pagesAsked == [3])
    }

    @Test(arguments: ["page-fail too-large total=1", "cut total=1"])
    func `a page that a limit stopped is read again when the limits change, and not before`(
        page: String
    ) async throws {
        let bench = try RunBench()
        try bench.write("one\n\(page)", to: "a.txt")
        try await bench.run()
        #expect(try bench.rows() == ["a.txt partial"])
        bench.engine.heal()
        bench.engine.forgetCalls()
        try await bench.run()
        #expect(bench.engine.pagesAsked.isEmpty)
        bench.pipeline.input.limits.pixels *= 2
        try await bench.run()
        #expect(bench.engine.pagesAsked == [2])
        #expect(try bench.rows() == ["a.txt done total=1"])
    }

    @Test
    func
        `a value that a step found because it was missing stays when the document is taken up again`()
        async throws
    {
        let bench = try RunBench(
            record: [
                FieldDefinition(name: "total", type: .text),
                FieldDefinition(name: "lot", type: .text),
            ],
            steps: [
                .read(ReadStep()), .find(FindStep(fields: ["total"])),
                .find(
                    FindStep(
                        fields: ["lot"],
                        when: StepCondition(missing: ["lot"], orConfidenceBelow: nil)
                    )
                ),
            ]
        )
        try bench.write("total=1 lot=7", to: "a.txt")
        try await bench.run()
        #expect(try bench.rows() == ["a.txt done lot=7 total=1"])
        bench.pipeline.steps.append(.check(CheckStep(rules: [])))
        try await bench.run()
        #expect(try bench.rows() == ["a.txt done lot=7 total=1"])
    }

    @Test func `a form that changes has its fields found anew, and nothing read again`()
        async throws
    {
        let bench = try RunBench()
        func use(_ total: String) {
            let form = Form(
                name: "corner",
                signs: FormSigns(words: ["corner"]),
                rules: [FormRule(field: "total", content: .text(total))]
            )
            bench.pipeline.steps[1] = .find(FindStep(fields: ["total", "date"], forms: [form]))
        }
        try bench.write("corner total=1", to: "a.txt")
        try await bench.run()
        #expect(try bench.rows() == ["a.txt done total=1"])
        bench.engine.forgetCalls()
        for total in ["8", "9"] {
            use(total)
            try await bench.run()
            #expect(try bench.rows() == ["a.txt done total=\(total)"])
        }
        #expect(bench.engine.calls.isEmpty)
        bench.pipeline.steps[1] = .find(FindStep(fields: ["total", "date"]))
        try await bench.run()
        #expect(try bench.rows() == ["a.txt done total=1"])
    }

    @Test func `a check that was mended asks for nobody, though another check was kept`()
        async throws
    {
        let record = [
            FieldDefinition(name: "date", type: .date(order: nil)),
            FieldDefinition(name: "due", type: .date(order: nil)),
        ]
        func check(_ rule: String) throws -> Step {
            .check(CheckStep(rules: [try CheckRule(rule, record: record)]))
        }
        let bench = try RunBench(
            record: record,
            steps: [
                .read(ReadStep()), .find(FindStep(fields: ["date", "due"])),
                try check("date is not in the future"), try check("date <= due"),
            ]
        )
        try bench.write("date=31/03/2025 due=30/03/2025", to: "a.txt")
        #expect(try await bench.run().tally[.review] == 1)
        bench.pipeline.steps[3] = try check("due <= date")
        #expect(try await bench.run().tally[.done] == 1)
    }

    @Test func `text of an older engine is stale also when a later step was done anew since`()
        async throws
    {
        let bench = try RunBench()
        try bench.write("total=1", to: "a.txt")
        try await bench.run()
        bench.engine.engineVersion.withLock { $0 = "stand-in 2" }
        bench.pipeline.steps[1] = .find(FindStep(fields: ["total"]))
        try await bench.run()
        bench.engine.forgetCalls()
        bench.options.refresh = .stale
        try await bench.run()
        #expect(bench.engine.calls == ["a.txt"])
        bench.engine.forgetCalls()
        try await bench.run()
        #expect(bench.engine.calls.isEmpty)
    }

    @Test func `a failure that will not pass costs none of the tries of one that may`() async throws
    {
        let bench = try RunBench()
        try bench.write("fail too-large", to: "a.txt")
        for _ in 1...4 {
            bench.pipeline.input.limits.pixels *= 2
            try await bench.run()
        }
        #expect(bench.engine.calls.count == 4)
        bench.engine.failInstead(.crashed)
        bench.pipeline.input.limits.pixels *= 2
        #expect(try await bench.run().tally[.failed] == 1)
    }

    @Test func `files that cannot be read do not use up the limit`() async throws {
        let bench = try RunBench()
        bench.pipeline.input.limits.bytes = 10
        for name in ["a", "b"] { try bench.write("much too long", to: "\(name).txt") }
        for name in ["c", "d"] { try bench.write("total=\(name)", to: "\(name).txt") }
        bench.options.limit = 1
        let report = try await bench.run()
        #expect(report.tally[.done] == 1)
        #expect(report.tally[.failed] == 2)
        #expect(report.tally[.waiting] == 1)
    }

    @Test func `steps that a pipeline lost take their values with them`() async throws {
        let bench = try RunBench()
        try bench.write("total=1", to: "a.txt")
        let first = try await bench.run()
        bench.pipeline.steps.removeLast()
        try await bench.run()
        #expect(try bench.rows() == ["a.txt done"])
        #expect(try bench.rows(at: first.run) == ["a.txt done total=1"])
    }
}
