public import Answering
import EvidenceSearch
public import Jobs
public import PipelineSpec

/// Answers `ask`, `classify` and `summarize` steps with a language model, or with the text where that is all that is wanted.
///
/// A step becomes questions about pages; an answer becomes values, each looked for on the page. See Documentation/Reasoning.md.
public struct ReasoningEngine: JobEngine {
    /// Counted up with every change of wording, bounds or merging that can change a result.
    public static let wordingVersion = 1

    private let model: (any AnsweringModel)?

    /// Creates the engine.
    ///
    /// - Parameter model: What answers; nil where there is none: jobs that want the text only are answered all the same.
    public init(model: (any AnsweringModel)? = nil) {
        self.model = model
    }

    /// The versions of the wording, of what confidences are made with, and of the model.
    ///
    /// Of the wording alone for a step that only wants the text. Empty where the model's is not known, as of a server that does not answer.
    public func version(for step: Step) -> String {
        let wording = "reasoning \(Self.wordingVersion)"
        guard let model else { return wording }
        if case .text = JobRouter(model: .seeing(name: "")).route(for: step) { return wording }
        guard !model.version.isEmpty else { return "" }
        return "\(wording), \(ModelValues.version), \(model.version)"
    }

    /// Answers one job.
    ///
    /// - Parameters:
    ///   - job: An `ask`, `classify` or `summarize` job with the text of all pages.
    ///   - store: Not called: pages were stored by the `read` step.
    /// - Returns: Candidates, and doubts about an answer that was cut; free text is in the answers that `job.keepAnswer` was given.
    /// - Throws: `JobFailure`, `EngineUnavailable`, `CancellationError`, and what `job.keepAnswer` throws.
    public func answer(
        _ job: Job,
        store: @Sendable (PageOutcome) async throws -> Void
    ) async throws -> JobResult {
        if case .text = job.route, case .ask(let step) = job.step {
            return try await TextAnswer(job: job, step: step).result()
        }
        guard let model else {
            throw EngineUnavailable(
                reason: "no model",
                remedy: "`docket model pull Qwen/Qwen3-VL-2B-Instruct` gets one"
            )
        }
        // Nothing is learnt here from pictures that are answered elsewhere: no document waits for another's.
        if model.destination != nil { job.turn?.pass() }
        switch job.step {
        case .ask(let step):
            if step.fills.isEmpty {
                return try await WrittenAnswer(asking: step, job: job, model: model).result()
            }
            if let field = WrittenAnswer.field(of: step, in: job.record) {
                return try await WrittenAnswer(asking: step, for: field, job: job, model: model)
                    .result()
            }
            return try await RecordAnswer(step: step, job: job, model: model).result()
        case .classify(let step):
            return try await LabelAnswer(step: step, job: job, model: model).result()
        case .summarize(let step):
            return try await WrittenAnswer(summarizing: step, job: job, model: model).result()
        case .read, .find, .check:
            return JobResult(route: "none")
        }
    }

    /// Lets go of what the model keeps for a document's next step.
    public func finish(document: String) async {
        await model?.finish(document: document)
    }

    /// Lets go of the model; the next job loads it again.
    public func unload() async {
        await model?.unload()
    }
}
