import Foundation
import Sandbox
import SystemPackage
import Testing

@Suite struct MessageChannelTests {
    @Test func `messages keep their order and their borders, empty ones too`() throws {
        let (one, other) = try MessageChannel.pair()
        for text in ["first", "", "third"] { try one.send(Array(text.utf8)) }
        for text in ["first", "", "third"] {
            #expect(try other.receive(within: .seconds(5))?.bytes == Array(text.utf8))
        }
    }

    @Test func `the end of the other side is the end of the stream`() throws {
        let (one, other) = try MessageChannel.pair()
        try one.send([1, 2, 3])
        _ = consume one
        #expect(try other.receive(within: .seconds(5))?.bytes == [1, 2, 3])
        #expect(try other.receive(within: .seconds(5)) == nil)
        #expect(throws: ChannelError.closed) { try other.send([1]) }
    }

    @Test func `nothing to receive is a matter of time`() throws {
        let (one, other) = try MessageChannel.pair()
        #expect(throws: ChannelError.timedOut) { try other.receive(within: .milliseconds(20)) }
        #expect(throws: ChannelError.timedOut) { try other.receive(within: .zero) }
        try one.send([9])
        #expect(try other.receive(within: .zero)?.bytes == [9])
    }

    @Test func `too much to send is refused before anything has gone`() throws {
        let (one, other) = try MessageChannel.pair()
        let file = try MemoryFile.make(name: "many")
        defer { try? file.close() }
        #expect(
            throws: ChannelError.oversized(
                MessageChannel.messageLimit + 1,
                limit: MessageChannel.messageLimit
            )
        ) {
            try one.send([UInt8](repeating: 0, count: MessageChannel.messageLimit + 1))
        }
        #expect(throws: ChannelError.tooManyDescriptors(5, limit: 4)) {
            try one.send([1], descriptors: Array(repeating: file, count: 5))
        }
        try one.send([7])
        #expect(try other.receive(within: .seconds(5))?.bytes == [7])
    }

    @Test func `open files arrive with their message, not with another`() throws {
        let (one, other) = try MessageChannel.pair()
        let file = try MemoryFile.make(name: "arrives")
        defer { try? file.close() }
        try one.send([1])
        try one.send([2], descriptors: [file])
        try one.send([3])
        #expect(try other.receive(within: .seconds(5))?.descriptors.isEmpty == true)
        let message = try #require(try other.receive(within: .seconds(5)))
        #expect(message.descriptors.count == 1)
        #expect(try other.receive(within: .seconds(5))?.descriptors.isEmpty == true)
        for descriptor in message.descriptors { try descriptor.close() }
        #expect(openDescriptors(of: "memfd:arrives") == 1)
    }

    @Test func `open files of messages that nobody took are closed with the channel`() throws {
        var (one, other): (MessageChannel?, MessageChannel?) = try { ($0.0, $0.1) }(
            MessageChannel.pair()
        )
        let file = try MemoryFile.make(name: "left")
        defer { try? file.close() }
        try one?.send([1], descriptors: [file, file])
        one = nil
        other = nil
        #expect((one == nil && other == nil) && openDescriptors(of: "memfd:left") == 1)
    }

    /// Everything a stranger may write into the socket, by a generator that repeats itself.
    @Test(arguments: 0..<200 as Range<UInt64>)
    func `no stream of bytes and open files harms the one who reads it`(seed: UInt64) throws {
        var random = Generator(state: seed &* 0x9E37_79B9_7F4A_7C15 | 1)
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let reader = MessageChannel(
            socket: FileDescriptor(rawValue: ends[0]),
            messageLimit: 1 << 16
        )
        let file = try MemoryFile.make(name: "fuzz-\(seed)")
        defer { try? file.close() }

        for _ in 0..<Int.random(in: 1...6, using: &random) {
            var bytes = (0..<Int.random(in: 1...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random), bytes.count > 8 {  // nearly right, so that it gets far
                let length = UInt8(
                    clamping: bytes.count - 8 + Int.random(in: -1...1, using: &random)
                )
                bytes.replaceSubrange(
                    0..<8,
                    with: [length, 0, 0, 0, UInt8.random(in: 0...3, using: &random), 0, 0, 0]
                )
            }
            send(
                bytes,
                descriptors: Int.random(in: 0...16, using: &random),
                of: file.rawValue,
                to: ends[1]
            )
        }
        close(ends[1])

        var received: [FileDescriptor] = []
        do {
            while let message = try reader.receive(within: .seconds(5)) {
                #expect(message.descriptors.count <= 4 && message.bytes.count <= 1 << 16)
                received += message.descriptors
            }
        } catch {
            #expect(error != .timedOut)
        }
        for descriptor in received { try descriptor.close() }
        #expect(openDescriptors(of: "memfd:fuzz-\(seed) ") == 1)
    }

    /// One `sendmsg` with the same file so many times.
    private func send(_ bytes: [UInt8], descriptors count: Int, of file: Int32, to socket: Int32) {
        var bytes = bytes
        let size = MemoryLayout<cmsghdr>.size + count * 4
        let control = UnsafeMutableRawPointer.allocate(byteCount: size + 8, alignment: 8)
        defer { control.deallocate() }
        control.storeBytes(of: size, as: Int.self)
        control.storeBytes(of: SOL_SOCKET, toByteOffset: 8, as: Int32.self)
        control.storeBytes(of: 1, toByteOffset: 12, as: Int32.self)  // SCM_RIGHTS
        for index in 0..<count {
            control.storeBytes(
                of: file,
                toByteOffset: MemoryLayout<cmsghdr>.size + index * 4,
                as: Int32.self
            )
        }
        bytes.withUnsafeMutableBytes { buffer in
            var part = iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
            withUnsafeMutablePointer(to: &part) { part in
                var message = msghdr()
                message.msg_iov = part
                message.msg_iovlen = 1
                if count > 0 {
                    message.msg_control = control
                    message.msg_controllen = (size + 7) / 8 * 8
                }
                _ = sendmsg(socket, &message, Int32(MSG_NOSIGNAL))
            }
        }
    }

    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }
}
