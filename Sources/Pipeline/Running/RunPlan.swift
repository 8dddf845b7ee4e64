public import Jobs
public import PipelineSpec
public import Storage

/// What decides whether a document's stored outcome still holds.
public struct RunPlan: Sendable {
    /// Stands before the plan of an outcome that the next run shall try again, so that it holds in none.
    private static let retry = "retry "
    /// Stands before the plan of an outcome that waits for the model, with the step and a blank behind it.
    private static let model = "model "

    /// Fingerprint of the steps and the record.
    let steps: String
    /// The same with the limits, for documents that a limit or damage stopped, or that wait for the model.
    let stepsAndLimits: String
    /// Both, were all steps answered.
    private let answered: (steps: String, stepsAndLimits: String)
    /// Today's version of each step's engine; empty where none answers it.
    let engineVersions: [String]
    /// The steps that a model answers, where there is one.
    private let modelSteps: Set<Int>
    /// Fingerprint of the versions of the engines that are no model.
    private let engines: String
    var refresh: RunOptions.Refresh

    /// Creates the plan of one run.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline.
    ///   - engines: the engines by the verb of the steps that they answer.
    ///   - router: decides which steps are sent to nobody.
    ///   - refresh: what is done with results of older engines.
    public init(
        pipeline: Pipeline,
        engines: [String: any JobEngine],
        router: JobRouter = JobRouter(),
        refresh: RunOptions.Refresh
    ) {
        // A step that is skipped for want of an engine is done as soon as there is one.
        let isAnswered = pipeline.steps.map { step in
            if case .skipped = router.route(for: step) { return false }
            return engines[step.verb] != nil
        }
        let unanswered = zip(pipeline.steps, isAnswered).filter { !$0.1 }.map(\.0.verb)
        let plan = Fingerprint.plan(pipeline).description
        let limited = Fingerprint.plan(pipeline, limits: pipeline.input.limits).description
        steps = Fingerprint(of: [plan] + unanswered).description
        stepsAndLimits = Fingerprint(of: [limited] + unanswered).description
        answered = (Fingerprint(of: [plan]).description, Fingerprint(of: [limited]).description)
        engineVersions = zip(pipeline.steps, isAnswered).map { step, isAnswered in
            isAnswered ? engines[step.verb]?.version(for: step) ?? "" : ""
        }
        modelSteps = Set(pipeline.steps.indices.filter { pipeline.steps[$0].needsModel })
        self.engines = Self.fingerprint(ofVersions: engineVersions, leavingOut: modelSteps)
        self.refresh = refresh
    }

    private static func fingerprint(ofVersions versions: [String], leavingOut: Set<Int>) -> String {
        Fingerprint(
            of: ["engines"]
                + versions.enumerated().map { leavingOut.contains($0.offset) ? "" : $0.element }
        ).description
    }

    /// Fingerprint of the engine versions by which a document's steps were answered.
    ///
    /// The model's stand apart, for the steps only that it answered: what it never saw is not made stale by another one.
    /// A step at which it failed is marked: another model is asked in its next run.
    ///
    /// - Parameters:
    ///   - versions: of each step's engine.
    ///   - byModel: the steps that a model answered.
    ///   - failed: the steps at which a model failed.
    /// - Returns: the fingerprint.
    func fingerprint(
        ofVersions versions: [String],
        byModel: Set<Int>,
        failed: Set<Int> = []
    ) -> String {
        let models = byModel.union(failed).intersection(modelSteps).sorted().map {
            " \($0)=\(failed.contains($0) ? Self.failed : "")\(Self.short(versions[$0]))"
        }
        return Self.fingerprint(ofVersions: versions, leavingOut: modelSteps) + models.joined()
    }

    /// Stands before the version by which a step failed.
    private static let failed = "!"

    private static func short(_ version: String) -> String {
        String(Fingerprint(of: [version]).description.prefix(16))
    }

    /// The plan to store with an outcome of this status.
    func fingerprint(for status: DocumentStatus, isRetried: Bool = false) -> String {
        let plan = Self.plan(for: status, steps, stepsAndLimits)
        return isRetried ? Self.retry + plan : plan
    }

    /// The plan to store with an outcome that waits for the model, which the step at this place goes to.
    func fingerprint(waitingAt step: Int) -> String { "\(Self.model)\(step) \(stepsAndLimits)" }

    private static func plan(
        for status: DocumentStatus,
        _ steps: String,
        _ stepsAndLimits: String
    ) -> String {
        switch status {
        case .failed, .partial, .quarantined: stepsAndLimits
        default: steps
        }
    }

    /// The step at which a document waits for the model, by the plan that its outcome was stored with.
    static func waitingStep(_ plan: String) -> Int? {
        guard plan.hasPrefix(model) else { return nil }
        return plan.dropFirst(model.count).split(separator: " ").first.flatMap { Int($0) }
    }

    /// Whether an outcome was made by these steps, under these limits where they matter to it.
    func made(_ outcome: StoredOutcome) -> Bool {
        if let step = Self.waitingStep(outcome.planFingerprint) {
            return outcome.planFingerprint == fingerprint(waitingAt: step)
        }
        let plans = plans(for: outcome.status)
        return plans.contains(outcome.planFingerprint)
            || plans.contains { Self.retry + $0 == outcome.planFingerprint }
    }

    /// The plans by which an outcome of this status needs no work: a document that a model has answered stays so in a run
    /// without one.
    private func plans(for status: DocumentStatus) -> [String] {
        [
            Self.plan(for: status, steps, stepsAndLimits),
            Self.plan(for: status, answered.steps, answered.stepsAndLimits),
        ]
    }

    /// Whether a result that is left as it is was made by other engine versions than today's.
    public func isStale(_ known: KnownLocation) -> Bool {
        known.engineFingerprint.map { isStale($0) } ?? true
    }

    private func isStale(_ engines: String) -> Bool {
        let parts = engines.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.first.map(String.init) == self.engines else { return true }
        return parts.dropFirst().contains { isOfAnotherModel($0) }
    }

    /// Whether a model failed that another one has taken the place of.
    private func failedByAnotherModel(_ engines: String) -> Bool {
        engines.split(separator: " ").dropFirst().contains {
            $0.contains("=\(Self.failed)") && isOfAnotherModel($0)
        }
    }

    private func isOfAnotherModel(_ part: Substring) -> Bool {
        let pair = part.split(separator: "=")
        guard pair.count == 2, let step = Int(pair[0]), engineVersions.indices.contains(step)
        else { return true }
        // That there is no model tonight makes nothing stale.
        let version = pair[1].hasPrefix(Self.failed) ? pair[1].dropFirst() : pair[1]
        return !engineVersions[step].isEmpty && version != Self.short(engineVersions[step])
    }

    /// Whether a document was left waiting for the model by a plan that still holds: no other step has work to do.
    ///
    /// - Parameter known: a path whose file is unchanged.
    /// - Returns: whether there is nothing to do but to ask the model.
    public func waitsForModel(_ known: KnownLocation) -> Bool {
        guard known.pathStatus == nil, let plan = known.planFingerprint,
            let engines = known.engineFingerprint
        else { return false }
        return waitsForModel(plan: plan, engines: engines)
    }

    func waitsForModel(plan: String, engines: String) -> Bool {
        guard let step = Self.waitingStep(plan), plan == fingerprint(waitingAt: step) else {
            return false
        }
        return isFresh(engines)
    }

    /// Whether an outcome needs no work in this run.
    func holds(status: DocumentStatus, plan: String, engines: String) -> Bool {
        plans(for: status).contains(plan) && isFresh(engines)
    }

    private func isFresh(_ engines: String) -> Bool {
        switch refresh {
        case .new: !failedByAnotherModel(engines)
        case .stale: !isStale(engines)
        case .all: false
        }
    }
}
