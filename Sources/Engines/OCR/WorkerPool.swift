internal import Jobs
internal import PipelineSpec
internal import Records
internal import Sandbox
internal import SystemPackage

/// One request to a worker, and how long it may take.
struct WorkerCall: Sendable {
    var request: WorkerRequest
    /// The document, and where the answer needs one a file to write to.
    var descriptors: [FileDescriptor]
    var configuration: WorkerConfiguration
    /// Longest time for the answer.
    var milliseconds: Int
    /// Longest time without a sign of life.
    var stallMilliseconds: Int
}

/// An answer and what it cost.
struct WorkerReply: Sendable {
    var answer: WorkerAnswer
    var peakBytes: Int
}

/// The worker processes that read pictures: as many as documents are read at a time.
///
/// A worker is started when it is first needed and reused until it fails or has served its time. A worker
/// that crashes, stalls, takes too long or runs out of memory is killed, and a new one takes its place.
actor WorkerPool {
    private let slots: Int
    private let executable: FilePath
    private let servings: Int
    private var idle: [ReadingWorker] = []
    private var taken = 0
    private var waiting: [(ticket: Int, continuation: CheckedContinuation<Void, Never>)] = []
    private var lastTicket = 0
    private var isShutDown = false

    /// Creates a pool; no worker is started yet.
    ///
    /// - Parameters:
    ///   - slots: most workers at a time.
    ///   - executable: the docket binary.
    ///   - servings: requests after which a worker is replaced, in case a library leaks.
    init(slots: Int, executable: FilePath, servings: Int = 500) {
        self.slots = max(1, slots)
        self.executable = executable
        self.servings = servings
    }

    /// Has a worker answer one request.
    ///
    /// What ends a worker that had served others before is tried once more with a fresh one, so that no
    /// document pays for what another left behind.
    ///
    /// - Parameter call: the request.
    /// - Returns: the answer; `WorkerAnswer.failed` is thrown, not returned.
    /// - Throws: ``JobFailure``, `CancellationError`.
    func ask(_ call: WorkerCall) async throws -> WorkerReply {
        try await takeSlot()
        var worker: ReadingWorker?
        defer { giveBack(worker) }
        while true {
            let current = try await takeWorker(for: call.configuration)
            do {
                let reply = try await current.ask(call)
                worker = current
                return reply
            } catch let end as WorkerEnded {
                guard end.mayBeHistory, current.served > 1 else { throw end.failure }
            } catch {
                if current.isUsable { worker = current }
                throw error
            }
        }
    }

    /// Ends all workers that are idle, and those at work once they are done.
    func shutdown() async {
        isShutDown = true
        let ending = idle
        idle = []
        for worker in ending { worker.end() }
        // Waited for, so that no process outlives the run, and its processor time is accounted for.
        for worker in ending { await worker.hasEnded() }
    }

    // MARK: - Slots

    private func takeSlot() async throws {
        try Task.checkCancellation()
        while taken >= slots {
            lastTicket += 1
            let ticket = lastTicket
            await withTaskCancellationHandler {
                await withCheckedContinuation { waiting.append((ticket, $0)) }
            } onCancel: {
                Task { await self.stopWaiting(ticket) }
            }
            try Task.checkCancellation()
        }
        taken += 1
    }

    private func stopWaiting(_ ticket: Int) {
        guard let index = waiting.firstIndex(where: { $0.ticket == ticket }) else { return }
        waiting.remove(at: index).continuation.resume()
    }

    private func giveBack(_ worker: ReadingWorker?) {
        taken -= 1
        if let worker {
            if worker.served < servings && worker.isUsable && !isShutDown {
                idle.append(worker)
            } else {
                worker.end()
            }
        }
        if !waiting.isEmpty { waiting.removeFirst().continuation.resume() }
    }

    private func takeWorker(for configuration: WorkerConfiguration) async throws -> ReadingWorker {
        if let index = idle.lastIndex(where: { $0.configuration == configuration }) {
            let worker = idle.remove(at: index)
            if worker.isUsable { return worker }
        }
        // Workers of other languages make room; models take memory.
        if idle.count + taken > slots { idle.removeFirst().end() }
        return try await ReadingWorker.start(configuration, executable: executable)
    }
}
