import Jobs
import PipelineSpec
import Records
import Scanning
import Storage
import SystemPackage

/// One walk through one folder: what is unchanged is counted, what needs work is worked on, a few at a time.
struct FolderPass: Sendable {
    let started: StartedRun
    let folder: FolderID
    let root: FilePath
    /// How the folder prints its dates, as far as earlier runs concluded.
    let dateOrder: DateOrder?
    let pipeline: Pipeline
    let store: Store
    let plan: RunPlan
    let options: RunOptions
    let observer: any RunObserver
    let stop: StopRequest
    let work: DocumentWork

    /// Freshly written files wait here for their second look; more than this many would cost memory.
    private static let mostUnsettled = 20_000
    private static let statusBatch = 500

    /// Walks to the end, also after a stop was asked for: then the rest is only counted.
    ///
    /// - Throws: `ScanError` when the folder cannot be walked at all, `StoreError`, `CancellationError`.
    func walk(into report: inout RunReport) async throws {
        var tour = Tour(report: report)
        let review = try FolderReview(
            scanner: DirectoryScanner(
                folder: root,
                include: pipeline.input.include.map { try Glob($0) },
                exclude: pipeline.input.exclude.map { try Glob($0) }
            ),
            store: store,
            pipeline: started.pipeline,
            folder: folder,
            plan: plan
        )
        let opened = try OpenFolder(root)
        let only = try options.only.map { try Glob($0) }
        tour = try await withThrowingTaskGroup(of: DocumentWork.Done.self) { group in
            while let path = try review.next() {
                try Task.checkCancellation()
                try await meet(path, only: only, opened, &tour, &group)
            }
            while let unsettled = tour.unsettled.popFirst() {
                try await begin(unsettled, opened, &tour, &group)
            }
            for try await done in group { tour.take(done) }
            return tour
        }
        // A folder may turn out unreadable after some of it was listed: what is missing there is not gone.
        var gone: [LocationID] = []
        for known in tour.vanished {
            if let reason = review.reasonUnreachable(known.path) {
                try keepUnreachable(known, reason, &tour)
            } else {
                gone.append(known.id)
            }
        }
        try flush(&tour)
        try store.markVanished(run: started.run, gone)
        tour.report.vanished += gone.count
        report = tour.report
    }

    private func keepUnreachable(
        _ known: KnownLocation,
        _ reason: String,
        _ tour: inout Tour
    ) throws {
        tour.report.found += 1
        try note(
            PathStatus(
                path: known.path,
                stamp: known.stamp,
                status: .waiting,
                reason: "its folder could not be read",
                detail: reason,
                document: known.document
            ),
            &tour
        )
    }

    /// What a walk gathers.
    private struct Tour {
        var report: RunReport
        var inHand = 0
        var vanished: [KnownLocation] = []
        var statuses: [PathStatus] = []
        /// Files that changed a moment ago, the longest known first.
        var unsettled: ArraySlice<Unsettled> = []

        /// Whether the files in hand may use up the limit.
        func mayReach(_ limit: Int?) -> Bool {
            limit.map { inHand > 0 && report.worked + inHand >= $0 } ?? false
        }

        mutating func take(_ done: DocumentWork.Done) {
            inHand -= 1
            report.worked += done.isWorked ? 1 : 0
            report.pages += done.pages
        }
    }

    private struct Unsettled {
        let file: FoundFile
        let known: KnownLocation?
        let readyAt: ContinuousClock.Instant
    }

    private typealias Group = ThrowingTaskGroup<DocumentWork.Done, any Error>

    private func meet(
        _ path: ReviewedPath,
        only: Glob?,
        _ opened: OpenFolder,
        _ tour: inout Tour,
        _ group: inout Group
    ) async throws {
        switch path {
        case .unchanged(let known):
            tour.report.found += 1
            if !plan.waitsForModel(known) {
                tour.report.unchanged += 1
                if plan.isStale(known) { tour.report.stale += 1 }
            }
            observer.observe(.found(unchanged: true))
        case .needsWork(let file, let known):
            tour.report.found += 1
            observer.observe(.found(unchanged: false))
            guard only?.matches(file.path) ?? true else {
                return try leave(file, known, "left by --only", &tour)
            }
            try await admit(file, known, opened, &tour, &group)
        case .notAFile(let path, let status, let reason, let detail):
            tour.report.found += 1
            observer.observe(.found(unchanged: false))
            try note(
                PathStatus(path: path, stamp: nil, status: status, reason: reason, detail: detail),
                &tour
            )
        case .vanished(let known):
            tour.vanished.append(known)
        case .unreachable(let known, let reason):
            try keepUnreachable(known, reason, &tour)
        case .note(let path, let text):
            observer.observe(.note("\(displayPath(path, in: root.string)): \(text)"))
        case .unreadableFolder(let path, let reason):
            let name = displayPath(path, in: root.string)
            tour.report.unreadableFolders.append("\(name): \(reason)")
            observer.observe(.note("\(name): \(reason); what is in it was not looked at"))
        }
    }

    private func admit(
        _ file: FoundFile,
        _ known: KnownLocation?,
        _ opened: OpenFolder,
        _ tour: inout Tour,
        _ group: inout Group
    ) async throws {
        if let reason = reasonToLeave(tour) { return try leave(file, known, reason, &tour) }
        let now = FileStamp.now()
        let settling = Settling(settle: pipeline.input.settle)
        switch settling.decide(first: file.stamp, firstLook: now, now: now, second: nil) {
        case .ready, .stillChanging:
            try await begin(file, known, opened, &tour, &group)
        case .wait(let duration):
            tour.unsettled.append(
                Unsettled(file: file, known: known, readyAt: .now.advanced(by: duration))
            )
            if tour.unsettled.count > Self.mostUnsettled, let first = tour.unsettled.popFirst() {
                try await begin(first, opened, &tour, &group)
            }
        }
    }

    private func begin(
        _ unsettled: Unsettled,
        _ opened: OpenFolder,
        _ tour: inout Tour,
        _ group: inout Group
    ) async throws {
        while reasonToLeave(tour) == nil, ContinuousClock.now < unsettled.readyAt {
            let pause = ContinuousClock.now.advanced(by: .milliseconds(200))
            try await Task.sleep(until: min(pause, unsettled.readyAt), clock: .continuous)
        }
        try await begin(unsettled.file, unsettled.known, opened, &tour, &group)
    }

    private func begin(
        _ file: FoundFile,
        _ known: KnownLocation?,
        _ opened: OpenFolder,
        _ tour: inout Tour,
        _ group: inout Group
    ) async throws {
        // One more than there are jobs is hashed and opened ahead, so that no engine waits for the disk.
        // Whether a file counts towards the limit is known when it is done: one that cannot be opened does not.
        while tour.inHand > options.jobs || tour.mayReach(options.limit),
            let done = try await group.next()
        {
            tour.take(done)
        }
        if let reason = reasonToLeave(tour) { return try leave(file, known, reason, &tour) }
        tour.inHand += 1
        group.addTask { [work, folder, opened, dateOrder] in
            try await work.take(file, folder: folder, root: opened, dateOrder: dateOrder)
        }
    }

    /// Why nothing more is begun; nil when something may be.
    private func reasonToLeave(_ tour: Tour) -> String? {
        if let limit = options.limit, tour.report.worked >= limit { return "left by --limit" }
        if let until = options.until, ContinuousClock.now >= until {
            stop.make(reason: "left by --until")
        }
        return stop.madeBecause
    }

    private func leave(
        _ file: FoundFile,
        _ known: KnownLocation?,
        _ reason: String,
        _ tour: inout Tour
    ) throws {
        if let known, isMerelyFresh(file, known) {
            if !plan.waitsForModel(known) { tour.report.unchanged += 1 }
            return
        }
        try note(
            PathStatus(
                path: file.path,
                stamp: known?.stamp,
                status: .waiting,
                reason: reason,
                document: known?.document
            ),
            &tour
        )
    }

    /// Whether there is nothing to do but to compare once more, since the file was new when it was last seen:
    /// its record stands, and need not wait.
    private func isMerelyFresh(_ file: FoundFile, _ known: KnownLocation) -> Bool {
        guard known.stamp == file.stamp, known.pathStatus == nil,
            let status = known.outcomeStatus, let plan = known.planFingerprint,
            let engines = known.engineFingerprint
        else { return false }
        return self.plan.holds(status: status, plan: plan, engines: engines)
            || self.plan.waitsForModel(plan: plan, engines: engines)
    }

    private func note(_ status: PathStatus, _ tour: inout Tour) throws {
        tour.statuses.append(status)
        if tour.statuses.count >= Self.statusBatch { try flush(&tour) }
    }

    private func flush(_ tour: inout Tour) throws {
        guard !tour.statuses.isEmpty else { return }
        try store.recordPathStatus(
            run: started.run,
            pipeline: started.pipeline,
            folder: folder,
            tour.statuses
        )
        tour.statuses = []
    }
}
