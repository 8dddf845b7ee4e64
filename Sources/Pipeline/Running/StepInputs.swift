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
        func values(_ isInput: (Candidate) -> Bool = { _ in true }) -> String {
            Fingerprint.values(chosen.filter(isInput)).description
        }
        // A model's answer is looked for among the words, also where it was shown the picture; its values are compared with
        // what its fields hold, and summed with the amounts of others. What else stands in the record does not concern it: its
        // condition has been decided by then.
        digests =
            switch step {
            case .read: []
            case .find(let step): texts + (step.when == nil ? [] : [values()])
            case .check: [values()]
            case .ask(let step):
                texts
                    + (step.fills.isEmpty
                        ? [] : [values { step.fills.contains($0.field) || $0.content.isSummed }])
            case .classify(let step): texts + [values { $0.field == step.field }]
            case .summarize(let step): texts + [values { $0.field == step.field }]
            }
    }
}

extension FieldContent {
    /// Whether a sum may be made of it, or the currency of one be known by it.
    fileprivate var isSummed: Bool {
        switch self {
        case .money, .number, .currency, .list: true
        case .text, .date, .identifier, .label: false
        }
    }
}
