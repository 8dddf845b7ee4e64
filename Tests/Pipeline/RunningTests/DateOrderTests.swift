import Foundation
import PipelineSpec
import Records
import Storage
import Testing

@testable import Running

@Suite struct DateOrderTests {
    private static let record = [
        FieldDefinition(name: "date", type: .date(order: nil), isRequired: true)
    ]

    @Test func `an ambiguous date alone puts the document under review`() async throws {
        let bench = try RunBench(record: Self.record)
        try bench.write("date=03/04/2025", to: "a.txt")
        try await bench.run()
        #expect(try bench.rows() == ["a.txt review"])
        #expect(bench.observer.outcome("a.txt") == "review ambiguous date")
    }

    @Test
    func `the folder's unambiguous dates decide the ambiguous ones, also those of earlier runs`()
        async throws
    {
        let bench = try RunBench(record: Self.record)
        try bench.write("date=03/04/2025", to: "a.txt")
        try await bench.run()
        try bench.write("date=31/03/2025", to: "b.txt")
        let second = try await bench.run()
        #expect(try bench.rows() == ["a.txt done date=2025-04-03", "b.txt done date=2025-03-31"])
        #expect(second.tally[.done] == 2)
        // A third document is read under the conclusion at once.
        try bench.write("date=05/06/2025", to: "c.txt")
        try await bench.run()
        #expect(try bench.rows().last == "c.txt done date=2025-06-05")
    }

    @Test func `dates that contradict each other leave the ambiguous ones under review`()
        async throws
    {
        let bench = try RunBench(record: Self.record)
        try bench.write("date=03/04/2025", to: "a.txt")
        try bench.write("date=31/03/2025", to: "b.txt")
        try bench.write("date=03/31/2025", to: "c.txt")
        try await bench.run()
        #expect(try bench.rows().first == "a.txt review")
    }

    @Test func `a conclusion makes records anew without reading anything again`() async throws {
        let bench = try RunBench(record: Self.record)
        try bench.write("date=03/04/2025\npage-fail timeout", to: "a.txt")
        try bench.write("date=05/06/2025", to: "c.txt")
        try await bench.run()
        try bench.write("date=31/03/2025", to: "b.txt")
        bench.engine.forgetCalls()
        bench.options.refresh = .all
        try await bench.run()
        #expect(bench.engine.calls.sorted() == ["a.txt", "b.txt", "c.txt"])
        #expect(
            try bench.rows() == [
                "a.txt partial date=2025-04-03", "b.txt done date=2025-03-31",
                "c.txt done date=2025-06-05",
            ]
        )
    }

    @Test func `a document that cannot be opened when its order is concluded follows it later`()
        async throws
    {
        let bench = try RunBench(record: Self.record)
        try bench.write("date=03/04/2025 and more", to: "a.txt")
        // Times younger than this are not trusted, and the file would be opened by the walk already.
        try await Task.sleep(for: .seconds(2.1))
        try await bench.run()
        bench.pipeline.input.limits.bytes = 15
        try bench.write("date=31/03/2025", to: "b.txt")
        try await bench.run()
        #expect(try bench.rows().first == "a.txt review")
        bench.pipeline.input.limits.bytes = 100
        try await bench.run()
        #expect(try bench.rows().first == "a.txt done date=2025-04-03")
    }

    @Test func `a conclusion takes up nothing that --limit left`() async throws {
        let bench = try RunBench(record: Self.record)
        try bench.write("date=03/04/2025", to: "z.txt")
        try await bench.run()
        try bench.write("date=31/03/2025", to: "b.txt")
        bench.pipeline.steps[0] = .read(ReadStep(languages: ["deu"]))
        bench.options.limit = 1
        bench.engine.forgetCalls()
        try await bench.run()
        #expect(bench.engine.calls == ["b.txt"])
        bench.options.limit = nil
        try await bench.run()
        #expect(try bench.rows().last == "z.txt done date=2025-04-03")
    }

    @Test func `the field's own order decides where the folder cannot`() async throws {
        let bench = try RunBench(record: [
            FieldDefinition(name: "date", type: .date(order: .monthFirst), isRequired: true)
        ])
        try bench.write("date=03/04/2025", to: "a.txt")
        try await bench.run()
        #expect(try bench.rows() == ["a.txt done date=2025-03-04"])
    }

    @Test(arguments: [
        ("31/03/2025", DateOrder?.some(.dayFirst)), ("03/31/2025", .monthFirst),
        ("2025-03-31", nil), ("31. März 2025", nil), ("03.31.25", .monthFirst),
    ])
    func `a printed date shows its order only when its day is above twelve`(
        printed: String,
        order: DateOrder?
    ) throws {
        let date = try #require(CalendarDate(year: 2025, month: 3, day: 31))
        #expect(DateOrderEvidence.order(shownBy: printed, of: date) == order)
    }
}
