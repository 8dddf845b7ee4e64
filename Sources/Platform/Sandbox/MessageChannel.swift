internal import CSandbox
internal import Glibc
public import SystemPackage

/// What goes over a channel: bytes, and open files.
public struct Message: Sendable {
    /// The bytes.
    public var bytes: [UInt8]
    /// The open files; whoever received the message closes them.
    public var descriptors: [FileDescriptor]

    /// Creates a message.
    public init(bytes: [UInt8], descriptors: [FileDescriptor] = []) {
        self.bytes = bytes
        self.descriptors = descriptors
    }
}

/// Why a message was not sent or not received.
public enum ChannelError: Error, Hashable, Sendable {
    /// The time was over first.
    case timedOut
    /// The other side has gone, perhaps in the middle of a message.
    case closed
    /// The task that waited was cancelled.
    case cancelled
    /// A message of so many bytes.
    case oversized(Int, limit: Int)
    /// More open files than asked for; they have been closed.
    case tooManyDescriptors(Int, limit: Int)
    /// The other side does not keep to the form.
    case wrongDescriptors(announced: Int, received: Int)
    /// The system refused.
    case system(Errno)

    init(sending errno: Errno) {
        self = errno == .brokenPipe || errno == .connectionReset ? .closed : .system(errno)
    }

    init(receiving errno: Errno) {
        self = errno == .connectionReset ? .closed : .system(errno)
    }
}

/// One end of a socket over which whole messages go, with open files in them.
///
/// Both calls block the thread: this is the end that a worker holds. The other end, which must not
/// block, is ``WorkerProcess``. A channel is used by one thread at a time, and after any error but a
/// wrong argument it is good for nothing.
public final class MessageChannel {
    /// The largest message, in bytes, where nothing else is said.
    public static let messageLimit = 64 << 20
    /// The most open files in one message.
    public static let descriptorLimit = 4

    private let socket: FileDescriptor
    private let messageLimit: Int
    private var reader: FrameReader

    /// Takes over a connected stream socket.
    ///
    /// - Parameters:
    ///   - socket: Closed with the channel.
    ///   - messageLimit: The largest message to send or to take, in bytes.
    public init(socket: FileDescriptor, messageLimit: Int = MessageChannel.messageLimit) {
        self.socket = socket
        self.messageLimit = messageLimit
        reader = FrameReader(limit: messageLimit)
    }

    /// The channel to the process that started this worker: descriptor 3.
    public static func toParent() -> MessageChannel {
        MessageChannel(socket: FileDescriptor(rawValue: 3))
    }

    /// Two channels, each the other side of the other.
    ///
    /// - Throws: `Errno` when there are too many open files.
    public static func pair() throws(Errno) -> (MessageChannel, MessageChannel) {
        let (one, other) = try socketPair()
        return (MessageChannel(socket: one), MessageChannel(socket: other))
    }

    static func socketPair() throws(Errno) -> (FileDescriptor, FileDescriptor) {
        var ends: [Int32] = [-1, -1]
        let result = unsafe sandbox_socket_pair(&ends)
        guard result == 0 else { throw Errno(rawValue: -result) }
        return (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
    }

    deinit {
        reader.discard()
        try? socket.close()  // the other side sees its end either way
    }

    /// Sends one message, and waits until the socket has taken all of it.
    ///
    /// - Parameters:
    ///   - bytes: The message.
    ///   - descriptors: Open files to go with it, at most ``descriptorLimit``; they stay open here.
    ///   - time: How long to wait at most, or `nil` for ever.
    /// - Throws: ``ChannelError``.
    public func send(
        _ bytes: [UInt8],
        descriptors: [FileDescriptor] = [],
        within time: Duration? = nil
    ) throws(ChannelError) {
        var writer = try FrameWriter(bytes, descriptors: descriptors, limit: messageLimit)
        let deadline = time.map { SuspendingClock.now + $0 }
        while try !writer.advance(to: socket) { try wait(for: Int16(POLLOUT), until: deadline) }
    }

    /// Waits for one message.
    ///
    /// - Parameters:
    ///   - time: How long to wait at most, or `nil` for ever.
    ///   - descriptorLimit: How many open files it may bring; any others are closed and an error.
    /// - Returns: The message, or `nil` when the other side has closed its end after the last one.
    /// - Throws: ``ChannelError``.
    public func receive(
        within time: Duration? = nil,
        descriptorLimit: Int = MessageChannel.descriptorLimit
    ) throws(ChannelError) -> Message? {
        let deadline = time.map { SuspendingClock.now + $0 }
        while true {
            switch try reader.advance(from: socket, descriptorLimit: descriptorLimit) {
            case .message(let message): return message
            case .end: return nil
            case .waiting: try wait(for: Int16(POLLIN), until: deadline)
            }
        }
    }

    private func wait(
        for event: Int16,
        until deadline: SuspendingClock.Instant?
    ) throws(ChannelError) {
        while true {
            let milliseconds = PollTime.milliseconds(until: deadline)
            var entry = pollfd(fd: socket.rawValue, events: event, revents: 0)
            let count = unsafe poll(&entry, 1, milliseconds)
            if count > 0 { return }
            if count == 0, milliseconds >= 0, PollTime.milliseconds(until: deadline) == 0 {
                throw .timedOut
            }
            guard count == 0 || errno == EINTR else { throw .system(Errno(rawValue: errno)) }
        }
    }
}

/// Deadlines as `poll` wants them.
enum PollTime {
    /// Milliseconds left, rounded up; -1 without a deadline.
    static func milliseconds(until deadline: SuspendingClock.Instant?) -> Int32 {
        guard let deadline else { return -1 }
        let (seconds, attoseconds) = (deadline - SuspendingClock.now).components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let million: Int64 = 1_000_000_000_000_000
        return Int32(min(seconds, 1_000_000) * 1000 + (attoseconds + million - 1) / million)
    }
}
