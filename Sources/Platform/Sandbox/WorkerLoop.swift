internal import CSandbox
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// The thread that holds one worker: starts it, moves its messages, reads its errors, sees its end.
///
/// The kernel kills a worker when the *thread* that started it ends, and Swift's pool ends threads as
/// it likes; so this thread lives exactly as long as its worker.
final class WorkerLoop: Sendable {
    let process: pid_t
    private let channel: FileDescriptor
    private let errors: FileDescriptor
    private let end: FileDescriptor
    /// Written to when there is something new to wait for.
    private let bell: FileDescriptor
    private let messageLimit: Int
    private let state: Mutex<WorkerState>

    private init(_ started: WorkerLaunch.Started, bell: FileDescriptor, messageLimit: Int) {
        process = started.process
        channel = started.channel
        errors = started.errors
        end = started.end
        self.bell = bell
        self.messageLimit = messageLimit
        state = Mutex(WorkerState(reader: FrameReader(limit: messageLimit)))
    }

    deinit {
        state.withLock { $0.reader.discard() }
        for descriptor in [channel, errors, end, bell] { try? descriptor.close() }
    }

    /// Starts a worker on a thread of its own; `report` is called there, once.
    static func start(
        _ launch: WorkerLaunch,
        messageLimit: Int,
        report: @escaping @Sendable (Result<WorkerLoop, Errno>) -> Void
    ) {
        let failure = OwnThread.start {
            let bell = sandbox_open_bell()
            guard bell >= 0 else { return report(.failure(Errno(rawValue: -bell))) }
            let started: WorkerLaunch.Started
            do throws(Errno) {
                started = try launch.start()
            } catch {
                close(bell)
                return report(.failure(error))
            }
            let loop = WorkerLoop(
                started,
                bell: FileDescriptor(rawValue: bell),
                messageLimit: messageLimit
            )
            report(.success(loop))
            loop.run()
        }
        if let failure { report(.failure(failure)) }
    }

    // MARK: Asked from outside

    var isRunning: Bool { state.withLock { $0.exit == nil } }

    func send(
        _ bytes: [UInt8],
        descriptors: [FileDescriptor],
        within time: Duration
    ) async throws(ChannelError) {
        let writer = try FrameWriter(bytes, descriptors: descriptors, limit: messageLimit)
        let deadline = SuspendingClock.now + time
        let ticket = state.withLock { $0.newTicket() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let pending = WorkerState.Sending(
                    ticket: ticket,
                    writer: writer,
                    deadline: deadline,
                    continuation: continuation
                )
                state.withLock { $0.begin(pending, channel) }()
                if Task.isCancelled { cancel(ticket) }
                ring()
            }
        } onCancel: {
            cancel(ticket)
        }
        try result.get()
    }

    func receive(
        within time: Duration,
        descriptorLimit: Int
    ) async throws(ChannelError) -> Message? {
        let deadline = SuspendingClock.now + time
        let ticket = state.withLock { $0.newTicket() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let pending = WorkerState.Receiving(
                    ticket: ticket,
                    descriptorLimit: descriptorLimit,
                    deadline: deadline,
                    continuation: continuation
                )
                state.withLock { $0.begin(pending, channel) }()
                if Task.isCancelled { cancel(ticket) }
                ring()
            }
        } onCancel: {
            cancel(ticket)
        }
        return try result.get()
    }

    func exit() async -> WorkerExit {
        await withCheckedContinuation { continuation in
            let exit = state.withLock { state -> WorkerExit? in
                if state.exit == nil { state.waiting.append(continuation) }
                return state.exit
            }
            if let exit { continuation.resume(returning: exit) }
        }
    }

    /// Until the end has been seen the number belongs to this process, dead or alive, and seeing it
    /// takes the same lock: the signal cannot hit anyone else.
    func kill() {
        state.withLock { state in
            guard state.exit == nil else { return }
            state.wasKilled = true
            _ = Glibc.kill(process, SIGKILL)
        }
    }

    func allowProcessorTime(seconds: Int) throws(Errno) {
        let result = state.withLock { state in
            guard state.exit == nil else { return -ESRCH }
            return sandbox_limit_processor_time(process, UInt64(max(seconds, 0)))
        }
        guard result == 0 else { throw Errno(rawValue: -result) }
    }

    private func cancel(_ ticket: Int) {
        state.withLock { $0.cancel(ticket) }()
    }

    private func ring() {
        sandbox_ring(bell.rawValue)
    }

    // MARK: On the thread

    private func run() {
        var tail = ErrorTail()
        var hearsErrors = true
        while true {
            let (events, deadline) = state.withLock { ($0.channelEvents, $0.nextDeadline) }
            var entries = [
                pollfd(fd: end.rawValue, events: Int16(POLLIN), revents: 0),
                pollfd(fd: bell.rawValue, events: Int16(POLLIN), revents: 0),
                // A negative number is passed over: a closed stream is always ready.
                pollfd(fd: hearsErrors ? errors.rawValue : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: events == 0 ? -1 : channel.rawValue, events: events, revents: 0),
            ]
            _ = unsafe poll(&entries, nfds_t(entries.count), PollTime.milliseconds(until: deadline))
            if entries[1].revents != 0 { sandbox_quiet(bell.rawValue) }
            if entries[2].revents != 0 { hearsErrors = readErrors(into: &tail) }
            state.withLock { $0.advance(channel, now: .now) }()
            if entries[0].revents != 0 { break }
        }
        if hearsErrors { _ = readErrors(into: &tail) }
        finish(tail)
    }

    private func finish(_ tail: ErrorTail) {
        var status: Int32 = 0
        var usage = rusage()
        let (text, channel) = (tail.text, channel)
        state.withLock { state in
            while unsafe wait4(process, &status, 0, &usage) < 0, errno == EINTR {}
            let exit = WorkerExit(
                status: status,
                usage: usage,
                wasKilled: state.wasKilled,
                errorOutput: text
            )
            return state.end(exit, channel)
        }()
    }

    /// Reads what there is, a little at a time; false at the end of the stream.
    private func readErrors(into tail: inout ErrorTail) -> Bool {
        for _ in 0..<16 {  // a worker that floods us must not keep us from its other news
            var count = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, filled in
                count = unsafe read(errors.rawValue, buffer.baseAddress, buffer.count)
                filled = max(count, 0)
            }
            guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) }
            tail.append(bytes)
        }
        return true
    }
}

/// A thread that is not Swift's pool's.
enum OwnThread {
    private final class Work {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts a thread that does `work` and ends; an error when there can be no more threads.
    static func start(_ work: @escaping @Sendable () -> Void) -> Errno? {
        var thread = pthread_t()
        let held = unsafe Unmanaged.passRetained(Work(work))
        let failure = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                if let argument = unsafe argument {
                    unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run()
                }
                return nil
            },
            held.toOpaque()
        )
        guard failure == 0 else {
            unsafe held.release()
            return Errno(rawValue: failure)
        }
        pthread_detach(thread)
        return nil
    }
}
