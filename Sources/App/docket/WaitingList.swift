import Scanning
import Storage

/// What of a pipeline waits for the model now, the next one first.
struct WaitingList {
    private let pipeline: String
    private var first: [WaitingDocument] = []
    private var count = 0
    private let cost: ModelCost

    /// Reads the list.
    ///
    /// - Parameters:
    ///   - pipeline: The pipeline.
    ///   - store: Where the documents are.
    ///   - limit: The most that are shown.
    /// - Throws: `StoreError`.
    init(_ pipeline: StoredPipeline, in store: Store, limit: Int) throws {
        self.pipeline = pipeline.name
        cost = try store.modelCost(pipeline: pipeline.id)
        try store.waitingForModel(pipeline: pipeline.id, folders: pipeline.folders.map(\.id)) {
            count += 1
            if first.count < limit { first.append($0) }
        }
    }

    /// The list for a person; empty when nothing waits.
    var lines: [String] {
        guard count > 0 else { return [] }
        var lines = first.map {
            "\(pipeline)  \(pad("waiting", 11)) \(displayPath($0.path, in: $0.folderPath)): "
                + "waits for the model: \($0.reason)"
        }
        var line = "\(pipeline)  \(count) documents wait for the model"
        if let mean = cost.meanMilliseconds {
            line +=
                ", about \(RunSummaryText.duration(mean * Double(count) / 1000))"
                + " by what \(cost.documents) took so far"
        }
        lines.append(line)
        return lines
    }

    /// The list for programs.
    var json: [JSONValue] {
        first.map {
            .object([
                "pipeline": .text(pipeline), "folder": .text($0.folderPath),
                "path": .text(displayPath($0.path)), "reason": .text($0.reason),
                "gain": .fraction($0.work.gain), "cost": .number($0.work.cost),
            ])
        }
    }
}
