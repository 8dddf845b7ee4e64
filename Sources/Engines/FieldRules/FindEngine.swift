public import Jobs
public import PipelineSpec
import Records

/// Answers `find` steps: values of fields from words and boxes, without a model, in milliseconds.
public struct FindEngine: JobEngine {
    /// Counted up with every change that can change a result.
    public static let rulesVersion = 2

    /// Creates the engine.
    public init() {}

    /// The version of the rules and of what their confidences are made with: `rules 1, calibration 3f2a91c0`.
    public func version(for step: Step) -> String {
        "rules \(Self.rulesVersion), calibration \(Calibration.fitted.version)"
    }

    /// Finds candidates for the step's fields in the job's pages.
    ///
    /// - Parameters:
    ///   - job: a `find` job with the text of all pages.
    ///   - store: not called: pages were stored by the `read` step.
    /// - Returns: the candidates of all fields, by `route: rules`.
    /// - Throws: `JobFailure` when a field's pattern cannot be used; `CancellationError`.
    public func answer(
        _ job: Job,
        store: @Sendable (PageOutcome) async throws -> Void
    ) async throws -> JobResult {
        guard case .find(let step) = job.step else { return JobResult(route: "rules") }
        let wanted = Set(step.fields)
        let fields = job.record.filter { wanted.contains($0.name) }
        for field in fields {
            if let fault = FieldFinder.patternFault(of: field) {
                throw JobFailure(.engineFailed, "the pattern of field \(field.name) \(fault)")
            }
        }
        try Task.checkCancellation()
        let finder = FieldFinder(pages: job.pages, forms: step.forms)
        var candidates: [Candidate] = []
        for field in fields {
            try Task.checkCancellation()
            candidates += finder.candidates(for: field)
        }
        return JobResult(route: "rules", candidates: candidates)
    }
}
