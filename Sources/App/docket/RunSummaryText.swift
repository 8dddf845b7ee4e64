import Energy
import Foundation
import Jobs
import Running
import Scanning
import Storage

/// What a person reads in five seconds after a run, and the same for programs.
struct RunSummaryText {
    private static let mostProblems = 10

    let report: RunReport
    /// Joules of the processor in this run, or why they are not known.
    private let energy: Result<Double, EnergyFault>
    private let problems: [Problem]
    private let problemCount: Int

    /// Takes a report and looks up what is wrong with which document.
    ///
    /// - Parameters:
    ///   - report: the run's report.
    ///   - energy: joules of the processor in it, or why they are not known.
    ///   - folders: the folders that the run walked; what is wrong elsewhere is not its matter.
    ///   - store: where the documents are.
    init(
        _ report: RunReport,
        energy: Result<Double, EnergyFault>,
        folders: [String],
        store: Store
    ) {
        self.report = report
        self.energy = energy
        problemCount = ProblemList.statuses.map { report.tally[$0] }.reduce(0, +)
        do {
            guard let stored = try store.pipeline(named: report.pipeline) else {
                problems = []
                return
            }
            problems = try ProblemList.read(
                from: store,
                pipeline: stored.id,
                folders: stored.folders.filter { folders.contains($0.path) }.map(\.id),
                statuses: Set(ProblemList.statuses.filter { report.tally[$0] > 0 }),
                limit: Self.mostProblems
            )
        } catch {
            // The run itself is safe; only the list beneath the summary is missing, and that is said.
            Terminal.error("docket: the list of problems could not be read: \(error)")
            problems = []
        }
    }

    /// The summary for a person.
    var text: String {
        var lines = [headline]
        if !report.resumed.isEmpty {
            lines.append("  went on where an interrupted run had ended")
        }
        if report.found == 0 {
            lines.append(
                "  nothing in the folders matches `include`; `docket plan` shows where it looked"
            )
        }
        for problem in problems {
            let words = [problem.reason, problem.detail].compactMap { $0 }.filter { !$0.isEmpty }
            lines.append(
                "  \(pad(problem.status.rawValue, 11)) \(displayPath(problem.path)): "
                    + words.joined(separator: ": ")
            )
        }
        if problemCount > problems.count {
            lines.append("  and \(problemCount - problems.count) more: docket status")
        }
        for folder in report.unreadableFolders.prefix(Self.mostProblems) {
            lines.append("  unreadable  \(folder)")
        }
        lines += skipped
        lines += model
        if report.stale > 0 {
            lines.append(
                "  \(report.stale) results are of older engine versions: --refresh stale reads them again"
            )
        }
        if report.worked > 0 {
            lines.append("  \(EnergyText.run(energy, documents: report.worked))")
        }
        if let reason = report.stoppedBecause {
            lines.append("  ended early (\(reason)); the next run goes on from here")
        }
        lines.append("run \(report.run.rawValue): \(ConservationLine.text(report.tally))")
        return lines.joined(separator: "\n")
    }

    /// One line for each reason why steps were skipped for every document.
    private var skipped: [String] {
        var reasons: [(reason: String, remedy: String, verbs: [String])] = []
        for step in report.skippedSteps {
            if let index = reasons.firstIndex(where: { $0.reason == step.reason }) {
                reasons[index].verbs.append(step.verb)
            } else {
                reasons.append((step.reason, step.remedy, [step.verb]))
            }
        }
        return reasons.map {
            "  steps \($0.verbs.joined(separator: ", ")) skipped: \($0.reason) (\($0.remedy))"
        }
    }

    /// What the model did, what waits for it, and why it could not be asked.
    private var model: [String] {
        var lines: [String] = []
        let work = report.model
        if work.documents > 0 {
            var line = "  model: \(work.documents) documents, \(work.answers) answers"
            if work.promptTokens > 0 {
                line +=
                    "; \(work.promptTokens) tokens read (\(work.reusedTokens) of them known already), "
                    + "\(work.answerTokens) written (\(work.forcedTokens) of them without a choice)"
            }
            lines.append(line)
            let known = work.exactPictures + work.nearPictures
            if work.computedPictures + known > 0 {
                lines.append(
                    "  pictures: \(work.computedPictures) looked at, \(known) from the cache "
                        + "(\(work.exactPictures) the same, \(work.nearPictures) alike; "
                        + "\(work.rejectedNear) alike and refused)"
                )
            }
            let phases = [
                ("seeing", work.decodingPictures + work.seeing), ("reading", work.reading),
                ("answering", work.answering),
            ].filter { $0.1 > 0 }.map { "\($0.0) \(Self.duration(Double($0.1) / 1000))" }
            if !phases.isEmpty { lines.append("  time: " + phases.joined(separator: ", ")) }
        }
        if let unavailable = report.unavailable {
            let remedy = unavailable.remedy.isEmpty ? "" : " (\(unavailable.remedy))"
            lines.append("  the model could not be asked: \(unavailable.reason)\(remedy)")
        }
        if report.waitingForModel > 0 {
            lines.append("  \(report.waitingForModel) documents wait for the model")
        }
        return lines
    }

    private var headline: String {
        let seconds = Double(report.milliseconds) / 1000
        var text = "\(report.pipeline): \(report.worked) of \(report.found) files read"
        if report.unchanged > 0 { text += ", \(report.unchanged) unchanged" }
        text += " in \(Self.duration(seconds))"
        if report.worked > 1, seconds > 0 {
            text += " (\(Int((Double(report.worked) / seconds * 60).rounded())) a minute)"
        }
        return text
    }

    /// The summary for programs: one JSON object.
    var json: String {
        var fields: [String: JSONValue] = [
            "run": .number(Int(report.run.rawValue)), "pipeline": .text(report.pipeline),
            "found": .number(report.tally.found), "is_conserved": .flag(report.tally.isConserved),
            "unchanged": .number(report.unchanged), "worked": .number(report.worked),
            "pages": .number(report.pages), "stale": .number(report.stale),
            "vanished": .number(report.vanished), "milliseconds": .number(report.milliseconds),
            "stopped_because": report.stoppedBecause.map(JSONValue.text) ?? .null,
            "skipped_steps": .list(
                report.skippedSteps.map {
                    .object([
                        "verb": .text($0.verb), "reason": .text($0.reason),
                        "remedy": .text($0.remedy),
                    ])
                }
            ),
            "model": .object(report.model.numbers.mapValues { JSONValue.number($0) }),
            "waiting_for_model": .number(report.waitingForModel),
            "model_unavailable": report.unavailable.map {
                JSONValue.object(["reason": .text($0.reason), "remedy": .text($0.remedy)])
            } ?? .null,
            "unreadable_folders": .list(report.unreadableFolders.map(JSONValue.text)),
        ]
        fields.merge(EnergyText.json(energy)) { $1 }
        if case .success(let joules) = energy, report.worked > 0 {
            fields["joules_per_document"] = .fraction(joules / Double(report.worked))
        }
        for status in ConservationLine.order {
            fields[status.rawValue] = .number(report.tally[status])
        }
        fields["problems"] = .list(problems.map(\.json))
        return JSONValue.object(fields).text
    }

    /// A time span for a person: `8.0 s`, `14 min`.
    static func duration(_ seconds: Double) -> String {
        if seconds < 10 { return String(format: "%.1f s", seconds) }
        if seconds < 120 { return "\(Int(seconds.rounded())) s" }
        let minutes = Int((seconds / 60).rounded())
        return minutes < 120 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
    }
}

extension Problem {
    /// The problem for programs.
    var json: JSONValue {
        .object([
            "folder": .text(folder), "path": .text(displayPath(path)),
            "status": .text(status.rawValue),
            "reason": reason.map(JSONValue.text) ?? .null,
            "detail": detail.map(JSONValue.text) ?? .null,
        ])
    }
}

/// The text with spaces behind it, at least `width` long.
func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}
