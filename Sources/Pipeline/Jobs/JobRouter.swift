public import PipelineSpec

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
        /// To no engine: the reason is stored with the job.
        case skipped(reason: String, remedy: String)

        /// The engine's name.
        public var engine: String {
            switch self {
            case .text: "text"
            case .rules: "rules"
            case .checks: "checks"
            case .skipped: "none"
            }
        }

        /// Why, for a person.
        public var reason: String {
            switch self {
            case .text(let reason), .rules(let reason), .checks(let reason): reason
            case .skipped(let reason, _): reason
            }
        }
    }

    /// Why a step that needs a language model is skipped.
    public static let noModel = "no model"
    /// What a person can do about it.
    public static let noModelRemedy =
        "`docket model pull Qwen/Qwen3-VL-2B-Instruct` gets one for `docket ask`; pipelines do not ask it yet"

    /// Creates a router.
    public init() {}

    /// The route of one step.
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
        case .ask, .classify, .summarize:
            .skipped(reason: Self.noModel, remedy: Self.noModelRemedy)
        }
    }
}
