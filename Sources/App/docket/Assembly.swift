import FieldRules
import Foundation
import Jobs
import OCR
import PipelineSpec
import Reasoning
import Records
import Running

/// Where all parts are joined: which engine answers which verb.
struct Assembly: Sendable {
    /// Text recognition and its workers; to be shut down at the end.
    let readEngine: ReadEngine

    /// Processors that this process may use.
    static var coreCount: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

    /// This program's own file, started again as worker.
    static let executable = "/proc/self/exe"

    /// Joins the parts.
    ///
    /// - Parameter jobs: how many documents are read at once.
    init(jobs: Int) {
        readEngine = ReadEngine(jobs: jobs, selfExecutable: Self.executable)
    }

    /// The engines by the verb of the steps that they answer.
    ///
    /// - Parameter model: What answers the steps that reason; without one, they answer what only wants the text.
    /// - Returns: An engine for every verb.
    func engines(with model: PipelineModel = .none) -> [String: any JobEngine] {
        let reasoning = ReasoningEngine(model: model.model)
        return [
            "read": readEngine,
            "find": FindEngine(),
            "ask": reasoning,
            "classify": reasoning,
            "summarize": reasoning,
            "check": CheckEngine(today: Self.today),
        ]
    }

    /// The day by the clock on the wall.
    static var today: CalendarDate {
        let parts = Calendar(identifier: .gregorian).dateComponents(
            [.year, .month, .day],
            from: .now
        )
        guard let year = parts.year, let month = parts.month, let day = parts.day,
            let today = CalendarDate(year: year, month: month, day: day)
        else { preconditionFailure("a clock without a day") }
        return today
    }
}
