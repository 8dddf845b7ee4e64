import ArgumentParser
import Foundation
import Jobs
import Scanning
import Storage

/// `docket status`.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show runs, and what is wrong with which document.",
        usage: "docket status [<options>] [<run>]",
        discussion: """
            Without a run, the last runs of every pipeline, the documents that need attention now, and \
            those that wait for the model; with one, those that needed attention when it had ended.

            Examples:
              docket status
              docket status 12
              docket status --pipeline receipts --json
            """
    )

    @Argument(help: ArgumentHelp("A run's number; else the latest runs.", valueName: "run"))
    var number: Int64?

    @Option(help: ArgumentHelp("Only this pipeline.", valueName: "name"))
    var pipeline: String?

    @Option(help: "Most documents to list.")
    var limit = 50

    @OptionGroup var database: DatabaseOptions

    @Flag(help: "Print JSON to standard output.")
    var json = false

    func run() throws {
        let store = try database.openForReading()
        let holder = RunLock.holdingProcess(databasePath: database.path)
        let runs =
            try number.map { [try store.run(RunID(rawValue: $0))] }
            ?? store.runs(pipeline: pipeline, limit: 10)
        var names: [String] = []
        for run in runs where !names.contains(run.pipeline) { names.append(run.pipeline) }
        var problems: [(pipeline: String, problem: Problem)] = []
        var waiting: [WaitingList] = []
        for name in names {
            guard let stored = try store.pipeline(named: name) else { continue }
            problems += try ProblemList.read(
                from: store,
                pipeline: stored.id,
                run: number.map { RunID(rawValue: $0) },
                limit: limit
            ).map { (name, $0) }
            if number == nil { waiting.append(try WaitingList(stored, in: store, limit: limit)) }
        }
        if json {
            Terminal.output(
                JSONValue.object([
                    "runs": .list(runs.map(\.json)),
                    "problems": .list(problems.map(\.problem.json)),
                    "waiting_for_model": .list(waiting.flatMap(\.json)),
                ]).text
            )
            return
        }
        if runs.isEmpty { Terminal.output("no run yet: docket run PIPELINE") }
        for run in runs { Terminal.output(run.line(heldBy: holder)) }
        for (pipeline, problem) in problems {
            let words = [problem.reason, problem.detail].compactMap { $0 }.filter { !$0.isEmpty }
            Terminal.output(
                "\(pipeline)  \(pad(problem.status.rawValue, 11)) "
                    + "\(displayPath(problem.path, in: problem.folder)): \(words.joined(separator: ": "))"
            )
        }
        for line in waiting.flatMap(\.lines) { Terminal.output(line) }
        if limit > 0, problems.count >= limit {
            Terminal.error("only the first \(limit) of a pipeline are shown; see --limit")
        }
    }
}

extension RunSummary {
    /// One line about the run; `process` holds the database now.
    fileprivate func line(heldBy process: Int32?) -> String {
        let end =
            switch state {
            case .running:
                process.map { "running (process \($0))" }
                    ?? "its process died; the next run goes on from there"
            case .finished: "finished" + (duration.map { " in \($0)" } ?? "")
            case .interrupted: "interrupted"
            case .failed: "failed"
            }
        let counts = tally.map { "  " + ConservationLine.short($0) } ?? ""
        return "run \(id.rawValue)  \(pipeline)  \(localStart)  \(end)\(counts)"
    }

    private var duration: String? {
        guard let finishedAt, let start = Self.moment(startedAt), let end = Self.moment(finishedAt)
        else { return nil }
        return RunSummaryText.duration(max(0, end.timeIntervalSince(start)))
    }

    /// When it began, by the clock on the wall.
    private var localStart: String {
        guard let start = Self.moment(startedAt) else { return startedAt }
        return start.formatted(
            Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: .current)
                .year().month().day().time(includingFractionalSeconds: false)
        )
    }

    private static func moment(_ text: String) -> Date? {
        let reader = ISO8601DateFormatter()
        reader.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        return reader.date(from: text)
    }

    fileprivate var json: JSONValue {
        var fields: [String: JSONValue] = [
            "run": .number(Int(id.rawValue)), "pipeline": .text(pipeline),
            "started_at": .text(startedAt), "finished_at": finishedAt.map(JSONValue.text) ?? .null,
            "state": .text(state.rawValue),
        ]
        if let tally {
            fields["found"] = .number(tally.found)
            for status in ConservationLine.order {
                fields[status.rawValue] = .number(tally[status])
            }
        }
        return .object(fields)
    }
}
