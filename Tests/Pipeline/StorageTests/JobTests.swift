import Jobs
import PipelineSpec
import Records
import Scanning
import Testing

@testable import Storage

@Suite struct JobTests {
    private func begin(
        _ test: TestStore,
        _ document: DocumentID,
        _ fingerprint: String,
        startOver: Bool = false
    ) throws -> BegunJob {
        let run = try #require(test.started)
        return try test.store.beginJob(
            run: run.run,
            pipeline: run.pipeline,
            document: document,
            stepIndex: 0,
            verb: "read",
            fingerprint: fingerprint,
            engineVersion: "e",
            startOver: startOver
        )
    }

    private func numbers(_ job: BegunJob) -> [Int] { job.storedPages.map(\.number) }

    @Test func `an interrupted job goes on after its last page`() throws {
        let test = try TestStore()
        try test.begin()
        let document = try test.place("a.tif", "a")
        let job = try begin(test, document, "f")
        #expect(job.storedPages.isEmpty && job.attempts == 1)
        var page = test.page("Straße \"x\" \\ \u{1} 合计")
        page.warnings = ["repaired"]
        page.turnedBy = 90
        page.isCutShort = true
        try test.store.storePage(job.id, .read(page), milliseconds: 5)
        let failure = JobFailure(.timeout, "took 61 s", page: 2)
        try test.store.storePage(job.id, .failed(number: 2, failure), milliseconds: 5)

        try test.reopen()
        try test.begin()
        let resumed = try begin(test, document, "f")
        #expect(resumed.id == job.id && resumed.attempts == 1)
        guard case .read(let first) = resumed.storedPages.first,
            case .failed(2, let second) = resumed.storedPages.last
        else {
            Issue.record("the pages came back as \(resumed.storedPages)")
            return
        }
        #expect(first == page)
        #expect(second == failure)
        let run = try #require(test.started)
        #expect(try test.store.pages(pipeline: run.pipeline, document: document) == [page])
    }

    @Test func `another fingerprint begins anew`() throws {
        let test = try TestStore()
        try test.begin()
        let document = try test.place("a.tif", "a")
        try test.read(document, "flamingo", fingerprint: "f")
        #expect(try test.store.search("flamingo", limit: 5).count == 1)
        let again = try begin(test, document, "g")
        #expect(again.storedPages.isEmpty && again.attempts == 1)
        #expect(try test.store.search("flamingo", limit: 5).isEmpty)
        try test.store.storePage(again.id, .read(test.page("heron")), milliseconds: 1)
        #expect(numbers(try begin(test, document, "g")) == [1])
        #expect(numbers(try begin(test, document, "g", startOver: true)) == [])
        #expect(try test.store.check() == [])
    }

    @Test func `a failed job tries again only the pages that may pass`() throws {
        let test = try TestStore()
        let run = try test.begin()
        let document = try test.place("a.tif", "a")
        let job = try begin(test, document, "f")
        try test.store.storePage(job.id, .read(test.page("one")), milliseconds: 1)
        try test.store.storePage(
            job.id,
            .failed(number: 2, JobFailure(.timeout, "")),
            milliseconds: 1
        )
        try test.store.storePage(
            job.id,
            .failed(number: 3, JobFailure(.corrupt, "")),
            milliseconds: 1
        )
        try test.store.failJob(
            run: run.run,
            job.id,
            JobFailure(.crashed, "signal 11"),
            milliseconds: 9
        )
        let state = try test.store.documentState(pipeline: run.pipeline, document: document)
        #expect(state.jobs.map(\.status) == [.failed] && state.jobs.map(\.reason) == ["crashed"])
        #expect(state.outcome == nil)
        let again = try begin(test, document, "f")
        #expect(numbers(again) == [1, 3] && again.attempts == 2)
    }

    @Test func `a page stored twice is there once`() throws {
        let test = try TestStore()
        let run = try test.begin()
        let document = try test.place("a.tif", "a")
        let job = try begin(test, document, "f")
        try test.store.storePage(job.id, .read(test.page("one two")), milliseconds: 1)
        try test.store.storePage(job.id, .read(test.page("three")), milliseconds: 1)
        #expect(
            try test.store.pages(pipeline: run.pipeline, document: document).map(\.text) == [
                "three\n"
            ]
        )
        #expect(try test.store.search("two", limit: 5).isEmpty)
        #expect(try test.store.check() == [])
    }

    @Test func `candidates keep their order and every detail`() throws {
        let test = try TestStore()
        let run = try test.begin()
        let document = try test.place("a.jpg", "a")
        let date = try #require(CalendarDate(year: 2025, month: 3, day: 4))
        func made(_ content: FieldContent, _ order: DateOrder? = nil) -> Candidate {
            Candidate(
                field: "f",
                content: content,
                printed: "p",
                confidence: 1.0 / 3,
                evidence: [],
                reason: "r",
                assumedOrder: order
            )
        }
        let candidates = [
            made(.date(date), .monthFirst), made(.date(date), .dayFirst),
            made(.money(Money(amount: DecimalNumber(units: -5, scale: 3)))),
            made(.money(Money(amount: DecimalNumber(units: 1240, scale: 2), currency: "EUR"))),
            made(.number(DecimalNumber(units: 15, scale: 1))), made(.currency("JPY")),
            made(.identifier("A-1")), made(.label("food")), made(.text("é\"\\")),
            made(
                .list([
                    ["name": .text("Tea"), "price": .number(DecimalNumber(units: 2, scale: 0))],
                    [:],
                ])
            ),
            made(.text("é\"\\")),
        ]
        try test.find(document, candidates)
        func stored() throws -> [Candidate] {
            try test.store.candidates(pipeline: run.pipeline, document: document).map(\.candidate)
        }
        #expect(try stored() == candidates)
        try test.find(document, candidates.reversed())
        #expect(try stored() == candidates.reversed())
        let numbers = try stored().compactMap { candidate in
            if case .number(let number) = candidate.content { number.description } else { nil }
        }
        #expect(numbers == ["1.5"])
        try test.find(document, [made(.number(DecimalNumber(units: 150, scale: 2)))])
        #expect(try stored().map(\.content.plain) == ["1.50"], "printed places are kept")
    }

    @Test func `a skipped or failed step loses its values, a removed one its jobs`() throws {
        let test = try TestStore()
        let first = try test.begin()
        let document = try test.process("a.jpg", "a", total: "1.00")
        try test.finish()
        let run = try test.begin()
        for _ in 0..<2 {
            try test.store.skipJob(
                run: run.run,
                pipeline: run.pipeline,
                document: document,
                stepIndex: 1,
                verb: "find",
                fingerprint: "x",
                reason: "no model"
            )
        }
        try test.conclude(document)
        #expect(try test.lines() == ["a.jpg done -"])
        #expect(try test.lines(ExportSelection(run: first.run)) == ["a.jpg done 1.00"])
        try test.store.removeJobs(
            run: run.run,
            pipeline: run.pipeline,
            document: document,
            fromStep: 1
        )
        let state = try test.store.documentState(pipeline: run.pipeline, document: document)
        #expect(state.jobs.map(\.verb) == ["read"])
    }

    @Test func `checks and resolutions are what was said last`() throws {
        let test = try TestStore()
        let run = try test.begin()
        let document = try test.place("a.jpg", "a")
        let checks = [
            CheckResult(rule: "b", outcome: .failed, detail: "1 is not 2"),
            CheckResult(rule: "a", outcome: .notApplicable, detail: ""),
        ]
        let job = try begin(test, document, "c")
        try test.store.finishJob(
            run: run.run,
            job.id,
            JobResult(route: "rules", checks: checks),
            milliseconds: 0
        )
        #expect(try test.store.checkResults(pipeline: run.pipeline, document: document) == checks)
        let decision = StoredResolution(decision: "day-first", fingerprint: "1")
        for stored in [
            StoredResolution(decision: "month-first", fingerprint: "0"), decision, decision,
        ] {
            try test.store.setResolution(
                pipeline: run.pipeline,
                folder: run.folders[0],
                key: "date order",
                stored
            )
        }
        let key = "date order"
        #expect(
            try test.store.resolution(pipeline: run.pipeline, folder: run.folders[0], key: key)
                == decision
        )
    }

    @Test func `the dates of a folder are those that stand or might stand in a record`() throws {
        let test = try TestStore()
        let run = try test.begin()
        let document = try test.place("a.jpg", "a")
        let date = try #require(CalendarDate(year: 2025, month: 3, day: 4))
        var candidate = test.candidate("date", "04/03/2025")
        candidate.content = .date(date)
        try test.find(document, [candidate, test.candidate("total", "1.00")])
        #expect(try !test.store.hasAmbiguousDates(pipeline: run.pipeline))
        try test.conclude(document)
        #expect(
            try test.store.datesFound(pipeline: run.pipeline, folder: run.folders[0]).count == 1
        )
        candidate.assumedOrder = .dayFirst
        try test.find(document, [candidate])
        #expect(try test.store.hasAmbiguousDates(pipeline: run.pipeline))
        let dates = try test.store.datesFound(pipeline: run.pipeline, folder: run.folders[0])
        #expect(dates.map(\.assumedOrder) == [.dayFirst] && dates.map(\.date) == [date])
    }
}
