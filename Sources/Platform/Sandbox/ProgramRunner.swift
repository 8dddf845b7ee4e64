internal import Glibc
internal import Subprocess
public import SystemPackage

/// Why a program was not run to its end.
public enum ProgramFault: Error, Hashable, Sendable {
    /// There is no such program.
    case notInstalled(String)
    /// It is there but could not be started.
    case notStarted(String, cause: String)
    /// It was still running when its time was over, and was killed.
    case timedOut(String, milliseconds: Int)
    /// No file in memory could be made, or read again, for its output.
    case noMemoryFile(Errno)
    /// The task that waited was cancelled.
    case cancelled
}

/// Takes a program's output as it comes.
public protocol OutputConsumer: Sendable {
    /// Takes some bytes.
    ///
    /// - Parameter bytes: What follows those that came before.
    /// - Returns: Whether more is wanted; if not, the program is ended.
    mutating func take(_ bytes: [UInt8]) -> Bool
}

/// Another program, started inside walls with a document as its standard input.
///
/// A program that outlives its time is killed with all that it started.
public struct ProgramRunner: Sendable {
    /// What a run left behind.
    public struct Outcome: Sendable {
        /// How it ended.
        public var end: ProcessEnd
        /// The program's output, open for reading; the caller closes it.
        public var output: FileDescriptor
        /// The end of what it wrote to standard error.
        public var errors: String
        /// How long it took.
        public var duration: Duration
    }

    /// What a run whose output was taken as it came left behind.
    public struct Streamed<Consumer: OutputConsumer>: Sendable {
        /// How it ended; nil when the consumer wanted no more.
        public var end: ProcessEnd?
        /// What took the output.
        public var consumer: Consumer
        /// The end of what it wrote to standard error.
        public var errors: String
    }

    /// Most bytes of standard error that are looked at.
    private static let errorLimit = 64_000

    /// Most bytes of standard error that a program whose output is taken as it comes may write.
    private static let errorBytes = 1 << 20

    /// The docket binary, which raises the walls and becomes the program.
    public let selfExecutable: String
    /// Most memory that a program may address.
    public var addressSpaceBytes = 2 << 30
    /// Most bytes of output; a page of 40 megapixels in colour takes 120 million.
    public var outputBytes = 512_000_000
    /// Whether a program may start no process beside itself.
    public var alone = false
    /// Threads that a program computes with at once: each may use all of the time.
    public var threads = 1
    /// Which of the user's variables a program sees.
    public var variables = PassedVariables.needed

    /// Creates a runner.
    ///
    /// - Parameter selfExecutable: The docket binary.
    public init(selfExecutable: String) {
        self.selfExecutable = selfExecutable
    }

    /// The absolute path of a program.
    ///
    /// - Parameter name: A path, or a name to be looked for on `PATH`.
    /// - Returns: The path; nil where there is no such program.
    public static func find(_ name: String) -> String? {
        guard case .found(let path) = ProgramLookup(name) else { return nil }
        guard !path.hasPrefix("/") else { return path }
        guard let folder = unsafe getcwd(nil, 0) else { return path }
        defer { unsafe free(folder) }
        return "\(unsafe String(cString: folder))/\(path)"
    }

    /// Runs a program to its end; its output goes to a file in memory.
    ///
    /// So it cannot block, cannot grow beyond its limit, and a grandchild that outlives the program holds nothing up.
    ///
    /// - Parameters:
    ///   - command: The program, an absolute path or a name to be found on `PATH`, and its arguments.
    ///   - input: What it reads as standard input, from the offset where it stands.
    ///   - milliseconds: When it is killed.
    /// - Returns: What came of it, whatever its exit status.
    /// - Throws: ``ProgramFault``.
    public func run(
        _ command: [String],
        input: FileDescriptor,
        milliseconds: Int
    ) async throws(ProgramFault) -> Outcome {
        let arguments = try arguments(
            for: command,
            milliseconds: milliseconds,
            // One more shows that the limit was passed where the program takes no notice of the signal.
            fileBytes: outputBytes + 1
        )
        let output = try Self.memoryFile("output")
        do throws(ProgramFault) {
            let errors = try Self.memoryFile("errors")
            defer { try? errors.close() }
            let begin = ContinuousClock.now
            let name = command.first ?? ""
            let end = try await Self.limited(to: milliseconds, name) {
                let result = try await Subprocess.run(
                    .path(FilePath(selfExecutable)),
                    arguments: Arguments(arguments),
                    environment: environment,
                    platformOptions: Self.options,
                    input: .fileDescriptor(input, closeAfterSpawningProcess: false),
                    output: .fileDescriptor(output, closeAfterSpawningProcess: false),
                    error: .fileDescriptor(errors, closeAfterSpawningProcess: false)
                )
                kill(-result.processIdentifier.value, SIGKILL)
                return output.byteCount > outputBytes
                    ? .signalled(SIGXFSZ) : ProcessEnd(result.terminationStatus)
            } watch: { [outputBytes] in
                output.byteCount > outputBytes ? .signalled(SIGXFSZ) : nil
            }
            return Outcome(
                end: end,
                output: output,
                errors: Self.text(of: errors),
                duration: ContinuousClock.now - begin
            )
        } catch {
            try? output.close()
            throw error
        }
    }

    /// Runs a program whose output is taken as it comes, so that it may be larger than memory.
    ///
    /// - Parameters:
    ///   - command: The program, an absolute path or a name to be found on `PATH`, and its arguments.
    ///   - input: What it reads as standard input.
    ///   - milliseconds: When it is killed.
    ///   - consumer: What takes the output.
    /// - Returns: What came of it, whatever its exit status.
    /// - Throws: ``ProgramFault``.
    public func stream<Consumer: OutputConsumer>(
        _ command: [String],
        input: FileDescriptor,
        milliseconds: Int,
        into consumer: Consumer
    ) async throws(ProgramFault) -> Streamed<Consumer> {
        let arguments = try arguments(
            for: command,
            milliseconds: milliseconds,
            fileBytes: Self.errorBytes
        )
        let errors = try Self.memoryFile("errors")
        defer { try? errors.close() }
        let (consumer, end) = try await Self.limited(to: milliseconds, command.first ?? "") {
            let result = try await Subprocess.run(
                .path(FilePath(selfExecutable)),
                arguments: Arguments(arguments),
                environment: environment,
                platformOptions: Self.options,
                input: .fileDescriptor(input, closeAfterSpawningProcess: false),
                output: .sequence,
                error: .fileDescriptor(errors, closeAfterSpawningProcess: false)
            ) { execution in
                var consumer = consumer
                for try await buffer in execution.standardOutput {
                    let bytes = unsafe buffer.withUnsafeBytes { unsafe [UInt8]($0) }
                    if !consumer.take(bytes) {
                        kill(-execution.processIdentifier.value, SIGKILL)
                        return (consumer: consumer, isSated: true)
                    }
                }
                return (consumer: consumer, isSated: false)
            }
            kill(-result.processIdentifier.value, SIGKILL)
            let (consumer, isSated) = result.closureResult
            return (consumer, isSated ? nil : ProcessEnd(result.terminationStatus))
        } watch: {
            nil
        }
        return Streamed(end: end, consumer: consumer, errors: Self.text(of: errors))
    }

    // MARK: - Steps

    private var environment: Environment {
        var passed: [Environment.Key: String] = [:]
        for (name, value) in variables.passed(of: PassedVariables.own) {
            passed[Environment.Key(stringLiteral: name)] = value
        }
        passed["OPENBLAS_NUM_THREADS"] = "1"
        passed["DOCKET_OWN_OPENBLAS_NUM_THREADS"] = LoneThread.own
        return .custom(passed)
    }

    private static var options: PlatformOptions {
        var options = PlatformOptions()
        // Behind its walls a program leads a group: what it started ends with it.
        options.processGroupID = 0
        options.teardownSequence = [
            .send(
                signal: .kill,
                toProcessGroup: true,
                allowedDurationToNextStep: .milliseconds(100)
            )
        ]
        return options
    }

    private func arguments(
        for command: [String],
        milliseconds: Int,
        fileBytes: Int
    ) throws(ProgramFault) -> [String] {
        guard let name = command.first, let path = Self.find(name) else {
            throw .notInstalled(command.first ?? "")
        }
        return WalledProgram.arguments(
            for: [path] + command.dropFirst(),
            addressSpaceBytes: addressSpaceBytes,
            cpuSeconds: threads * (milliseconds / 1000 + 2),
            fileBytes: fileBytes,
            alone: alone
        )
    }

    /// Does `work` until it is done, its time is over or `watch` has seen a reason to end it.
    private static func limited<Result: Sendable>(
        to milliseconds: Int,
        _ name: String,
        _ work: @escaping @Sendable () async throws -> Result,
        watch: @escaping @Sendable () -> Result?
    ) async throws(ProgramFault) -> Result {
        do {
            return try await withThrowingTaskGroup(of: Result?.self) { group in
                group.addTask { try await work() }
                group.addTask {
                    let deadline = ContinuousClock.now + .milliseconds(milliseconds)
                    while ContinuousClock.now < deadline {
                        try await Task.sleep(for: min(.milliseconds(200), deadline - .now))
                        if let seen = watch() { return seen }
                    }
                    return nil
                }
                defer { group.cancelAll() }
                if let first = try await group.next(), let result = first { return result }
                throw ProgramFault.timedOut(name, milliseconds: milliseconds)
            }
        } catch let fault as ProgramFault {
            throw fault
        } catch {
            if Task.isCancelled { throw .cancelled }
            throw .notStarted(name, cause: "\(error)")
        }
    }

    private static func memoryFile(_ name: String) throws(ProgramFault) -> FileDescriptor {
        do {
            return try MemoryFile.make(name: "docket-\(name)")
        } catch {
            throw .noMemoryFile(error)
        }
    }

    /// What can be had of it: the messages of a program are told, not acted upon.
    private static func text(of errors: FileDescriptor) -> String {
        String(decoding: (try? errors.readEnd(limit: errorLimit)) ?? [], as: UTF8.self)
    }
}

extension ProcessEnd {
    init(_ status: TerminationStatus) {
        self =
            switch status {
            case .exited(let status): .exited(status)
            case .signaled(let signal): .signalled(signal)
            }
    }
}
