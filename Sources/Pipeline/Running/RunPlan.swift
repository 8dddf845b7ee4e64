public import Jobs
public import PipelineSpec
public import Storage

/// What decides whether a document's stored outcome still holds.
public struct RunPlan: Sendable {
    /// Stands before the plan of an outcome that the next run shall try again, so that it holds in none.
    private static let retry = "retry "

    /// Fingerprint of the steps and the record.
    let steps: String
    /// The same with the limits, for documents that a limit or damage stopped.
    let stepsAndLimits: String
    /// Today's version of each step's engine; empty where none answers it.
    let engineVersions: [String]
    /// Fingerprint of the engines' versions.
    private let engines: String
    var refresh: RunOptions.Refresh

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
        engineVersions = pipeline.steps.map { engines[$0.verb]?.version(for: $0) ?? "" }
        self.engines = Self.fingerprint(ofVersions: engineVersions)
        self.refresh = refresh
    }

    /// Fingerprint of the engine versions by which a document's steps were answered.
    static func fingerprint(ofVersions versions: [String]) -> String {
        Fingerprint(of: ["engines"] + versions).description
    }

    /// The plan to store with an outcome of this status.
    func fingerprint(for status: DocumentStatus, isRetried: Bool = false) -> String {
        let plan =
            switch status {
            case .failed, .partial, .quarantined: stepsAndLimits
            default: steps
            }
        return isRetried ? Self.retry + plan : plan
    }

    /// Whether an outcome was made by these steps, under these limits where they matter to it.
    func made(_ outcome: StoredOutcome) -> Bool {
        let plan = fingerprint(for: outcome.status)
        return [plan, Self.retry + plan].contains(outcome.planFingerprint)
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
