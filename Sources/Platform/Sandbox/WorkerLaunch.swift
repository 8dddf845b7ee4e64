internal import CSandbox
internal import Glibc
internal import SystemPackage

/// What a worker is started with.
struct WorkerLaunch: Sendable {
    var executable: FilePath
    var arguments: [String]
    var environment: [String: String]

    /// Descriptors of a process that was started.
    struct Started {
        var process: pid_t
        /// Our end of the socket.
        var channel: FileDescriptor
        /// What it writes to standard error.
        var errors: FileDescriptor
        /// Readable when it has ended.
        var end: FileDescriptor
    }

    /// Starts it; it dies with the calling thread.
    func start() throws(Errno) -> Started {
        let (channel, theirs) = try MessageChannel.socketPair()
        defer { try? theirs.close() }
        let errors: (readEnd: FileDescriptor, writeEnd: FileDescriptor)
        do {
            errors = try Self.pipe()
        } catch {
            try? channel.close()
            throw error
        }
        defer { try? errors.writeEnd.close() }

        var process: pid_t = 0
        var result = spawn(channel: theirs, errors: errors.writeEnd, process: &process)
        if result == 0 {
            result = sandbox_open_process(process)
            if result >= 0 {
                return Started(
                    process: process,
                    channel: channel,
                    errors: errors.readEnd,
                    end: FileDescriptor(rawValue: result)
                )
            }
            _ = Glibc.kill(process, SIGKILL)
            _ = waitpid(process, nil, 0)
        }
        try? channel.close()
        try? errors.readEnd.close()
        throw Errno(rawValue: -result)
    }

    private static func pipe() throws(Errno) -> (readEnd: FileDescriptor, writeEnd: FileDescriptor)
    {
        var ends: [Int32] = [-1, -1]
        let result = unsafe sandbox_pipe(&ends)
        guard result == 0 else { throw Errno(rawValue: -result) }
        return (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
    }

    private func spawn(
        channel: FileDescriptor,
        errors: FileDescriptor,
        process: inout pid_t
    ) -> Int32 {
        let name = executable == "/proc/self/exe" ? CommandLine.arguments.first : nil
        let arguments = unsafe CStrings([name ?? executable.string] + arguments)
        let variables = unsafe CStrings(fullEnvironment.map { "\($0.key)=\($0.value)" })
        defer {
            unsafe arguments.free()
            unsafe variables.free()
        }
        return unsafe executable.withPlatformString { path in
            unsafe sandbox_spawn(
                path,
                arguments.pointer,
                variables.pointer,
                channel.rawValue,
                errors.rawValue,
                &process
            )
        }
    }

    private var fullEnvironment: [String: String] {
        var all = [
            "LANG": "C.UTF-8",
            "OMP_THREAD_LIMIT": "1",
            // It would start its threads before the walls are up, and a worker multiplies nothing.
            "OPENBLAS_NUM_THREADS": "1",
            // Each arena reserves 64 MB of address space, which is what the walls count.
            "MALLOC_ARENA_MAX": "2",
            // The reporter of crashes is a program, and a worker cannot start any.
            "SWIFT_BACKTRACE": "enable=no",
            WorkerProcess.parentVariable: String(getpid()),
        ]
        for name in PassedVariables.ofWorkers {
            if let value = unsafe getenv(name) { all[name] = unsafe String(cString: value) }
        }
        return all.merging(environment) { $1 }
    }
}

/// A list of C strings with a null at its end; freed by hand.
@unsafe struct CStrings {
    let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        unsafe pointer = .allocate(capacity: strings.count + 1)
        for (index, string) in strings.enumerated() {
            unsafe (pointer + index).initialize(to: strdup(string))
        }
        unsafe (pointer + strings.count).initialize(to: nil)
        unsafe count = strings.count
    }

    func free() {
        for index in unsafe 0..<count { unsafe Glibc.free(pointer[index]) }
        unsafe pointer.deallocate()
    }
}
