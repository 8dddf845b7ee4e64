import Answering
import Jobs
import PipelineSpec
import Reasoning
import Records
import ScriptedModel
import Testing

@Suite struct RecordAnswerTests {
    private func result(
        _ model: ScriptedModel,
        _ step: Step = Sample.ask("merchant", "date", "total"),
        pages: [PageText] = [Sample.receipt],
        candidates: [Candidate] = [],
        kept: KeptAnswers = KeptAnswers()
    ) async throws -> JobResult {
        try await ReasoningEngine(model: model).answer(
            Sample.job(step, pages: pages, candidates: candidates, kept: kept)
        ) { _ in }
    }

    private func record(_ candidates: [Candidate]) -> Record {
        Record.choosing(from: candidates.map { ($0, 1) }, fields: Sample.record)
    }

    @Test func `a right answer becomes typed values with the place where each is printed`()
        async throws
    {
        let kept = KeptAnswers()
        let model = ScriptedModel.answering(
            #"{"merchant": "Kwik-E-Mart", "date": "2025-05-14", "total": 5.60}"#
        )
        let result = try await result(model, kept: kept)
        #expect(result.route == "model")
        #expect(result.doubts.isEmpty)
        #expect(result.candidates.map(\.field) == ["merchant", "date", "total"])
        #expect(result.candidates.allSatisfy { !$0.isUnverified && $0.evidence.first?.page == 1 })
        let record = record(result.candidates)
        #expect(record.values["merchant"]?.content == .text("Kwik-E-Mart"))
        #expect(
            record.values["date"]?.content
                == CalendarDate(year: 2025, month: 5, day: 14).map(FieldContent.date)
        )
        let total = try #require(result.candidates.last)
        #expect(total.printed.contains("5.60"))
        #expect(total.content == .money(Money(amount: DecimalNumber(units: 560, scale: 2))))
        #expect(kept.all.map(\.part) == [.whole])
        #expect(kept.all.first?.end == "finished")
    }

    @Test func `a value that is printed nowhere is unverified, and less sure than one that is`()
        async throws
    {
        let model = ScriptedModel.answering(
            #"{"merchant": "Moe's Tavern", "date": "2019-01-02", "total": 5.60}"#
        )
        let candidates = try await result(model).candidates
        #expect(candidates.map(\.isUnverified) == [true, true, false])
        #expect(candidates[0].evidence.isEmpty)
        #expect(candidates[0].confidence < 0.5)
        #expect(candidates[0].confidence < candidates[2].confidence)
    }

    @Test func `null is no value`() async throws {
        let model = ScriptedModel.answering(
            #"{"merchant": null, "date": null, "total": null}"#
        )
        let result = try await result(model)
        #expect(result.candidates.isEmpty)
        #expect(result.doubts.isEmpty)
    }

    @Test func `a print that can be read as two days is not decided by the model`() async throws {
        let page = Sample.page(["KWIK-E-MART", "Date: 03/04/2025", "Total 5.60"])
        let model = ScriptedModel.answering(
            #"{"merchant": "KWIK-E-MART", "date": "2025-04-03", "total": 5.60}"#
        )
        let candidates = try await result(model, pages: [page]).candidates
        let dates = candidates.filter { $0.field == "date" }
        #expect(dates.count == 2)
        #expect(Set(dates.map(\.assumedOrder)) == [.dayFirst, .monthFirst])
        #expect(record(candidates).ambiguousDates == ["date"])
        let resolved = Record.choosing(
            from: candidates.map { ($0, 1) },
            fields: Sample.record,
            dateOrder: .monthFirst
        )
        #expect(
            resolved.values["date"]?.content
                == CalendarDate(year: 2025, month: 3, day: 4).map(FieldContent.date)
        )
    }

    @Test func `amounts are in the currency of the answer, else in the one that is known`()
        async throws
    {
        let money = Money(amount: DecimalNumber(units: 560, scale: 2), currency: "EUR")
        let answered = try await result(
            .answering(#"{"currency": "EUR", "total": 5.60}"#),
            Sample.ask("total", "currency")
        ).candidates
        #expect(answered.map(\.field) == ["currency", "total"])
        #expect(answered.last?.content == .money(money))
        let known = Candidate(
            field: "currency",
            content: .currency("EUR"),
            printed: "EUR",
            confidence: 0.9,
            evidence: [],
            reason: "beside an amount"
        )
        let filled = try await result(
            .answering(#"{"total": 5.60}"#),
            Sample.ask("total"),
            candidates: [known]
        ).candidates
        #expect(filled.first?.content == .money(money))
    }

    @Test func `rows are kept in their order, without those that say nothing`() async throws {
        let model = ScriptedModel.answering(
            #"{"items": [{"name": "Milk", "price": 2.50}, {"name": null, "price": null}, {"name": "Bread", "price": 3.10}]}"#
        )
        let candidate = try #require(
            try await result(model, Sample.ask("items")).candidates.first
        )
        guard case .list(let rows) = candidate.content else {
            Issue.record("no list")
            return
        }
        #expect(rows.map { $0["name"] } == [.text("Milk"), .text("Bread")])
        #expect(!candidate.isUnverified)
    }

    @Test func `an answer that was cut keeps its values, and a person is told`() async throws {
        let text = #"{"items": [{"name": "Milk", "price": 2.50}]}"#
        let step = Sample.ask("items")
        let whole = try await result(.answering(text), step)
        let cut = try await result(.cutting(text), step)
        #expect(cut.candidates.count == 1)
        #expect(cut.doubts.count == 1)
        #expect(cut.candidates[0].confidence < whole.candidates[0].confidence)
    }

    @Test func `a loop is no answer`() async throws {
        let kept = KeptAnswers()
        let failure = await #expect(throws: JobFailure.self) {
            try await result(.looping, kept: kept)
        }
        #expect(failure?.reason == .engineFailed)
        #expect(failure?.detail.contains("loop") == true)
        // A person can see what it was.
        #expect(kept.all.map(\.end) == ["repetition"])
    }

    @Test(arguments: [
        "", "Sure! The total is 5.60.", #"{"merchant": "KWIK-E-MART"}"#,
        #"{"merchant": "KWIK-E-MART", "date": "14.05.2025", "total": 5.60}"#,
        #"{"merchant": "KWIK-E-MART", "date": null, "total": 5.60"#,
    ])
    func `an answer of another form fails the job`(text: String) async {
        let failure = await #expect(throws: JobFailure.self) {
            try await result(.answering(text))
        }
        #expect(failure?.reason == .engineFailed)
    }

    @Test func `a model that fails or cannot be asked is told apart`() async {
        await #expect(throws: JobFailure(.timeout, "600 s")) {
            try await result(.failing(JobFailure(.timeout, "600 s")))
        }
        await #expect(throws: EngineUnavailable.self) { try await result(.unavailable) }
        await #expect(throws: EngineUnavailable.self) {
            try await ReasoningEngine().answer(Sample.job(Sample.ask("total"))) { _ in }
        }
    }

    @Test func `texts that a step composes are looked for nowhere, its other values are`()
        async throws
    {
        let model = ScriptedModel.answering(
            #"{"merchant": "A friendly shop", "total": 77.70}"#
        )
        let candidates = try await result(
            model,
            Sample.ask("merchant", "total", composed: true)
        ).candidates
        #expect(candidates.map(\.isUnverified) == [false, true])
    }

    @Test func `a page that nobody has read is shown, and its values are unverified`()
        async throws
    {
        let model = ScriptedModel.answering(#"{"total": 5.60}"#)
        let candidates = try await result(model, Sample.ask("total"), pages: []).candidates
        #expect(model.questions.first?.pictures.map(\.page) == [1])
        #expect(model.questions.first?.pictures.first?.digits == nil)
        #expect(candidates.map(\.isUnverified) == [true])
        // How many pages a PDF has, only reading tells.
        await #expect(throws: JobFailure.self) {
            try await ReasoningEngine(model: model).answer(
                Sample.job(Sample.ask("total"), pages: [], kind: .pdf)
            ) { _ in }
        }
    }
}
