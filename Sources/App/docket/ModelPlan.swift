import Answering
import Foundation
import Jobs
import PipelineSpec
import Scanning
import Storage

/// What a run would ask the model: about which documents, why, for how long, and what would leave this machine.
struct ModelPlan {
    /// A document that waits for the model.
    private struct Waiting {
        let path: String
        let reason: String
        /// Pages that the model is shown as pictures, and windows of text.
        let cost: Int?
    }

    private let name: String
    private let destination: String?
    /// Why it cannot be asked now, and what to do.
    private let absence: String?
    /// What the model is given of a document, for a person: `pictures`, `texts`.
    private let given: [String]
    /// Whether every document goes to the model, whatever is known of it.
    private let takesAll: Bool
    /// Documents that are not read yet.
    private let unread: Int
    private let waiting: Int
    private var listed: [Waiting] = []
    private let cost: ModelCost
    private let width: Int

    /// Looks at what waits; nil where no step goes to the model.
    ///
    /// - Parameters:
    ///   - pipeline: The pipeline.
    ///   - model: Its model.
    ///   - unread: Documents that are still to be read.
    ///   - waiting: Documents that are read and wait for the model.
    ///   - waking: Documents that were read before there was a model and will wake it, and the first of them.
    ///   - store: The database; nil before the first run.
    ///   - count: The most documents that are named.
    /// - Throws: `StoreError`.
    init?(
        _ pipeline: Pipeline,
        _ model: PipelineModel,
        unread: Int,
        waiting: Int,
        waking: (count: Int, files: [(path: String, reason: String)]),
        store: Store?,
        listed count: Int
    ) throws {
        let steps = pipeline.steps.filter {
            if case .model = model.router.route(for: $0) { true } else { false }
        }
        guard !steps.isEmpty, let answering = model.model else { return nil }
        name =
            switch model.presence {
            case .seeing(let name), .textOnly(let name): name
            case .absent: ""
            }
        destination = answering.destination
        width = answering.width
        absence = model.absence.map { "\($0.reason); \($0.remedy)" }
        given = [
            steps.contains { $0.modelSource == .picture } ? "pictures" : nil,
            steps.contains { $0.modelSource == .text } ? "texts" : nil,
        ].compactMap { $0 }
        takesAll = steps.contains { $0.condition == nil }
        self.unread = unread
        self.waiting = waiting + waking.count
        listed = waking.files.map { Waiting(path: $0.path, reason: $0.reason, cost: nil) }
        guard let store, let stored = try store.pipeline(named: pipeline.name) else {
            cost = ModelCost(documents: 0, answers: 0, milliseconds: 0)
            return
        }
        cost = try store.modelCost(pipeline: stored.id)
        let folders = stored.folders.filter { pipeline.input.folders.contains($0.path) }.map(\.id)
        guard waiting > 0, !folders.isEmpty else { return }
        var found = listed
        try store.waitingForModel(pipeline: stored.id, folders: folders) { document in
            guard found.count < count else { return }
            found.append(
                Waiting(
                    path: displayPath(document.path),
                    reason: document.reason,
                    cost: document.work.cost
                )
            )
        }
        listed = found
    }

    // MARK: Time

    /// Seconds that the model will be at work on what waits; nil before it has answered for this pipeline.
    private var seconds: Double? {
        guard let mean = cost.meanMilliseconds, waiting > 0 else { return nil }
        return mean / 1000 * Double(waiting) / Double(max(1, min(width, waiting)))
    }

    // MARK: For people

    /// Lines behind those of the steps and files.
    var lines: [String] {
        var lines = [
            "  model   \(name)" + (destination.map { $0 == name ? "" : " at \($0)" } ?? "")
        ]
        if let absence { lines.append("          cannot be asked now: \(absence)") }
        if waiting > 0 {
            lines.append("          \(Self.count(waiting)) will wake it:")
            lines += listed.map { "            \($0.path)  (\($0.reason))" }
            if waiting > listed.count {
                lines.append("            and \(waiting - listed.count) more (--files lists all)")
            }
        }
        if unread > 0 {
            lines.append("          \(Self.count(unread)) unread: " + unreadWords)
        }
        if waiting + unread == 0 { lines.append("          no document will wake it") }
        if waiting + unread > 0 { lines.append("  time    " + timeWords) }
        if destination != nil { lines.append("  leaves  " + leavingWords) }
        return lines
    }

    private var unreadWords: String {
        takesAll ? "all will wake it" : "which of them will wake it is known after text and rules"
    }

    private var timeWords: String {
        guard let mean = cost.meanMilliseconds else {
            return "of the model: not known before its first document"
        }
        let each =
            "\(RunSummaryText.duration(mean / 1000)) a document in the mean of \(cost.documents)"
        guard let seconds else { return "of the model: \(each)" }
        return
            "of the model: about \(RunSummaryText.duration(seconds)) for those that wait (\(each)"
            + (width > 1 ? ", \(width) at once)" : ")")
    }

    private var leavingWords: String {
        guard let destination else { return "nothing leaves this machine" }
        let what = given.joined(separator: " and ")
        let whose: String
        switch (waiting, unread) {
        case (0, 0): return "nothing would be sent to \(destination) now"
        case (_, 0): whose = Self.count(waiting)
        case (0, _): whose = "\(takesAll ? "" : "up to ")\(Self.count(unread))"
        default: whose = "\(takesAll ? "" : "up to ")\(Self.count(waiting + unread))"
        }
        return "\(what) of \(whose) would be sent to \(destination)"
    }

    private static func count(_ documents: Int) -> String {
        "\(documents) \(documents == 1 ? "document" : "documents")"
    }

    // MARK: For programs

    /// The same as an object.
    var json: JSONValue {
        .object([
            "name": .text(name), "cannot_be_asked": absence.map(JSONValue.text) ?? .null,
            "destination": destination.map(JSONValue.text) ?? .null,
            "sends": .list(destination == nil ? [] : given.map(JSONValue.text)),
            "width": .number(width), "waiting": .number(waiting), "unread": .number(unread),
            "takes_all": .flag(takesAll),
            "waiting_documents": .list(
                listed.map {
                    .object([
                        "path": .text($0.path), "reason": .text($0.reason),
                        "cost": $0.cost.map(JSONValue.number) ?? .null,
                    ])
                }
            ),
            "seconds": seconds.map(JSONValue.fraction) ?? .null,
            "mean_seconds_per_document": cost.meanMilliseconds.map { .fraction($0 / 1000) }
                ?? .null,
            "documents_so_far": .number(cost.documents),
        ])
    }
}

extension Step {
    /// What a model is given for this step; nil for a step that asks none.
    fileprivate var modelSource: StepSource? {
        switch self {
        case .ask(let step): step.from
        case .classify(let step): step.from
        case .summarize(let step): step.from
        case .read, .find, .check: nil
        }
    }
}
