import Jobs
import PipelineSpec
import Reasoning
import Records
import ScriptedModel
import Testing

@Suite struct TextAnswerTests {
    private let route = JobRouter.Route.text(reason: "asks only for the text")

    @Test func `a question that only wants the text is answered without a model`() async throws {
        let kept = KeptAnswers()
        let pages = [
            Sample.page(["First line", "second line"]), Sample.page([], number: 2),
            Sample.page(["third"], number: 3),
        ]
        let model = ScriptedModel.looping
        let result = try await ReasoningEngine(model: model).answer(
            Sample.job(Sample.ask("summary"), pages: pages, route: route, kept: kept)
        ) { _ in }
        #expect(model.questions.isEmpty)
        #expect(result.route == "text")
        #expect(kept.all.map(\.text) == ["First line\nsecond line\n\nthird"])
        let candidate = try #require(result.candidates.first)
        #expect(candidate.content == .text("First line\nsecond line\n\nthird"))
        #expect(candidate.evidence.map(\.page) == [1, 3])
        #expect(abs(candidate.confidence - 0.96) < 0.001)
        #expect(!candidate.isUnverified)
    }

    @Test func `without fields the text is kept as the job's answer`() async throws {
        let kept = KeptAnswers()
        let result = try await ReasoningEngine().answer(
            Sample.job(Sample.ask(), route: route, kept: kept)
        ) { _ in }
        #expect(result.candidates.isEmpty)
        #expect(kept.all.first?.text.hasPrefix("KWIK-E-MART") == true)
    }

    @Test func `a text that nobody has read is no empty text`() async {
        await #expect(throws: JobFailure.self) {
            try await ReasoningEngine().answer(
                Sample.job(Sample.ask(), pages: [], route: route)
            ) { _ in }
        }
    }
}
