import Foundation
import Glibc
import Synchronization

/// A server on 127.0.0.1 that answers as it is told, faults included: one request a connection.
public final class FaultyHub: Sendable {
    /// What a client asked.
    public struct Request: Sendable {
        /// `GET`, `HEAD`, or `CONNECT` where it is used as a proxy.
        public let method: String
        /// Path and query as they came.
        public let target: String
        /// Fields by their names in lower case.
        public let headers: [String: String]
        /// What follows them, where a length is announced.
        public var body: [UInt8] = []

        /// Where the bytes that are wanted begin: `Range: bytes=N-`.
        public var rangeStart: Int? {
            guard let range = headers["range"], range.hasPrefix("bytes=") else { return nil }
            return Int(range.dropFirst(6).prefix { $0 != "-" })
        }
    }

    /// What is answered, and how it goes wrong.
    public struct Reply: Sendable {
        /// The status.
        public var status: Int
        /// Fields besides `Content-Length` and `Connection`.
        public var headers: [String: String]
        /// What follows them.
        public var body: [UInt8]
        /// The length that is announced, where it is not that of the body; negative: none is.
        public var announcedLength: Int?
        /// The connection is dropped after so many bytes of the body.
        public var dropAfter: Int?
        /// After the body (or what is sent of it) nothing more comes, and the connection stays open.
        public var hangs = false
        /// The body is sent again and again.
        public var isEndless = false
        /// A pause before each piece of 16 KiB, in seconds.
        public var pause: Double = 0

        /// An answer without a fault.
        public init(status: Int = 200, headers: [String: String] = [:], body: [UInt8] = []) {
            self.status = status
            self.headers = headers
            self.body = body
        }
    }

    private struct State {
        var requests: [Request] = []
        var isStopped = false
    }

    private let state = Mutex(State())
    private let listener: Int32
    private let answer: @Sendable (Request) -> Reply
    /// Where it listens.
    public let port: Int

    /// Begins to listen.
    public init(answer: @escaping @Sendable (Request) -> Reply) throws {
        self.answer = answer
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard listener >= 0 else { throw POSIXError(.EIO) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        guard isBound else {
            close(listener)
            throw POSIXError(.EADDRINUSE)
        }
        Thread.detachNewThread { self.accept() }
    }

    /// The address that begins every URL of it.
    public var address: String { "http://127.0.0.1:\(port)" }

    /// The same place under another name: another origin, to a client.
    public var otherAddress: String { "http://localhost:\(port)" }

    /// All that was asked so far.
    public var requests: [Request] { state.withLock { $0.requests } }

    /// Listens no more.
    public func stop() {
        // Closed twice, the number may by then be another's descriptor.
        let wasStopped = state.withLock { state in
            defer { state.isStopped = true }
            return state.isStopped
        }
        if wasStopped { return }
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func accept() {
        while !state.withLock({ $0.isStopped }) {
            let connection = Glibc.accept(listener, nil, nil)
            guard connection >= 0 else { return }
            Thread.detachNewThread {
                self.serve(connection)
                close(connection)
            }
        }
    }

    private func serve(_ connection: Int32) {
        guard var request = Self.readRequest(connection) else { return }
        request.body = Self.readBody(of: request, connection)
        state.withLock { $0.requests.append(request) }
        if request.method == "CONNECT" {
            // As a proxy: whatever is behind it, the answers are ours.
            guard Self.send(Array("HTTP/1.1 200 Connected\r\n\r\n".utf8), connection),
                let inner = Self.readRequest(connection)
            else { return }
            request = inner
            state.withLock { $0.requests.append(inner) }
        }
        let reply = answer(request)
        var head = "HTTP/1.1 \(reply.status) Answer\r\nConnection: close\r\n"
        for (name, value) in reply.headers { head += "\(name): \(value)\r\n" }
        let length = reply.announcedLength ?? reply.body.count
        if length >= 0 { head += "Content-Length: \(length)\r\n" }
        guard Self.send(Array((head + "\r\n").utf8), connection) else { return }
        if request.method == "HEAD" { return }
        repeat {
            var rest = reply.body.prefix(reply.dropAfter ?? reply.body.count)
            while !rest.isEmpty {
                if reply.pause > 0 { Thread.sleep(forTimeInterval: reply.pause) }
                let piece = Array(rest.prefix(16384))
                guard Self.send(piece, connection) else { return }
                rest = rest.dropFirst(piece.count)
            }
        } while reply.isEndless && !state.withLock { $0.isStopped }
        while reply.hangs, !state.withLock({ $0.isStopped }) {
            Thread.sleep(forTimeInterval: 0.05)
        }
        if reply.dropAfter != nil {
            // A reset, not an orderly end, as when a server dies.
            var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
            Thread.sleep(forTimeInterval: 0.05)
            setsockopt(
                connection,
                SOL_SOCKET,
                SO_LINGER,
                &linger,
                socklen_t(MemoryLayout<Glibc.linger>.size)
            )
        }
    }

    private static func readRequest(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            guard recv(connection, &byte, 1, 0) == 1, bytes.count < 65536 else { return nil }
            bytes.append(byte)
        }
        let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
        let words = (lines.first ?? "").split(separator: " ").map(String.init)
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...]
                .trimmingCharacters(in: .whitespaces)
        }
        return Request(method: words[0], target: words[1], headers: headers)
    }

    private static func readBody(of request: Request, _ connection: Int32) -> [UInt8] {
        guard let length = request.headers["content-length"].flatMap({ Int($0) }) else { return [] }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65536)
        while bytes.count < min(length, 64 << 20) {
            let count = recv(connection, &piece, piece.count, 0)
            guard count > 0 else { break }
            bytes += piece[..<count]
        }
        return bytes
    }

    private static func send(_ bytes: [UInt8], _ connection: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}
