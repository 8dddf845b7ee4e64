import Foundation
public import Jobs
public import Storage

/// What a run did, for the summary and the run's row.
public struct RunReport: Sendable {
    /// The run.
    public var run: RunID
    /// The pipeline's name.
    public var pipeline: String
    /// Paths that matched, counted while walking.
    public var found = 0
    /// Paths whose stored result held.
    public var unchanged = 0
    /// Documents that went through the steps in this run.
    public var worked = 0
    /// Pages that were stored in this run.
    public var pages = 0
    /// Results that an older engine made and that were left.
    public var stale = 0
    /// Paths that are not there any more.
    public var vanished = 0
    /// Steps that no engine answers, with the reason; the same for every document.
    public var skippedSteps: [SkippedStep] = []
    /// Folders that could not be read, with the reason.
    public var unreadableFolders: [String] = []
    /// Earlier runs that had died; this one went on where they ended.
    public var resumed: [RunID] = []
    /// Why the run ended early; nil when it looked at everything.
    public var stoppedBecause: String?
    /// What the model did.
    public var model = ModelWork()
    /// Documents that wait for the model.
    public var waitingForModel = 0
    /// Why the model could not be asked, and what a person can do; nil where it could, or was not needed.
    public var unavailable: EngineUnavailable?
    /// How long it took.
    public var milliseconds = 0
    /// The conservation line.
    public var tally = Tally(found: 0, counts: [:])

    init(run: RunID, pipeline: String) {
        self.run = run
        self.pipeline = pipeline
    }

    /// A step that was skipped for every document.
    public struct SkippedStep: Hashable, Sendable {
        /// The step's verb.
        public var verb: String
        /// Why, as it is stored with each job.
        public var reason: String
        /// What a person can do about it.
        public var remedy: String
    }

    /// The report as one JSON object with sorted keys.
    public var json: String {
        let fields: [String: Any] = [
            "found": found, "unchanged": unchanged, "worked": worked, "pages": pages,
            "stale": stale,
            "vanished": vanished,
            "skipped_steps": skippedSteps.map { "\($0.verb): \($0.reason)" },
            "unreadable_folders": unreadableFolders,
            "resumed": resumed.map(\.rawValue), "stopped_because": stoppedBecause ?? NSNull(),
            "milliseconds": milliseconds, "model": model.numbers,
            "waiting_for_model": waitingForModel,
            "model_unavailable": unavailable?.reason ?? NSNull(),
        ]
        return Self.json(fields)
    }

    static func failure(_ error: any Error) -> String {
        json(["error": String(describing: error)])
    }

    private static func json(_ fields: [String: Any]) -> String {
        do {
            return String(
                decoding: try JSONSerialization.data(withJSONObject: fields, options: .sortedKeys),
                as: UTF8.self
            )
        } catch {
            preconditionFailure("a report that cannot be written as JSON: \(error)")
        }
    }

    /// The time now in ISO 8601, UTC, to the millisecond.
    static func timestamp() -> String {
        Date.now.formatted(
            .iso8601.year().month().day().timeZone(separator: .omitted).time(
                includingFractionalSeconds: true
            )
        )
    }
}
