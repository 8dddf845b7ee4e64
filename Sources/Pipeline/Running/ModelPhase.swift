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
    private var patience: ModelPatience
    /// Documents that this run could not bring any further.
    private var left: Set<DocumentID> = []
    /// How often the model could not be asked about a document.
    private var timesUnavailable: [DocumentID: Int] = [:]
    /// Why the model could not be asked; where waiting for it is of no use, nothing more is.
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
        width: Int,
        patience: ModelPatience
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
        self.patience = patience
    }

    /// A place in the queue: sixteen bytes for each document that waits.
    private struct Place {
        let document: DocumentID
        let cost: Int32
    }

    /// What a pass through the queue gathers.
    private struct Pass {
        var inHand = 0
        /// Documents that the model was to be asked about, whether it could be or not.
        var taken = 0
        var done = 0
        /// Whether the model has been through a document since the last pause.
        var isReached = false
        /// Answers before the last pause.
        var answers = 0
        var total: Int
        var timeLeft: TimeLeft
        var last: Turn?
    }

    /// Takes what waits through the model, until nothing waits, the run is to end, or the model cannot be asked.
    ///
    /// A model that has answered in this run is waited for, and what was left meanwhile is taken up again.
    ///
    /// - Parameter report: counts what was done.
    /// - Returns: how many documents were taken.
    /// - Throws: `StoreError`, `ScanError`, `CancellationError`.
    mutating func pass(into report: inout RunReport) async throws -> Int {
        var queue = try self.queue(worked: report.worked)
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
        try await take(queue, in: folders, &pass, &report)
        while let absence = unavailable, try await outwait(absence, &pass) {
            unavailable = nil
            queue = try self.queue(worked: report.worked)
            pass.total = pass.done + queue.count
            try await take(queue, in: folders, &pass, &report)
        }
        return pass.taken
    }

    private mutating func take(
        _ queue: [Place],
        in folders: [FolderID: (open: OpenFolder, dateOrder: DateOrder?)],
        _ pass: inout Pass,
        _ report: inout RunReport
    ) async throws {
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
    }

    /// Waits for a model that cannot be asked for the moment.
    ///
    /// - Returns: whether it is to be asked again; false where it has not answered once in this run, as a server that was
    ///   not there from the beginning, where it was waited for in vain, and where the run is to end.
    private mutating func outwait(
        _ absence: EngineUnavailable,
        _ pass: inout Pass
    ) async throws -> Bool {
        let answers = work.processor.modelWork.total.answers
        guard answers > 0, reasonToEnd() == nil,
            let pause = patience.pause(isVain: !pass.isReached && answers == pass.answers)
        else { return false }
        (pass.isReached, pass.answers) = (false, answers)
        observer.observe(
            .note(
                "the model cannot be asked now: \(absence.reason); it is asked again in \(pause.components.seconds) s"
            )
        )
        let begin = ContinuousClock.now
        let isOver = try await patience.wait(pause) { reasonToEnd() != nil }
        pass.timeLeft.leaveOut(begin.duration(to: .now))
        return isOver
    }

    private mutating func take(
        _ done: DocumentWork.DoneByModel,
        _ pass: inout Pass,
        _ report: inout RunReport
    ) {
        pass.inHand -= 1
        pass.taken += 1
        if work.claims.markWorked(done.document) { report.worked += 1 }
        if let absence = done.unavailable {
            unavailable = unavailable ?? absence
            timesUnavailable[done.document, default: 0] += 1
            return
        }
        pass.isReached = true
        pass.done += 1
        pass.timeLeft.finish(cost: done.cost)
        if done.status == .waiting { left.insert(done.document) }
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
        guard !timesUnavailable.isEmpty else { return queue }
        // Last who were left most often: one that brings a server down must not keep the others from it.
        return queue.enumerated().map { (timesUnavailable[$1.document] ?? 0, $0, $1) }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
            .map(\.2)
    }

    private func openFolders() throws -> [FolderID: (open: OpenFolder, dateOrder: DateOrder?)] {
        var folders: [FolderID: (open: OpenFolder, dateOrder: DateOrder?)] = [:]
        for (id, root) in roots {
            folders[id] = (try OpenFolder(root), try resolution.concluded(for: id))
        }
        return folders
    }

    private func reasonToStop() -> String? { unavailable?.reason ?? reasonToEnd() }

    private func reasonToEnd() -> String? {
        if let until = options.until, ContinuousClock.now >= until {
            stop.make(reason: "left by --until")
        }
        return stop.madeBecause
    }
}
