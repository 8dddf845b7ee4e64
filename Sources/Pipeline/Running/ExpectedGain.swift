import Jobs
import PipelineSpec
import Records
import Storage

/// What a model's steps can be expected to make of a document that waits for them, and what they will cost.
struct ExpectedGain {
    /// A required field counts as much as so many others: without it, a person has to look.
    private static let required = 3.0

    private let steps: [Step]
    private let fields: [FieldDefinition]

    /// Takes the steps that go to the model.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline.
    ///   - router: decides which steps these are.
    ///   - index: the step at which the document waits; those before are done.
    init(pipeline: Pipeline, router: JobRouter, fromStep index: Int) {
        fields = pipeline.record
        steps = pipeline.steps.enumerated().compactMap { place, step in
            guard place >= index, case .model = router.route(for: step) else { return nil }
            return step
        }
    }

    /// The expectation for one document.
    ///
    /// - Parameters:
    ///   - record: what is known of it.
    ///   - pageCount: its pages; 0 where none was read.
    /// - Returns: what is missing in the fields that the model would fill, for each page or window that it would look at.
    func work(record: Record, pageCount: Int) -> ExpectedWork {
        let wanted = steps.filter { $0.condition?.isMet(by: record).isMet ?? true }
        let filled = Set(wanted.flatMap(\.modelFields))
        // In the order of the fields, so that the sum is the same to its last bit.
        let doubt = fields.filter { filled.contains($0.name) }.reduce(0.0) { sum, field in
            let confidence = min(max(record.values[field.name]?.confidence ?? 0, 0), 1)
            return sum + (field.isRequired ? Self.required : 1) * (1 - confidence)
        }
        let written = Double(wanted.filter(\.modelFields.isEmpty).count)
        let cost = wanted.reduce(0) { $0 + $1.modelCost(pageCount: max(1, pageCount)) }
        return ExpectedWork(gain: (doubt + written) / Double(max(1, cost)), cost: max(1, cost))
    }
}

extension Step {
    /// The fields that a model's answer fills; empty for free text, and for steps that ask none.
    fileprivate var modelFields: [String] {
        switch self {
        case .ask(let step): step.fills
        case .classify(let step): [step.field]
        case .summarize(let step): [step.field]
        case .read, .find, .check: []
        }
    }

    /// Pages that a model is shown, or windows of text that it reads, with the question that merges several.
    fileprivate func modelCost(pageCount: Int) -> Int {
        switch self {
        case .ask(let step): cost(step.from, pageCount, window: step.window, stride: step.stride)
        case .classify(let step):
            cost(step.from, pageCount, window: pageCount, stride: pageCount)
        case .summarize(let step):
            cost(step.from, pageCount, window: step.window, stride: step.stride)
        case .read, .find, .check: 0
        }
    }

    private func cost(_ source: StepSource, _ pageCount: Int, window: Int, stride: Int) -> Int {
        let (window, stride) = (max(1, window), max(1, stride))
        guard pageCount > window else { return source == .picture ? pageCount : 1 }
        let windows = 1 + (pageCount - window + stride - 1) / stride
        return (source == .picture ? windows * window : windows) + 1
    }
}
