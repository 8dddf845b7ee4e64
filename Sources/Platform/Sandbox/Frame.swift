internal import CSandbox
internal import SystemPackage

// A message on the wire: the count of bytes and of descriptors, 4 bytes each in this machine's order,
// then the bytes. The descriptors ride on the first byte.

/// A frame on its way out, and how much of it has gone.
struct FrameWriter {
    private var bytes: [UInt8]
    private var sent = 0
    private var descriptors: [Int32]

    init(_ content: [UInt8], descriptors: [FileDescriptor], limit: Int) throws(ChannelError) {
        guard content.count <= limit else { throw .oversized(content.count, limit: limit) }
        guard descriptors.count <= MessageChannel.descriptorLimit else {
            throw .tooManyDescriptors(descriptors.count, limit: MessageChannel.descriptorLimit)
        }
        bytes = []
        bytes.reserveCapacity(content.count + 8)
        for field in [UInt32(content.count), UInt32(descriptors.count)] {
            for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(field >> shift & 0xff)) }
        }
        bytes += content
        self.descriptors = descriptors.map(\.rawValue)
    }

    /// Sends what the socket takes without waiting; true when all has gone.
    mutating func advance(to socket: FileDescriptor) throws(ChannelError) -> Bool {
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe sandbox_send(
                    socket.rawValue,
                    buffer.baseAddress?.advanced(by: sent),
                    buffer.count - sent,
                    descriptors,
                    descriptors.count
                )
            }
            if count == -Int(Errno.wouldBlock.rawValue) { return false }
            guard count > 0 else { throw ChannelError(sending: Errno(rawValue: Int32(-count))) }
            sent += count
            descriptors = []
        }
        return true
    }
}

/// A frame on its way in: trusts nothing that it is told.
struct FrameReader {
    enum Progress {
        case message(Message)
        case waiting
        case end
    }

    private static let chunk = 64 * 1024
    /// The largest message taken, in bytes.
    let limit: Int
    private var header: [UInt8] = []
    private var expected: (bytes: Int, descriptors: Int)?
    private var content: [UInt8] = []
    private var descriptors: [FileDescriptor] = []

    init(limit: Int) { self.limit = limit }

    /// Takes what has come without waiting.
    ///
    /// After an error the stream has no known place to go on from.
    mutating func advance(
        from socket: FileDescriptor,
        descriptorLimit: Int
    ) throws(ChannelError) -> Progress {
        do {
            return try step(from: socket, descriptorLimit: descriptorLimit)
        } catch {
            discard()
            throw error
        }
    }

    /// Closes the descriptors of a message that was not finished.
    mutating func discard() {
        for descriptor in descriptors { try? descriptor.close() }  // nothing can be done about it
        descriptors = []
        content = []
        header = []
        expected = nil
    }

    private mutating func step(
        from socket: FileDescriptor,
        descriptorLimit: Int
    ) throws(ChannelError) -> Progress {
        while true {
            guard let expected else {
                // Descriptors come with the first byte of a message and nowhere else.
                let limit = header.isEmpty ? descriptorLimit : 0
                switch try receive(8 - header.count, from: socket, descriptorLimit: limit) {
                case nil: return .waiting
                case []:
                    guard header.isEmpty else { throw .closed }
                    return .end
                case .some(let bytes): header += bytes
                }
                if header.count == 8 { try readHeader() }
                continue
            }
            if content.count == expected.bytes {
                let message = Message(bytes: content, descriptors: descriptors)
                (header, content, descriptors, self.expected) = ([], [], [], nil)
                return .message(message)
            }
            // Room is made for what has come, not for what was promised.
            let next = min(expected.bytes - content.count, Self.chunk)
            switch try receive(next, from: socket, descriptorLimit: 0) {
            case nil: return .waiting
            case []: throw .closed
            case .some(let bytes): content += bytes
            }
        }
    }

    private mutating func readHeader() throws(ChannelError) {
        func field(_ range: Range<Int>) -> Int {
            header[range].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        let (bytes, count) = (field(0..<4), field(4..<8))
        guard bytes <= limit else { throw .oversized(bytes, limit: limit) }
        guard count == descriptors.count else {
            throw .wrongDescriptors(announced: count, received: descriptors.count)
        }
        expected = (bytes, count)
    }

    /// Bytes that have come: none at the end of the stream, `nil` when there is nothing yet.
    private mutating func receive(
        _ count: Int,
        from socket: FileDescriptor,
        descriptorLimit: Int
    ) throws(ChannelError) -> [UInt8]? {
        var numbers = [Int32](repeating: -1, count: descriptorLimit)
        var came = 0
        var result = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            result = unsafe sandbox_receive(
                socket.rawValue,
                buffer.baseAddress,
                count,
                &numbers,
                descriptorLimit,
                &came
            )
            filled = max(result, 0)
        }
        descriptors += numbers.prefix(came).map { FileDescriptor(rawValue: $0) }
        guard came <= descriptorLimit else {
            throw .tooManyDescriptors(came, limit: descriptorLimit)
        }
        if result == -Int(Errno.wouldBlock.rawValue) { return nil }
        guard result >= 0 else { throw ChannelError(receiving: Errno(rawValue: Int32(-result))) }
        return bytes
    }
}
