internal import Glibc
internal import Jobs
internal import Sandbox
internal import Subprocess
internal import SystemPackage

/// Another program, started inside walls with a document as its standard input.
///
/// Its output goes to a file in memory: it cannot block, cannot grow beyond its limit, and a grandchild
/// that outlives the program holds nothing up.
struct ProgramRunner: Sendable {
    /// What a run left behind.
    struct Outcome: Sendable {
        var end: ProcessEnd
        /// The program's output, open for reading; the caller closes it.
        var output: FileDescriptor
        /// The end of what it wrote to standard error.
        var errors: String
        /// How long it took.
        var duration: Duration
    }

    /// Most bytes of standard error that are looked at.
    private static let errorLimit = 64_000

    /// The docket binary, which raises the walls and becomes the program.
    let selfExecutable: String
    /// Most memory that a program may address.
    var addressSpaceBytes = 2 << 30
    /// Most bytes of output; a page of 40 megapixels in colour takes 120 million.
    var outputBytes = 512_000_000

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - command: the program, an absolute path or a name to be found on `PATH`, and its arguments.
    ///   - input: what it reads as standard input, from the offset where it stands.
    ///   - milliseconds: when it is killed.
    /// - Returns: what came of it, whatever its exit status.
    /// - Throws: ``JobFailure`` (`timeout`, `missing-engine`), `CancellationError`.
    func run(
        _ command: [String],
        input: FileDescriptor,
        milliseconds: Int
    ) async throws -> Outcome {
        guard let name = command.first, let path = ProgramRunner.find(name) else {
            throw JobFailure(
                .missingEngine,
                "program '\(PlainLine.of(command.first ?? ""))' is not installed"
            )
        }
        let output = try memoryFile("output")
        do {
            let errors = try memoryFile("errors")
            defer { try? errors.close() }
            let begin = ContinuousClock.now
            let end = try await start(
                WalledProgram.arguments(
                    for: [path] + command.dropFirst(),
                    addressSpaceBytes: addressSpaceBytes,
                    cpuSeconds: milliseconds / 1000 + 2
                ),
                input: input,
                output: output,
                errors: errors,
                milliseconds: milliseconds,
                name: name
            )
            return Outcome(
                end: end,
                output: output,
                errors: String(
                    decoding: try errors.readAll(limit: ProgramRunner.errorLimit),
                    as: UTF8.self
                ),
                duration: ContinuousClock.now - begin
            )
        } catch {
            try? output.close()
            throw error
        }
    }

    /// The absolute path of a program.
    ///
    /// - Parameter name: a path, or a name to be looked for on `PATH`.
    /// - Returns: the path; nil where there is no such program.
    static func find(_ name: String) -> String? {
        if name.contains("/") { return isExecutable(name) ? absolute(name) : nil }
        let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/bin:/bin"
        return path.split(separator: ":").map { "\($0)/\(name)" }.first(where: isExecutable)
            .map(absolute)
    }

    // MARK: - Steps

    private func start(
        _ arguments: [String],
        input: FileDescriptor,
        output: FileDescriptor,
        errors: FileDescriptor,
        milliseconds: Int,
        name: String
    ) async throws -> ProcessEnd {
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
        do {
            return try await withThrowingTaskGroup(of: ProcessEnd?.self) { group in
                group.addTask { [selfExecutable, options] in
                    let result = try await Subprocess.run(
                        .path(FilePath(selfExecutable)),
                        arguments: Arguments(arguments),
                        platformOptions: options,
                        input: .fileDescriptor(input, closeAfterSpawningProcess: false),
                        output: .fileDescriptor(output, closeAfterSpawningProcess: false),
                        error: .fileDescriptor(errors, closeAfterSpawningProcess: false)
                    )
                    kill(-result.processIdentifier.value, SIGKILL)
                    switch result.terminationStatus {
                    case .exited(let status): return .exited(status)
                    case .signaled(let signal): return .signalled(signal)
                    }
                }
                group.addTask { [outputBytes] in
                    try await watch(output, limit: outputBytes, milliseconds: milliseconds)
                }
                defer { group.cancelAll() }
                if let first = try await group.next(), let end = first { return end }
                throw JobFailure.ending(
                    of: name,
                    end: nil,
                    cause: .timeout(milliseconds: milliseconds),
                    errors: ""
                )
            }
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw JobFailure(
                .engineFailed,
                "\(name) could not be started: \(PlainLine.of("\(error)"))"
            )
        }
    }

    /// Returns nil when the time is over.
    private func watch(
        _ output: FileDescriptor,
        limit: Int,
        milliseconds: Int
    ) async throws -> ProcessEnd? {
        let deadline = ContinuousClock.now + .milliseconds(milliseconds)
        while ContinuousClock.now < deadline {
            try await Task.sleep(for: min(.milliseconds(200), deadline - .now))
            if output.byteCount > limit { return .signalled(SIGXFSZ) }
        }
        return nil
    }

    private func memoryFile(_ name: String) throws -> FileDescriptor {
        do {
            return try MemoryFile.make(name: "docket-\(name)")
        } catch {
            throw JobFailure(.outOfMemory, "no file in memory could be made: \(error)")
        }
    }

    private static func isExecutable(_ path: String) -> Bool {
        unsafe access(path, X_OK) == 0
    }

    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        guard let folder = unsafe getcwd(nil, 0) else { return path }
        defer { unsafe free(folder) }
        return "\(unsafe String(cString: folder))/\(path)"
    }
}

extension FileDescriptor {
    /// The size of the file; 0 where it has none.
    var byteCount: Int { FileSize.bytes(of: rawValue) }

    /// The bytes of a file from its start, as many as the limit allows.
    ///
    /// - Parameter limit: most bytes to return.
    /// - Returns: the bytes.
    /// - Throws: `Errno`.
    func readAll(limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < limit {
            let count = try unsafe chunk.withUnsafeMutableBytes { buffer in
                try unsafe read(
                    fromAbsoluteOffset: Int64(bytes.count),
                    into: UnsafeMutableRawBufferPointer(
                        rebasing: buffer[..<min(buffer.count, limit - bytes.count)]
                    )
                )
            }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return bytes
    }
}

private enum FileSize {
    static func bytes(of descriptor: Int32) -> Int {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }
}
