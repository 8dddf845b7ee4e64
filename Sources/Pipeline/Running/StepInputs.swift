import Jobs
import PipelineSpec
import Records

/// What a step builds on besides the document itself: a step that builds on equal inputs need not be done again.
struct StepInputs {
    /// Digests of the inputs.
    let digests: [String]

    /// Collects the inputs of a step.
    ///
    /// - Parameters:
    ///   - step: the step.
    ///   - texts: fingerprints of what the `read` steps before it gave.
    ///   - chosen: what stands in the record before it.
    init(of step: Step, texts: [String], chosen: [Candidate]) {
        func values(_ fields: [String]? = nil) -> String {
            Fingerprint.values(chosen.filter { fields?.contains($0.field) ?? true }).description
        }
        // A model's answer is looked for among the words, also where it was shown the picture; and its values are compared
        // with those of the same fields before. What else stands in the record does not concern it: its condition has been
        // decided by then.
        digests =
            switch step {
            case .read: []
            case .find(let step): texts + (step.when == nil ? [] : [values()])
            case .check: [values()]
            case .ask(let step): texts + [values(step.fills)]
            case .classify(let step): texts + [values([step.field])]
            case .summarize(let step): texts + [values([step.field])]
            }
    }
}
