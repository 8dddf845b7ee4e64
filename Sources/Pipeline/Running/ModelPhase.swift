import Jobs
import PipelineSpec
import Records
import Scanning
import Storage
import SystemPackage

/// The second part of a run: what waits for the model, in order of what each document gains for what it costs.
///
/// Text recognition is at rest by then: the cores are the model's. So many documents as the model answers at once are
/// before it, in the order of the queue, and one more is opened meanwhile.
struct ModelPhase {
    let started: StartedRun
    let roots: [FolderID: FilePath]
    let pipeline: Pipeline
    let store: Store
    let options: RunOptions
    let observer: any RunObserver
    let stop: StopRequest
    let work: DocumentWork
    let resolution: DateOrderResolution
    let width: Int
    /// Documents that this run could not bring any further.
    private var left: Set<DocumentID> = []
    /// Why the model could not be asked; then nothing more is.
    private(set) var unavailable: EngineUnavailable?

    init(
        started: StartedRun,
        roots: [FolderID: FilePath],
        pipeline: Pipeline,
        store: Store,
        options: RunOptions,
        observer: any RunObserver,
        stop: StopRequest,
        work: DocumentWork,
        resolution: DateOrderResolution,
        width: Int
    ) {
        self.started = started
        self.roots = roots
        self.pipeline = pipeline
        self.store = store
        self.options = options
        self.observer = observer
        self.stop = stop
        self.work = work
        self.resolution = resolution
        self.width = width
    }

    /// A place in the queue: sixteen bytes for each document that waits.
    private struct Place {
        let document: DocumentID
        let cost: Int32
    }

    /// What a pass through the queue gathers.
    private struct Pass {
        var inHand = 0
        var done = 0
        var total: Int
        var timeLeft: TimeLeft
        var last: Turn?
    }

    /// Takes what waits through the model, until nothing waits, the run is to end, or the model cannot be asked.
    ///
    /// - Parameter report: counts what was done.
    /// - Returns: how many documents were taken.
    /// - Throws: `StoreError`, `ScanError`, `CancellationError`.
    mutating func pass(into report: inout RunReport) async throws -> Int {
        let queue = try queue(worked: report.worked)
        guard !queue.isEmpty, reasonToStop() == nil else { return 0 }
        let folders = try openFolders()
        var pass = Pass(
            total: queue.count,
            timeLeft: TimeLeft(
                cost: queue.reduce(0) { $0 + Int($1.cost) },
                documents: queue.count,
                known: try store.modelCost(pipeline: started.pipeline),
                width: width
            )
        )
        tell(pass)
        try await withThrowingTaskGroup(of: DocumentWork.DoneByModel.self) { group in
            for place in queue {
                try Task.checkCancellation()
                guard reasonToStop() == nil else { break }
                // Opened and hashed while those before it are at the model.
                guard
                    let prepared = try work.prepare(
                        place.document,
                        cost: Int(place.cost),
                        in: folders
                    )
                else {
                    left.insert(place.document)
                    pass.total -= 1
                    continue
                }
                while pass.inHand >= width, let done = try await group.next() {
                    take(done, &pass, &report)
                }
                guard reasonToStop() == nil else { break }
                pass.inHand += 1
                let turn = Turn(after: pass.last)
                pass.last = turn
                group.addTask { [work] in
                    try await work.takeThroughModel(prepared, turn: turn)
                }
            }
            for try await done in group { take(done, &pass, &report) }
        }
        return pass.done
    }

    private mutating func take(
        _ done: DocumentWork.DoneByModel,
        _ pass: inout Pass,
        _ report: inout RunReport
    ) {
        pass.inHand -= 1
        pass.done += 1
        pass.timeLeft.finish(cost: done.cost)
        if work.claims.markWorked(done.document) { report.worked += 1 }
        if done.status == .waiting { left.insert(done.document) }
        unavailable = unavailable ?? done.unavailable
        tell(pass)
    }

    private func tell(_ pass: Pass) {
        observer.observe(
            .model(done: pass.done, total: pass.total, left: pass.timeLeft.left())
        )
    }

    /// What is taken up in this run: all that waits and that neither `--only` nor `--limit` leaves.
    ///
    /// The limit counts documents, whichever part of the run they are worked on in, and each once.
    private func queue(worked: Int) throws -> [Place] {
        let only = try options.only.map { try Glob($0) }
        var budget = options.limit.map { $0 - worked } ?? .max
        var queue: [Place] = []
        try store.waitingForModel(pipeline: started.pipeline, folders: started.folders) { waiting in
            guard !left.contains(waiting.document), only?.matches(waiting.path) ?? true else {
                return
            }
            if !work.claims.isWorked(waiting.document) {
                guard budget > 0 else { return }
                budget -= 1
            }
            queue.append(
                Place(
                    document: waiting.document,
                    cost: Int32(clamping: waiting.work.cost)
                )
            )
        }
        return queue
    }

    private func openFolders() throws -> [FolderID: (open: OpenFolder, dateOrder: DateOrder?)] {
        var folders: [FolderID: (open: OpenFolder, dateOrder: DateOrder?)] = [:]
        for (id, root) in roots {
            folders[id] = (try OpenFolder(root), try resolution.concluded(for: id))
        }
        return folders
    }

    private func reasonToStop() -> String? {
        if let unavailable { return unavailable.reason }
        if let until = options.until, ContinuousClock.now >= until {
            stop.make(reason: "left by --until")
        }
        return stop.madeBecause
    }
}
