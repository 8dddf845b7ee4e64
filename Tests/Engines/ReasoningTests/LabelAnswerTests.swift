import Answering
import Jobs
import PipelineSpec
import Reasoning
import Records
import ScriptedModel
import Testing

@Suite struct LabelAnswerTests {
    private func candidates(
        _ model: ScriptedModel,
        pages: [PageText] = [Sample.receipt],
        from: StepSource = .text
    ) async throws -> [Candidate] {
        try await ReasoningEngine(model: model).answer(
            Sample.job(.classify(ClassifyStep(field: "category", from: from)), pages: pages)
        ) { _ in }.candidates
    }

    @Test func `the likeliest label stands, the next one is kept behind it`() async throws {
        let candidates = try await candidates(
            .labelling([("food", 0.2), ("travel", 0.7), ("other", 0.1)])
        )
        #expect(candidates.map(\.content) == [.label("travel"), .label("food")])
        #expect(candidates[0].confidence > candidates[1].confidence)
        #expect(candidates[0].reason.contains("70 %"))
        #expect(candidates.allSatisfy { !$0.isUnverified })
    }

    @Test func `what a model says of itself is no evidence`() async throws {
        let sure = try await candidates(.labelling([("food", 1), ("travel", 0), ("other", 0)]))
        #expect(sure.map(\.content) == [.label("food")])
        #expect(sure[0].confidence <= 0.65)
        let torn = try await candidates(
            .labelling([("food", 0.40), ("travel", 0.35), ("other", 0.25)])
        )
        #expect(torn[0].content == .label("food"))
        #expect(torn[0].confidence < 0.5)
    }

    @Test(arguments: ["travel", " Travel.\n", "\"travel\""])
    func `a server without probabilities is taken at its word`(text: String) async throws {
        let candidates = try await candidates(.answering(text))
        #expect(candidates.map(\.content) == [.label("travel")])
        #expect(candidates[0].confidence <= 0.65)
    }

    @Test func `a word that is no label is no answer`() async {
        let failure = await #expect(throws: JobFailure.self) {
            try await candidates(.answering("groceries"))
        }
        #expect(failure?.reason == .engineFailed)
    }

    @Test func `shares that are none are not believed`() async throws {
        let model = ScriptedModel { _, _ in
            ModelAnswer(
                text: "other",
                end: .finished,
                labels: [
                    .init(label: "food", probability: .nan),
                    .init(label: "travel", probability: -1),
                    .init(label: "weapons", probability: 9),
                ]
            )
        }
        #expect(try await candidates(model).map(\.content) == [.label("other")])
    }

    @Test func `of a long document the beginning decides`() async throws {
        let pages = (1...20).map { Sample.page(["Page number \($0)"], number: $0) }
        let model = ScriptedModel.labelling([("food", 0.1), ("travel", 0.8), ("other", 0.1)])
        let candidates = try await candidates(model, pages: pages)
        #expect(model.questions.map(\.texts.count) == [8])
        #expect(candidates[0].reason.contains("up to 8"))
    }

    @Test func `what is too long for the model is shown in part`() async throws {
        let pages = (1...8).map { Sample.page(["Page number \($0)"], number: $0) }
        let model = ScriptedModel.reading(atMost: 60) { _, _ in
            ModelAnswer(text: "food", end: .finished)
        }
        #expect(try await candidates(model, pages: pages).count == 1)
        #expect(model.questions.map(\.texts.count) == [8, 4, 2])
    }
}
