internal import CSandbox
internal import Glibc
internal import SystemPackage

/// A program of someone else's behind walls: what `docket walled` becomes.
///
/// `docket walled --as BYTES --cpu SECONDS [--file BYTES] [--alone] -- PROGRAM [ARGUMENT...]`
public enum WalledProgram {
    /// Exit statuses of a program that was never reached, as `env` and the shells have them.
    public enum ExitStatus {
        /// The walls could not be raised, or the command line is wrong.
        public static let wallsFailed: Int32 = 125
        /// The program is there but cannot be run.
        public static let notExecutable: Int32 = 126
        /// There is no such program.
        public static let missing: Int32 = 127
    }

    /// The arguments with which `docket` runs a program behind walls.
    ///
    /// - Parameters:
    ///   - command: The program and its arguments.
    ///   - addressSpaceBytes: The most memory.
    ///   - cpuSeconds: The most processor time.
    ///   - fileBytes: The most output into a file, in memory too; the program is ended by `SIGXFSZ`.
    ///   - alone: Whether it may start no process beside itself: right for poppler's programs, which
    ///     read foreign documents and need none. A user's own engine may be a script that does.
    /// - Returns: `walled`, its options and the command; what ``exec(_:)`` takes apart again.
    public static func arguments(
        for command: [String],
        addressSpaceBytes: Int,
        cpuSeconds: Int,
        fileBytes: Int? = nil,
        alone: Bool = false
    ) -> [String] {
        ["walled", "--as", "\(addressSpaceBytes)", "--cpu", "\(cpuSeconds)"]
            + (fileBytes.map { ["--file", "\($0)"] } ?? []) + (alone ? ["--alone"] : [])
            + ["--"] + command
    }

    /// Raises the walls around this process and becomes the program.
    ///
    /// The program has this process's standard input, output and error and environment, leads a
    /// process group that it cannot leave, and takes no notice of signals sent to ours. What goes
    /// wrong is said on standard error in one line.
    ///
    /// - Parameter arguments: What follows `walled`. Call it before any other thread exists.
    public static func exec(_ arguments: [String]) -> Never {
        guard let request = Request(arguments) else {
            let usage = "walled --as BYTES --cpu SECONDS [--file BYTES] [--alone] -- PROGRAM..."
            end(ExitStatus.wallsFailed, "expected: \(usage)")
        }
        let name = request.command[0]
        let path: String
        switch ProgramLookup(name) {
        case .found(let found): path = found
        case .missing: end(ExitStatus.missing, "\(name): not found")
        case .notExecutable: end(ExitStatus.notExecutable, "\(name): cannot be run")
        }
        var walls = Walls.program(
            executable: path,
            arguments: Array(request.command.dropFirst()),
            addressSpaceBytes: request.addressSpaceBytes,
            cpuSeconds: request.cpuSeconds,
            mayFork: !request.alone
        )
        if let bytes = request.fileBytes { walls.fileBytes = bytes }
        LoneThread.end()
        let command = unsafe CStrings(request.command)
        do {
            _ = try walls.raise()
        } catch {
            end(ExitStatus.wallsFailed, "the walls cannot be raised: \(error)")
        }
        let failure = Errno(rawValue: -(unsafe sandbox_execute(path, command.pointer)))
        let missing = failure == .noSuchFileOrDirectory
        end(missing ? ExitStatus.missing : ExitStatus.notExecutable, "\(name): \(failure)")
    }

    /// The command line, taken apart.
    struct Request: Equatable {
        var addressSpaceBytes: Int
        var cpuSeconds: Int
        var fileBytes: Int?
        var alone = false
        var command: [String]

        init?(_ arguments: [String]) {
            var limits: [String: Int] = [:]
            var rest = arguments[...]
            while let option = rest.popFirst(), option != "--" {
                if option == "--alone" {
                    alone = true
                } else if ["--as", "--cpu", "--file"].contains(option),
                    let value = rest.popFirst().flatMap({ Int($0) }), value > 0
                {
                    limits[option] = value
                } else {
                    return nil
                }
            }
            guard
                let bytes = limits["--as"], let seconds = limits["--cpu"],
                let program = rest.first, !program.isEmpty
            else { return nil }
            addressSpaceBytes = bytes
            cpuSeconds = seconds
            fileBytes = limits["--file"]
            command = Array(rest)
        }
    }

    private static func end(_ status: Int32, _ message: String) -> Never {
        _ = try? FileDescriptor.standardError.writeAll("docket walled: \(message)\n".utf8)
        exit(status)
    }
}
