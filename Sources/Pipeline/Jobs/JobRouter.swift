public import PipelineSpec
public import Records

/// Decides which engine a job goes to, and why.
///
/// The only place where this is decided.
public struct JobRouter: Sendable {
    /// Where a step's jobs go.
    public enum Route: Hashable, Sendable {
        /// To text recognition; a document's own text layer or text comes before the picture.
        case text(reason: String)
        /// To the rules over words and boxes.
        case rules(reason: String)
        /// To the checks over the record.
        case checks(reason: String)
        /// To the language model.
        case model(reason: String)
        /// To no engine: the reason is stored with the job.
        case skipped(reason: String, remedy: String)

        /// The engine's name.
        public var engine: String {
            switch self {
            case .text: "text"
            case .rules: "rules"
            case .checks: "checks"
            case .model: "model"
            case .skipped: "none"
            }
        }

        /// Why, for a person.
        public var reason: String {
            switch self {
            case .text(let reason), .rules(let reason), .checks(let reason), .model(let reason):
                reason
            case .skipped(let reason, _): reason
            }
        }
    }

    /// The language model that steps can be sent to.
    public enum Model: Hashable, Sendable {
        /// There is none, or it cannot be used.
        case absent(reason: String, remedy: String)
        /// One that reads texts only.
        case textOnly(name: String)
        /// One that is shown pictures.
        case seeing(name: String)

        /// No model was named and none is installed.
        public static let none = Model.absent(
            reason: "no model",
            remedy: "`docket model pull Qwen/Qwen3-VL-2B-Instruct` gets one"
        )
    }

    /// The language model.
    public let model: Model

    /// Creates a router.
    ///
    /// - Parameter model: The language model that steps can be sent to.
    public init(model: Model = .none) {
        self.model = model
    }

    /// The route of one step, as far as it depends on no document.
    public func route(for step: Step) -> Route {
        switch step {
        case .read(let step):
            if let program = step.engine?.first {
                .text(reason: "the step names the program \(program)")
            } else {
                .text(
                    reason: "text is read by Tesseract, or taken from the document's own text layer"
                )
            }
        case .find: .rules(reason: "rules over the words need no model")
        case .check: .checks(reason: "checks compare the record's own values")
        case .ask(let step): route(for: step)
        case .classify(let step): toModel(from: step.from)
        case .summarize(let step): toModel(from: step.from)
        }
    }

    /// The route of one step for one document.
    ///
    /// - Parameters:
    ///   - step: The step.
    ///   - record: What the steps before it made of the document.
    ///   - pages: What was read from it; empty where no step has read it yet.
    /// - Returns: The step's own route, or none: where the step is not wanted, or nothing is on the pages.
    public func route(for step: Step, record: Record, pages: [PageText]) -> Route {
        let route = route(for: step)
        if case .skipped = route { return route }
        if let condition = step.condition {
            let verdict = condition.isMet(by: record)
            guard verdict.isMet else { return .skipped(reason: verdict.reason, remedy: "") }
            if case .model(let reason) = route {
                return wanted(.model(reason: "\(verdict.reason); \(reason)"), pages)
            }
        }
        return wanted(route, pages)
    }

    private func route(for step: AskStep) -> Route {
        switch step.route {
        case .text: .text(reason: "the step says so")
        case .model: toModel(from: step.from)
        case nil:
            step.takesText
                && TextOnlyQuestion().isOne(step.question, namesText: !step.fills.isEmpty)
                ? .text(reason: "asks only for the text") : toModel(from: step.from)
        }
    }

    /// A model is never shown a blank page: it would make something up.
    private func wanted(_ route: Route, _ pages: [PageText]) -> Route {
        guard case .model = route, !pages.isEmpty, pages.allSatisfy(\.isBlank) else { return route }
        return .skipped(reason: "nothing is on the pages", remedy: "")
    }

    private func toModel(from source: StepSource) -> Route {
        switch (model, source) {
        case (.absent(let reason, let remedy), _): .skipped(reason: reason, remedy: remedy)
        case (.textOnly(let name), .picture):
            .skipped(
                reason: "\(name) sees no pictures",
                remedy: "name a model that does with --model, or add `from: text` to the step"
            )
        case (.textOnly(let name), .text), (.seeing(let name), .text):
            .model(reason: "\(name) reads the text")
        case (.seeing(let name), .picture): .model(reason: "\(name) looks at the picture")
        }
    }
}
