import Answering
import Jobs
import PipelineSpec
import Reasoning
import Records
import ScriptedModel
import Synchronization
import Testing

@Suite struct WindowTests {
    /// Pages with a number of their own; the given ones are blank.
    private static func pages(_ count: Int, blank: Set<Int> = []) -> [PageText] {
        (1...count).map { number in
            Sample.page(
                blank.contains(number) ? [] : ["Invoice part \(number)", "Amount \(number).25"],
                number: number
            )
        }
    }

    private static func fields(_ json: String) -> ModelAnswer {
        ModelAnswer(text: json, end: .finished)
    }

    private func result(
        _ model: ScriptedModel,
        _ step: Step,
        pages: [PageText],
        stored: [JobAnswer] = [],
        kept: KeptAnswers = KeptAnswers()
    ) async throws -> JobResult {
        try await ReasoningEngine(model: model).answer(
            Sample.job(step, pages: pages, stored: stored, kept: kept)
        ) { _ in }
    }

    @Test func `every page that is not blank is shown, in windows that overlap as asked`()
        async throws
    {
        let model = ScriptedModel.answering(#"{"total": null}"#)
        _ = try await result(
            model,
            Sample.ask("total", window: 4, stride: 3),
            pages: Self.pages(10, blank: [3])
        )
        #expect(
            model.questions.map { $0.pictures.map(\.page) } == [
                [1, 2, 4, 5], [5, 6, 7, 8], [8, 9, 10],
            ]
        )
        #expect(model.questions.allSatisfy { $0.question.contains("of 10.") })
    }

    @Test
    func `frames of a video are shown in windows, each at its moment, and answers are merged`()
        async throws
    {
        let kept = KeptAnswers()
        let model = ScriptedModel.answering("A jar.", "A shelf.", "A jar, then a shelf.")
        var job = Sample.job(
            .summarize(SummarizeStep(field: "summary", from: .picture, window: 2, stride: 2)),
            pages: Self.pages(4),
            kind: .video,
            kept: kept
        )
        job.framesEvery = 1500
        let result = try await ReasoningEngine(model: model).answer(job) { _ in }
        let pictures = model.questions.map(\.pictures)
        #expect(pictures.prefix(2).map { $0.map(\.moment) } == [[0, 1500], [3000, 4500]])
        #expect(pictures.dropFirst(2).map(\.count) == [0])
        #expect(kept.all.map(\.part).prefix(2) == [.window, .window])
        #expect(result.candidates.map(\.content) == [.text("A jar, then a shelf.")])

        // Other frames of the same video are another question.
        let other = KeptAnswers()
        job.framesEvery = 1000
        job.keepAnswer = { other.keep($0) }
        _ = try await ReasoningEngine(model: model).answer(job) { _ in }
        #expect(other.all.first?.fingerprint != kept.all.first?.fingerprint)
    }

    @Test func `each window's answer is stored with its pages`() async throws {
        let kept = KeptAnswers()
        _ = try await result(
            .answering(#"{"total": null}"#),
            Sample.ask("total", from: .text, window: 4, stride: 4),
            pages: Self.pages(10),
            kept: kept
        )
        #expect(kept.all.map(\.part) == [.window, .window, .window])
        #expect(kept.all.map(\.firstPage) == [1, 5, 9])
        #expect(kept.all.map(\.lastPage) == [4, 8, 10])
        #expect(kept.all.map(\.position) == [0, 1, 2])
        #expect(Set(kept.all.map(\.fingerprint)).count == 3)
    }

    @Test func `a value is found on the pages that it was answered for`() async throws {
        // The same amount is printed on the first page, for something else.
        var pages = Self.pages(6)
        pages[0] = Sample.page(["Deposit 6.25"], number: 1)
        let model = ScriptedModel { question, _ in
            let isLast = question.pictures.contains { $0.page == 6 }
            return Self.fields(isLast ? #"{"total": 6.25}"# : #"{"total": null}"#)
        }
        let candidates = try await result(
            model,
            Sample.ask("total", window: 2, stride: 2),
            pages: pages
        ).candidates
        #expect(candidates.map { $0.evidence.map(\.page) } == [[6]])
        #expect(candidates.first?.reason.contains("pages 5 to 6") == true)
    }

    @Test func `windows that agree need no last question`() async throws {
        let model = ScriptedModel.answering(
            #"{"merchant": "INVOICE part"}"#,
            #"{"merchant": null}"#,
            #"{"merchant": "Invoice Part"}"#
        )
        let candidates = try await result(
            model,
            Sample.ask("merchant", window: 2, stride: 2),
            pages: Self.pages(6)
        ).candidates
        #expect(model.questions.count == 3)
        #expect(candidates.map(\.content) == [.text("INVOICE part")])
    }

    @Test func `windows that do not agree are settled by one last question among their answers`()
        async throws
    {
        let kept = KeptAnswers()
        let model = ScriptedModel.answering(
            #"{"merchant": "Invoice", "total": 1.25}"#,
            #"{"merchant": "Invoice", "total": 3.25}"#,
            #"{"total": "3.25"}"#
        )
        let candidates = try await result(
            model,
            Sample.ask("merchant", "total", window: 2, stride: 2),
            pages: Self.pages(4),
            kept: kept
        ).candidates
        let last = try #require(model.questions.last)
        #expect(last.pictures.isEmpty)
        #expect(last.texts == ["total:\n- \"1.25\": pages 1 to 2\n- \"3.25\": pages 3 to 4"])
        #expect(kept.all.map(\.part) == [.window, .window, .merged])
        let totals = candidates.filter { $0.field == "total" }
        #expect(totals.map(\.printed) == ["3.25", "1.25"])
        #expect(totals[0].confidence > totals[1].confidence)
    }

    @Test func `long answers are chosen by their place`() async throws {
        let long = (1...2).map { "Invoice part \($0) " + String(repeating: "x", count: 120) }
        let model = ScriptedModel.answering(
            #"{"merchant": "\#(long[0])"}"#,
            #"{"merchant": "\#(long[1])"}"#,
            #"{"merchant": "answer 2"}"#
        )
        let step = Sample.ask("merchant", window: 2, stride: 2)
        let candidates = try await result(model, step, pages: Self.pages(4)).candidates
        #expect(candidates.map(\.content) == [.text(long[1]), .text(long[0])])
        #expect(model.questions.last?.texts.first?.contains(long[1]) == true)
    }

    @Test func `a window without an answer is left out and told, as long as others have one`()
        async throws
    {
        let kept = KeptAnswers()
        let model = ScriptedModel { _, number in
            switch number {
            case 0: Self.fields(#"{"total": 1.25}"#)
            case 1: ModelAnswer(text: "1.25 1.25 1.25", end: .repetition)
            default: Self.fields("no JSON")
            }
        }
        let step = Sample.ask("total", window: 2, stride: 2)
        let result = try await result(model, step, pages: Self.pages(6), kept: kept)
        #expect(result.candidates.map(\.printed) == ["1.25"])
        #expect(result.doubts.count == 2)
        #expect(result.doubts.first?.contains("pages 3 to 4 ran into a loop") == true)
        #expect(kept.all.count == 3)
        await #expect(throws: JobFailure.self) {
            try await self.result(.looping, step, pages: Self.pages(6))
        }
    }

    @Test func `of many answers that were cut only a few are named`() async throws {
        let result = try await result(
            .cutting(#"{"total": null}"#),
            Sample.ask("total", window: 1, stride: 1),
            pages: Self.pages(60)
        )
        #expect(result.doubts.count == 4)
        #expect(result.doubts.last?.contains("57 others") == true)
    }

    @Test func `answers that the model cannot choose among stand in their order, with a doubt`()
        async throws
    {
        let model = ScriptedModel.answering(
            #"{"total": 1.25}"#,
            #"{"total": 3.25}"#,
            #"{"total": "7.77"}"#
        )
        let step = Sample.ask("total", window: 2, stride: 2)
        let result = try await result(model, step, pages: Self.pages(4))
        #expect(result.candidates.map(\.printed) == ["1.25", "3.25"])
        #expect(result.doubts.count == 1)
        #expect(result.doubts.first?.contains("do not agree on total") == true)
    }

    @Test func `rows of all windows are one list, and those of shared pages stand in it once`()
        async throws
    {
        func row(_ number: Int) -> String {
            #"{"name": "Invoice part \#(number)", "price": \#(number).25}"#
        }
        let model = ScriptedModel.answering(
            #"{"items": [\#(row(1)), \#(row(2)), \#(row(3))]}"#,
            #"{"items": [\#(row(3)), \#(row(4))]}"#
        )
        let candidates = try await result(
            model,
            Sample.ask("items", window: 3, stride: 2),
            pages: Self.pages(4)
        ).candidates
        guard case .list(let rows) = candidates.first?.content else {
            Issue.record("no list")
            return
        }
        #expect(rows.compactMap { $0["name"]?.plain } == (1...4).map { "Invoice part \($0)" })
        // Without shared pages equal rows are two purchases.
        let twice = ScriptedModel.answering(#"{"items": [\#(row(1))]}"#)
        let apart = try await result(
            twice,
            Sample.ask("items", window: 2, stride: 2),
            pages: Self.pages(4)
        ).candidates
        #expect(apart.first?.content.plain == "2 rows")
    }

    @Test func `a killed job goes on at the next window`() async throws {
        let step = Sample.ask("total", window: 2, stride: 2)
        let pages = Self.pages(6)
        let kept = KeptAnswers()
        let dying = ScriptedModel { _, number in
            guard number < 2 else { throw CancellationError() }
            return Self.fields(#"{"total": null}"#)
        }
        await #expect(throws: CancellationError.self) {
            try await result(dying, step, pages: pages, kept: kept)
        }
        let model = ScriptedModel.answering(#"{"total": 5.25}"#)
        let again = KeptAnswers()
        let candidates = try await result(
            model,
            step,
            pages: pages,
            stored: kept.all,
            kept: again
        ).candidates
        // What is taken up is kept as it is, and the rest behind it.
        #expect(Array(again.all.prefix(2)) == kept.all)
        #expect(again.all.map(\.position) == [0, 1, 2])
        #expect(model.questions.map { $0.pictures.map(\.page) } == [[5, 6]])
        #expect(candidates.map(\.printed) == ["5.25"])
    }

    @Test
    func `stored answers to another question, of another model or of no form are asked again`()
        async throws
    {
        let pages = Self.pages(2)
        let kept = KeptAnswers()
        let step = Sample.ask("total", window: 1, stride: 1)
        _ = try await result(.answering(#"{"total": null}"#), step, pages: pages, kept: kept)
        let other = ScriptedModel(version: "scripted 2") { _, _ in
            Self.fields(#"{"total": null}"#)
        }
        _ = try await result(other, step, pages: pages, stored: kept.all)
        #expect(other.questions.count == 2)
        let reworded = ScriptedModel.answering(#"{"total": null}"#)
        _ = try await result(
            reworded,
            Sample.ask("total", question: "Read it.", window: 1, stride: 1),
            pages: pages,
            stored: kept.all
        )
        #expect(reworded.questions.count == 2)
        var broken = kept.all
        broken[0].text = "no JSON"
        broken[1].end = "repetition"
        let again = ScriptedModel.answering(#"{"total": null}"#)
        _ = try await result(again, step, pages: pages, stored: broken)
        #expect(again.questions.count == 2)
    }

    @Test func `what is too long for the model is asked in halves`() async throws {
        let model = ScriptedModel.reading(pictures: 2) { _, _ in
            Self.fields(#"{"total": null}"#)
        }
        _ = try await result(model, Sample.ask("total"), pages: Self.pages(16))
        let shown = model.questions.map { $0.pictures.map(\.page) }
        #expect(shown.filter { $0.count <= 2 }.flatMap { $0 } == Array(1...16))
        // The second window is as long as the first and is not tried.
        #expect(shown.filter { $0.count > 2 } == [Array(1...8), Array(1...4)])
        let blind = ScriptedModel.reading(pictures: 0) { _, _ in Self.fields("{}") }
        let failure = await #expect(throws: JobFailure.self) {
            try await result(blind, Sample.ask("total"), pages: Self.pages(2))
        }
        #expect(failure?.reason == .tooLarge)
    }

    @Test func `a long text file is one page and still read in passages, none of it twice`()
        async throws
    {
        let lines = (1...3000).map { "Line \($0) of a long letter, with some words in it." }
        let page = Sample.page(lines, source: .plainText)
        let model = ScriptedModel.reading(atMost: 20_000) { _, _ in
            Self.fields(#"{"total": null}"#)
        }
        _ = try await result(model, Sample.ask("total"), pages: [page])
        let read = model.questions.filter { $0.texts.reduce(0) { $0 + $1.count } <= 20_000 }
            .flatMap(\.texts).map { text in
                text.hasPrefix("[page 1]\n") ? String(text.dropFirst(9)) : text
            }.joined()
        #expect(read == page.text)
        #expect(model.questions.allSatisfy { $0.pictures.isEmpty })
    }

    @Test func `the next document is let in once all pages of this one were looked at`()
        async throws
    {
        let first = Turn()
        let second = Turn(after: first)
        let model = ScriptedModel(width: 2) { _, _ in
            await Task.yield()
            return Self.fields(#"{"total": null}"#)
        }
        let step = Sample.ask("total", window: 1, stride: 1)
        let engine = ReasoningEngine(model: model)
        async let later = engine.answer(
            Sample.job(step, pages: Array(Self.pages(9)[7...]), turn: second)
        ) { _ in }
        async let sooner = engine.answer(
            Sample.job(step, pages: Self.pages(3), turn: first)
        ) { _ in }
        _ = try await (later, sooner)
        #expect(model.questions.flatMap { $0.pictures.map(\.page) } == [1, 2, 3, 8, 9])
    }

    @Test func `documents that are answered elsewhere do not wait for each other's pages`()
        async throws
    {
        let first = Turn()
        let second = Turn(after: first)
        let answered = Mutex<[Int]>([])
        let model = ScriptedModel(destination: "gpu-box:8000", width: 2) { question, _ in
            let page = question.pictures.first?.page ?? 0
            // The first document's first page takes as long as the whole second document.
            let deadline = ContinuousClock.now + .seconds(20)
            while page == 1, !answered.withLock({ $0.contains(9) }), ContinuousClock.now < deadline
            {
                try await Task.sleep(for: .milliseconds(2))
            }
            answered.withLock { $0.append(page) }
            return Self.fields(#"{"total": null}"#)
        }
        let step = Sample.ask("total", window: 1, stride: 1)
        let engine = ReasoningEngine(model: model)
        async let sooner = engine.answer(
            Sample.job(step, pages: Self.pages(3), turn: first)
        ) { _ in }
        async let later = engine.answer(
            Sample.job(step, pages: Array(Self.pages(9)[7...]), turn: second)
        ) { _ in }
        _ = try await (later, sooner)
        #expect(answered.withLock { $0 } == [8, 9, 1, 2, 3])
    }

    @Test func `a window whose pages turn out to be blank has no answer`() async throws {
        let model = ScriptedModel { question, number in
            guard number > 0 else { throw NothingShown(pages: [1, 2]) }
            return Self.fields(#"{"total": 3.25}"#)
        }
        let step = Sample.ask("total", window: 2, stride: 2)
        let candidates = try await result(model, step, pages: Self.pages(4)).candidates
        #expect(candidates.map(\.printed) == ["3.25"])
        let blank = ScriptedModel { _, _ in throw NothingShown(pages: [1]) }
        let steps: [Step] = [
            step, Sample.ask(), .classify(ClassifyStep(field: "category", from: .picture)),
        ]
        for step in steps {
            let nothing = try await result(blank, step, pages: [])
            #expect(nothing.candidates.isEmpty)
        }
    }

    @Test func `nothing is asked where there is nothing to show`() async throws {
        let model = ScriptedModel.answering("")
        let noText = PageText(number: 1, width: 9, height: 9, words: [], source: .tesseract)
        let result = try await result(
            model,
            Sample.ask("total", from: .text),
            pages: [noText]
        )
        #expect(model.questions.isEmpty)
        #expect(result.candidates.isEmpty)
    }
}
