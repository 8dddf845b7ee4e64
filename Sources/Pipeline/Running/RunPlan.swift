public import Jobs
public import PipelineSpec
public import Storage

/// What decides whether a document's stored outcome still holds.
public struct RunPlan: Sendable {
    /// Stored as an outcome's plan when the next run shall try again: equal to no fingerprint.
    static let retry = "retry"

    /// Fingerprint of the steps and the record.
    let steps: String
    /// The same with the limits, for documents that a limit or damage stopped.
    let stepsAndLimits: String
    /// Fingerprint of the engines' versions.
    let engines: String
    let refresh: RunOptions.Refresh

    /// Creates the plan of one run.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline.
    ///   - engines: the engines by the verb of the steps that they answer.
    ///   - refresh: what is done with results of older engines.
    public init(
        pipeline: Pipeline,
        engines: [String: any JobEngine],
        refresh: RunOptions.Refresh
    ) {
        // A step that is skipped for want of an engine is done as soon as there is one.
        let unanswered = pipeline.steps.map(\.verb).filter { engines[$0] == nil }
        steps = Fingerprint(of: [Fingerprint.plan(pipeline).description] + unanswered).description
        stepsAndLimits =
            Fingerprint(
                of: [Fingerprint.plan(pipeline, limits: pipeline.input.limits).description]
                    + unanswered
            ).description
        let versions = pipeline.steps.map { engines[$0.verb]?.version(for: $0) ?? "" }
        self.engines = Fingerprint(of: ["engines"] + versions).description
        self.refresh = refresh
    }

    /// The plan to store with an outcome of this status.
    func fingerprint(for status: DocumentStatus) -> String {
        switch status {
        case .failed, .partial, .quarantined: stepsAndLimits
        default: steps
        }
    }

    /// Whether a result that is left as it is was made by other engine versions than today's.
    public func isStale(_ known: KnownLocation) -> Bool { known.engineFingerprint != engines }

    /// Whether an outcome needs no work in this run.
    func holds(status: DocumentStatus, plan: String, engines: String) -> Bool {
        guard plan == fingerprint(for: status) else { return false }
        return switch refresh {
        case .new: true
        case .stale: engines == self.engines
        case .all: false
        }
    }
}
