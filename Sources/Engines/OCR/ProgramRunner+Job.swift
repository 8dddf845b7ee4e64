internal import Jobs
internal import Sandbox
internal import SystemPackage

extension ProgramRunner {
    /// Runs a program to its end; what keeps it from that fails the job.
    ///
    /// - Parameters:
    ///   - command: the program, an absolute path or a name to be found on `PATH`, and its arguments.
    ///   - input: what it reads as standard input, from the offset where it stands.
    ///   - milliseconds: when it is killed.
    /// - Returns: what came of it, whatever its exit status.
    /// - Throws: ``JobFailure`` (`timeout`, `missing-engine`, …), `CancellationError`.
    func runForJob(
        _ command: [String],
        input: FileDescriptor,
        milliseconds: Int
    ) async throws -> Outcome {
        do {
            return try await run(command, input: input, milliseconds: milliseconds)
        } catch .cancelled {
            throw CancellationError()
        } catch {
            throw JobFailure(error)
        }
    }
}

extension JobFailure {
    /// What a program that was not run to its end means for the job.
    init(_ fault: ProgramFault) {
        switch fault {
        case .notInstalled(let name):
            self.init(.missingEngine, "program '\(PlainLine.of(name))' is not installed")
        case .notStarted(let name, let cause):
            self.init(.engineFailed, "\(name) could not be started: \(PlainLine.of(cause))")
        case .timedOut(let name, let milliseconds):
            self = .ending(
                of: name,
                end: nil,
                cause: .timeout(milliseconds: milliseconds),
                errors: ""
            )
        case .noMemoryFile(let errno):
            self.init(.outOfMemory, "no file in memory could be made: \(errno)")
        case .cancelled:
            self = .ending(of: "the program", end: nil, cause: .cancelled, errors: "")
        }
    }
}
