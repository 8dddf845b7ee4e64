internal import Glibc
internal import Jobs
internal import Sandbox

/// Why the parent ended a process before it was done.
enum StopCause: Hashable, Sendable {
    /// The page or engine call took too long.
    case timeout(milliseconds: Int)
    /// The whole document took too long.
    case documentTimeout(milliseconds: Int)
    /// No sign of life.
    case stalled(milliseconds: Int)
    /// Its answer could not be understood.
    case garbage(String)
    /// The task was cancelled.
    case cancelled
}

extension JobFailure {
    /// The failure that the end of a process means for the document that it was working on.
    ///
    /// - Parameters:
    ///   - name: who ended, for the message: `the reader`, `pdftoppm`.
    ///   - end: how it ended; nil when that is not known.
    ///   - cause: why the parent ended it; nil when it ended by itself.
    ///   - errors: the end of what it wrote to standard error.
    /// - Returns: the failure.
    static func ending(
        of name: String,
        end: ProcessEnd?,
        cause: StopCause?,
        errors: String
    ) -> JobFailure {
        switch cause {
        case .timeout(let milliseconds):
            return JobFailure(.timeout, "\(name) took longer than \(seconds(milliseconds))")
        case .documentTimeout(let milliseconds):
            return JobFailure(.timeout, "the document took longer than \(seconds(milliseconds))")
        case .stalled(let milliseconds):
            return JobFailure(.stalled, "\(name) made no progress for \(seconds(milliseconds))")
        case .garbage(let what):
            return JobFailure(.crashed, "\(name) gave an answer that makes no sense: \(what)")
        case .cancelled, nil: break
        }
        let said =
            errors.split(whereSeparator: \.isNewline).last.map { ": \(PlainLine.of($0))" } ?? ""
        switch end {
        case .exited(ProcessEnd.outOfMemory):
            return JobFailure(.outOfMemory, "\(name) wanted more memory than its limit")
        case .signalled(SIGABRT) where errors.contains("bad_alloc"):
            return JobFailure(.outOfMemory, "\(name) wanted more memory than its limit")
        case .signalled(SIGXCPU):
            return JobFailure(.timeout, "\(name) used up its processor time")
        case .signalled(SIGXFSZ):
            return JobFailure(.tooLarge, "the output of \(name) is larger than its limit")
        case .signalled(SIGSYS):
            return JobFailure(.crashed, "\(name) tried something that its walls forbid")
        case .signalled(let signal):
            return JobFailure(.crashed, "\(name) was ended by signal \(signal)\(said)")
        case .exited(let status):
            return JobFailure(.crashed, "\(name) ended with status \(status)\(said)")
        case nil:
            return JobFailure(.crashed, "\(name) ended\(said)")
        }
    }

    private static func seconds(_ milliseconds: Int) -> String {
        milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
    }
}
