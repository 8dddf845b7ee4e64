public import SystemPackage

/// A process of our own that reads foreign files, held by a socket and a leash.
///
/// It is started with a channel to here as descriptor 3 (``MessageChannel/toParent()``), no standard
/// input, standard output discarded and the end of its standard error kept. One thread here belongs
/// to each worker: it starts it, moves messages, and waits for its end, so that no call blocks a
/// thread of Swift's pool. The worker dies with this process, and with the last reference to it.
public final class WorkerProcess: Sendable {
    /// Tells the worker whose death it should die.
    static let parentVariable = "DOCKET_WORKER_PARENT"

    private let loop: WorkerLoop

    private init(loop: WorkerLoop) {
        self.loop = loop
    }

    deinit {
        loop.kill()
    }

    /// Starts a worker.
    ///
    /// - Parameters:
    ///   - executable: The program: this one itself unless another is named.
    ///   - arguments: What follows the program's name.
    ///   - environment: Added to the little that a worker gets (`PATH`, `LANG`, `TESSDATA_PREFIX`,
    ///     `LD_LIBRARY_PATH`, and `OMP_THREAD_LIMIT=1`).
    ///   - messageLimit: The largest message to send or to take, in bytes.
    /// - Returns: The running worker.
    /// - Throws: `Errno` when it could not be started.
    public static func start(
        executable: FilePath = "/proc/self/exe",
        arguments: [String],
        environment: [String: String] = [:],
        messageLimit: Int = MessageChannel.messageLimit
    ) async throws(Errno) -> WorkerProcess {
        let launch = WorkerLaunch(
            executable: executable,
            arguments: arguments,
            environment: environment
        )
        let result = await withCheckedContinuation { continuation in
            WorkerLoop.start(launch, messageLimit: messageLimit) {
                continuation.resume(returning: $0)
            }
        }
        return WorkerProcess(loop: try result.get())
    }

    /// The process's number, for messages and ``PeakMemory``; it may belong to another process after
    /// this one's end.
    public var processID: Int32 { loop.process }

    /// Whether it has not ended yet.
    public var isRunning: Bool { loop.isRunning }

    /// Sends one message.
    ///
    /// - Parameters:
    ///   - bytes: The message.
    ///   - descriptors: Open files to go with it, at most ``MessageChannel/descriptorLimit``; they
    ///     stay open here and must stay so until the call returns.
    ///   - time: How long the worker may take to make room for it.
    /// - Throws: ``ChannelError``. The worker is then good for nothing but ``kill()``.
    public func send(
        _ bytes: [UInt8],
        descriptors: [FileDescriptor] = [],
        within time: Duration
    ) async throws(ChannelError) {
        try await loop.send(bytes, descriptors: descriptors, within: time)
    }

    /// Waits for one message.
    ///
    /// A worker may be in a stranger's hands: it can send what it likes, but nothing larger than the
    /// limit, and no open file that was not asked for.
    ///
    /// - Parameters:
    ///   - time: How long to wait at most.
    ///   - descriptorLimit: How many open files it may bring.
    /// - Returns: The message, or `nil` when the worker has ended or closed its side.
    /// - Throws: ``ChannelError``. The worker is then good for nothing but ``kill()``, unless it was
    ///   `timedOut` or `cancelled`: then the message may still be waited for.
    public func receive(
        within time: Duration,
        descriptorLimit: Int = 0
    ) async throws(ChannelError) -> Message? {
        try await loop.receive(within: time, descriptorLimit: descriptorLimit)
    }

    /// Gives it so many seconds of processor time from now on, whatever it has used before.
    ///
    /// - Throws: `Errno`: `.noSuchProcess` when it has ended.
    public func allowProcessorTime(seconds: Int) throws(Errno) {
        try loop.allowProcessorTime(seconds: seconds)
    }

    /// Ends it at once.
    ///
    /// Does nothing when it has ended already, and never hits another process.
    public func kill() {
        loop.kill()
    }

    /// Waits for its end, which is nothing to wait for unless it was killed or is done.
    ///
    /// - Returns: How it ended, the same each time.
    public func exit() async -> WorkerExit {
        await loop.exit()
    }
}
