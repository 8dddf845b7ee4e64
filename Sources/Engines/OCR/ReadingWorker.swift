internal import FoundationEssentials
internal import Jobs
internal import PipelineSpec
internal import Records
internal import Sandbox
internal import Synchronization
internal import SystemPackage

/// A worker that ended, or had to be ended, before it answered.
struct WorkerEnded: Error {
    var failure: JobFailure
    /// Whether what it read before may be the cause.
    var mayBeHistory: Bool
}

/// One worker process that has its models loaded and its walls raised.
final class ReadingWorker: Sendable {
    /// Time for loading models on a slow disk.
    private static let startTime = Duration.seconds(60)
    private static let name = "the reader"

    /// What it was started with.
    let configuration: WorkerConfiguration
    private let process: WorkerProcess
    private let state = Mutex(State())

    private struct State {
        var served = 0
        var isUsable = true
    }

    /// Requests that it was given.
    var served: Int { state.withLock { $0.served } }
    /// Whether it can be given another request.
    var isUsable: Bool { state.withLock { $0.isUsable } && process.isRunning }

    private init(process: WorkerProcess, configuration: WorkerConfiguration) {
        self.process = process
        self.configuration = configuration
    }

    /// Starts a worker and waits until it is ready.
    ///
    /// - Parameters:
    ///   - configuration: the models it loads.
    ///   - executable: the docket binary.
    /// - Returns: the worker, its walls up.
    /// - Throws: ``JobFailure``, `CancellationError`.
    static func start(
        _ configuration: WorkerConfiguration,
        executable: FilePath
    ) async throws -> ReadingWorker {
        let process: WorkerProcess
        do {
            process = try await WorkerProcess.start(
                executable: executable,
                arguments: ["worker"],
                messageLimit: AnswerCheck.messageLimit
            )
        } catch {
            throw JobFailure(.crashed, "no reader process could be started: \(error)")
        }
        let worker = ReadingWorker(process: process, configuration: configuration)
        do {
            let clocks = Clocks(total: startTime, stall: startTime)
            switch try await worker.exchange(.configure(configuration), [], clocks) {
            case .ready: return worker
            case .failed(let failure): throw failure
            default: throw await worker.ended(.garbage("an answer to no question"))
            }
        } catch let ended as WorkerEnded {
            process.kill()
            throw ended.failure
        } catch {
            process.kill()
            throw error
        }
    }

    /// Answers one request.
    ///
    /// - Parameter call: the request.
    /// - Returns: the answer and the most memory that was resident meanwhile.
    /// - Throws: ``JobFailure`` as the worker gave it, ``WorkerEnded``, `CancellationError`.
    func ask(_ call: WorkerCall) async throws -> WorkerReply {
        state.withLock { $0.served += 1 }
        try? PeakMemory.reset(of: process.processID)
        // Its processor time cannot exceed the time on the wall by much: one thread.
        try? process.allowProcessorTime(seconds: call.milliseconds / 1000 + 2)
        let clocks = Clocks(
            total: .milliseconds(call.milliseconds),
            stall: .milliseconds(call.stallMilliseconds)
        )
        let answer = try await exchange(call.request, call.descriptors, clocks)
        let peak = PeakMemory.read(of: process.processID) ?? 0
        if case .failed(let failure) = answer {
            // What is left of its memory may be too little for the next document.
            if failure.reason == .outOfMemory { retire() }
            throw JobFailure(failure.reason, PlainLine.of(failure.detail), page: failure.page)
        }
        return WorkerReply(answer: answer, peakBytes: peak)
    }

    /// Ends it.
    func end() {
        retire()
        process.kill()
    }

    /// Waits for the end of its process.
    func hasEnded() async {
        _ = await process.exit()
    }

    // MARK: - Messages

    private struct Clocks {
        var total: Duration
        var stall: Duration

        var totalMilliseconds: Int { Clocks.milliseconds(total) }
        var stallMilliseconds: Int { Clocks.milliseconds(stall) }

        private static func milliseconds(_ duration: Duration) -> Int {
            Int(duration / .milliseconds(1))
        }
    }

    private func exchange(
        _ request: WorkerRequest,
        _ descriptors: [FileDescriptor],
        _ clocks: Clocks
    ) async throws -> WorkerAnswer {
        let deadline = ContinuousClock.now + clocks.total
        do {
            let bytes = [UInt8](try JSONEncoder().encode(request))
            try await process.send(
                bytes,
                descriptors: descriptors,
                within: min(clocks.total, clocks.stall)
            )
            while true {
                let left = deadline - ContinuousClock.now
                guard left > .zero else { throw ChannelError.timedOut }
                guard let message = try await process.receive(within: min(left, clocks.stall))
                else { throw await ended(nil) }
                let answer = try JSONDecoder().decode(
                    WorkerAnswer.self,
                    from: Data(message.bytes)
                )
                if case .progress = answer { continue }
                return answer
            }
        } catch let ended as WorkerEnded {
            throw ended
        } catch ChannelError.cancelled {
            end()
            throw CancellationError()
        } catch ChannelError.timedOut {
            let isOver = ContinuousClock.now >= deadline
            throw await ended(
                isOver
                    ? .timeout(milliseconds: clocks.totalMilliseconds)
                    : .stalled(milliseconds: clocks.stallMilliseconds)
            )
        } catch ChannelError.closed {
            throw await ended(nil)
        } catch let error as ChannelError {
            throw await ended(.garbage(PlainLine.of("\(error)")))
        } catch is EncodingError {
            throw await ended(.garbage("a request that cannot be written"))
        } catch {
            try Task.checkCancellation()
            throw await ended(.garbage("a message that is none"))
        }
    }

    /// Ends it and says what its end means.
    private func ended(_ cause: StopCause?) async -> WorkerEnded {
        retire()
        // One that hung up is given no time to do anything else.
        if cause != nil || process.isRunning { await letEnd(isStopped: cause != nil) }
        let exit = await process.exit()
        let failure = JobFailure.ending(
            of: ReadingWorker.name,
            end: ProcessEnd(exit.cause),
            cause: cause,
            errors: exit.errorOutput
        )
        return WorkerEnded(
            failure: failure,
            mayBeHistory: failure.reason == .crashed || failure.reason == .outOfMemory
        )
    }

    /// A worker whose channel closed is usually ending by itself; its own exit status tells more than a kill.
    private func letEnd(isStopped: Bool) async {
        if !isStopped {
            for _ in 0..<50 where process.isRunning {
                try? await Task.sleep(for: .milliseconds(10))
            }
        }
        process.kill()
    }

    private func retire() {
        state.withLock { $0.isUsable = false }
    }
}
