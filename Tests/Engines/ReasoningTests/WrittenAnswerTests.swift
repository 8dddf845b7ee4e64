import Answering
import Jobs
import PipelineSpec
import Reasoning
import Records
import ScriptedModel
import Testing

@Suite struct WrittenAnswerTests {
    private func result(
        _ model: ScriptedModel,
        _ step: Step,
        pages: [PageText] = [Sample.receipt],
        kept: KeptAnswers = KeptAnswers()
    ) async throws -> JobResult {
        try await ReasoningEngine(model: model).answer(Sample.job(step, pages: pages, kept: kept)) {
            _ in
        }
    }

    private static let summarize = Step.summarize(SummarizeStep(field: "summary"))

    private static func pages(_ count: Int) -> [PageText] {
        (1...count).map { Sample.page(["Chapter \($0)"], number: $0) }
    }

    @Test func `a summary fills its field and is looked for nowhere`() async throws {
        let candidates = try await result(
            .answering("Milk and bread\nwere bought."),
            Self.summarize
        ).candidates
        #expect(candidates.map(\.content) == [.text("Milk and bread were bought.")])
        #expect(candidates.allSatisfy { !$0.isUnverified && $0.evidence.isEmpty })
        #expect(candidates[0].confidence <= 0.65)
    }

    @Test func `parts are summarized, and their summaries merged by one last question`()
        async throws
    {
        let kept = KeptAnswers()
        let model = ScriptedModel { question, number in
            ModelAnswer(
                text: question.texts[0].hasPrefix("[pages 1 to 8]")
                    ? "The whole." : "Part \(number).",
                end: .finished
            )
        }
        let candidates = try await result(
            model,
            Self.summarize,
            pages: Self.pages(20),
            kept: kept
        ).candidates
        #expect(candidates.map(\.content) == [.text("The whole.")])
        #expect(kept.all.map(\.part) == [.window, .window, .window, .merged])
        #expect(kept.all.map(\.firstPage) == [1, 7, 13, 1])
        #expect(kept.all.map(\.lastPage) == [8, 14, 20, 20])
        #expect(
            model.questions.last?.texts == [
                "[pages 1 to 8]\nPart 0.", "[pages 7 to 14]\nPart 1.",
                "[pages 13 to 20]\nPart 2.",
            ]
        )
    }

    @Test func `many summaries are merged in rounds, each question of bounded length`()
        async throws
    {
        let model = ScriptedModel { question, _ in
            ModelAnswer(text: String(repeating: "word ", count: 300) + ".", end: .finished)
        }
        let kept = KeptAnswers()
        _ = try await result(model, Self.summarize, pages: Self.pages(300), kept: kept)
        let merging = kept.all.filter { $0.part == .merged }
        #expect(merging.count > 2)
        #expect(merging.last?.firstPage == 1)
        #expect(merging.last?.lastPage == 300)
        let longest = model.questions.map { $0.texts.reduce(0) { $0 + $1.count } }.max() ?? 0
        #expect(longest < 15_000)
        // Every page is in a window, and every window's answer in a merge.
        let windows = kept.all.filter { $0.part == .window }
        #expect(windows.count == 50)
        let read = Set(
            windows.flatMap { ($0.firstPage ?? 0)...($0.lastPage ?? 0) }
        )
        #expect(read == Set(1...300))
    }

    @Test func `answers too long to be merged at once are merged in halves`() async throws {
        let model = ScriptedModel.reading(atMost: 60) { question, _ in
            ModelAnswer(text: "Short.", end: .finished)
        }
        let step = Step.summarize(SummarizeStep(field: "summary", window: 1, stride: 1))
        let candidates = try await result(model, step, pages: Self.pages(6)).candidates
        #expect(candidates.map(\.content) == [.text("Short.")])
    }

    @Test func `a summary that was cut ends with its last whole sentence`() async throws {
        let result = try await result(
            .cutting("Milk was bought for 2.50 EUR. Bread was bought too. And then the"),
            Self.summarize
        )
        #expect(
            result.candidates.map(\.content)
                == [.text("Milk was bought for 2.50 EUR. Bread was bought too.")]
        )
        #expect(result.doubts.isEmpty)
        let chinese = try await self.result(.cutting("买了牛奶。买了面包。然后"), Self.summarize)
        #expect(chinese.candidates.map(\.content) == [.text("买了牛奶。买了面包。")])
        let endless = try await self.result(
            .cutting("One sentence that never comes to its end"),
            Self.summarize
        )
        #expect(endless.doubts.count == 1)
    }

    @Test func `a question without fields is answered in free text, and the answer kept`()
        async throws
    {
        let kept = KeptAnswers()
        let step = Sample.ask(question: "What was bought?")
        let result = try await result(.answering("Milk and bread."), step, kept: kept)
        #expect(result.candidates.isEmpty)
        #expect(kept.all.map(\.text) == ["Milk and bread."])
        #expect(kept.all.map(\.question) == ["What was bought?"])
    }

    @Test func `a character that steers and prints nothing is no part of an answer`() async throws {
        let kept = KeptAnswers()
        let step = Sample.ask(question: "What was bought?")
        let model = ScriptedModel.answering("Milk\u{0} and\u{1B}[1m\nbread\u{9B}.")
        _ = try await result(model, step, kept: kept)
        #expect(kept.all.map(\.text) == ["Milk and[1m\nbread."])
    }

    @Test func `a reply that a step composes keeps its lines and is looked for nowhere`()
        async throws
    {
        let model = ScriptedModel.answering("Dear customer,\n\nthank you.\n")
        let step = Sample.ask(
            "summary",
            question: "Write a courteous reply.",
            from: .text,
            composed: true
        )
        let candidates = try await result(model, step).candidates
        #expect(candidates.map(\.content) == [.text("Dear customer,\n\nthank you.")])
        #expect(candidates.allSatisfy { !$0.isUnverified })
        guard case .text = model.questions.first?.shape else {
            Issue.record("no free text")
            return
        }
        let cut = try await result(.cutting("Dear customer, we"), step)
        #expect(cut.doubts.count == 1)
    }

    @Test(arguments: ["", " \n", "What was bought?"])
    func `nothing and the question itself are no answers`(text: String) async {
        let failure = await #expect(throws: JobFailure.self) {
            try await result(.answering(text), Sample.ask(question: "What was bought?"))
        }
        #expect(failure?.reason == .engineFailed)
    }

    @Test func `parts that have nothing to say are left out of the merge`() async throws {
        let model = ScriptedModel.answering("null", "A fox.", "null.", "null")
        let step = Sample.ask(
            "summary",
            question: "Which animal?",
            window: 1,
            stride: 1,
            composed: true
        )
        let some = try await result(model, step, pages: Self.pages(3)).candidates
        #expect(some.map(\.content) == [.text("A fox.")])
        #expect(model.questions.count == 3)
        let none = try await result(.answering("null"), step, pages: Self.pages(3)).candidates
        #expect(none.isEmpty)
    }

    @Test func `a loop is no summary`() async {
        await #expect(throws: JobFailure.self) { try await result(.looping, Self.summarize) }
    }
}
