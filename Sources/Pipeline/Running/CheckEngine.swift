public import Jobs
public import PipelineSpec
public import Records

/// Answers `check` steps: compares the record's own values, with nothing read or guessed.
public struct CheckEngine: JobEngine {
    private let today: CalendarDate

    /// Creates the engine.
    ///
    /// - Parameter today: the day against which "in the future" is judged.
    public init(today: CalendarDate) {
        self.today = today
    }

    /// The version of the way checks are evaluated.
    public func version(for step: Step) -> String { "checks 2" }

    /// Evaluates the rules of a `check` step over the candidates chosen so far.
    ///
    /// - Throws: nothing of its own; a rule whose fields are missing is `not applicable`.
    public func answer(
        _ job: Job,
        store: @Sendable (PageOutcome) async throws -> Void
    ) async throws -> JobResult {
        guard case .check(let step) = job.step else { return JobResult(route: "checks") }
        let values = Dictionary(
            job.candidates.map { ($0.field, $0.content) },
            uniquingKeysWith: { first, _ in first }
        )
        return JobResult(
            route: "checks",
            checks: step.rules.map { $0.evaluate(values: values, today: today) }
        )
    }
}
