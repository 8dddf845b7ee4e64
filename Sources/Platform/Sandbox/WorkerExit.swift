internal import CSandbox
internal import Glibc

/// How a worker process ended.
public struct WorkerExit: Hashable, Sendable {
    /// Why, as far as it can be told from outside.
    public enum Cause: Hashable, Sendable {
        /// It ended by itself with this status.
        case exited(Int32)
        /// It was ended by ``WorkerProcess/kill()``.
        case killed
        /// It wanted more memory than its walls allow.
        case outOfMemory
        /// Its processor time was used up.
        case processorTime
        /// It wrote a file larger than its walls allow.
        case fileTooLarge
        /// A signal ended it: a crash, or someone else's doing.
        case crashed(signal: Int32)
    }

    /// Why it ended.
    public var cause: Cause
    /// Processor time that it used in its whole life.
    public var processorTime: Duration
    /// The last of what it wrote to standard error, at most 4 KB, without control characters.
    public var errorOutput: String

    /// Creates a description of an end.
    public init(cause: Cause, processorTime: Duration, errorOutput: String) {
        self.cause = cause
        self.processorTime = processorTime
        self.errorOutput = errorOutput
    }

    init(status: Int32, usage: rusage, wasKilled: Bool, errorOutput: String) {
        let time = [usage.ru_utime, usage.ru_stime].reduce(Duration.zero) {
            $0 + .seconds($1.tv_sec) + .microseconds($1.tv_usec)
        }
        let signal = status & 0x7f
        let code = status >> 8 & 0xff
        let cause: Cause =
            switch signal {
            case 0 where code == SANDBOX_OUT_OF_MEMORY: .outOfMemory
            case 0: .exited(code)
            case SIGKILL where wasKilled: .killed
            case SIGXCPU: .processorTime
            case SIGXFSZ: .fileTooLarge
            // Swift's allocator says so in words, and aborts.
            case _ where errorOutput.contains(/(ailed to|ould not) allocate/): .outOfMemory
            default: .crashed(signal: signal)
            }
        self.init(cause: cause, processorTime: time, errorOutput: errorOutput)
    }
}

/// The last bytes of a stream that may be endless.
struct ErrorTail {
    private static let capacity = 4096
    private var bytes: [UInt8] = []

    mutating func append(_ more: some Collection<UInt8>) {
        bytes += more.suffix(Self.capacity)
        if bytes.count > 2 * Self.capacity { bytes.removeFirst(bytes.count - Self.capacity) }
    }

    /// The text without control characters: a terminal obeys them, and a worker may have been
    /// talked into writing them.
    var text: String {
        let text = String(decoding: bytes.suffix(Self.capacity), as: UTF8.self)
        let shown = text.unicodeScalars.filter {
            $0 == "\n" || $0.properties.generalCategory != .control
        }
        return String(String.UnicodeScalarView(shown))
    }
}
