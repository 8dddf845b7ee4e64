internal import Glibc

/// How a worker or a walled program ended.
public enum ProcessEnd: Hashable, Sendable {
    /// By itself, with this status.
    case exited(Int32)
    /// By this signal.
    case signalled(Int32)

    /// The exit status by which a walled process says that memory ran out.
    public static let outOfMemory: Int32 = 86

    /// What was seen of a worker's end.
    public init(_ cause: WorkerExit.Cause) {
        self =
            switch cause {
            case .exited(let status): .exited(status)
            case .killed: .signalled(SIGKILL)
            case .outOfMemory: .exited(ProcessEnd.outOfMemory)
            case .processorTime: .signalled(SIGXCPU)
            case .fileTooLarge: .signalled(SIGXFSZ)
            case .crashed(let signal): .signalled(signal)
            }
    }
}
