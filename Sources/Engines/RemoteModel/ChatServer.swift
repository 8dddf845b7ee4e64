internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import WebAccess

/// Sends requests to one server, one attempt each.
///
/// Nothing that it sends back is believed: lengths and times are bounded, redirects not followed.
final class ChatServer: Sendable {
    private let clients: WebClients
    let address: RemoteAddress
    private let key: RemoteKey?
    private let options: RemoteOptions
    private let time: RemoteTime
    /// Longest message of a server that refuses, in bytes.
    private static let longestRefusal = 1 << 16

    init(
        _ address: RemoteAddress,
        key: RemoteKey?,
        options: RemoteOptions,
        environment: [String: String],
        time: RemoteTime
    ) throws(RemoteFault) {
        self.address = address
        self.key = key
        self.options = options
        self.time = time
        do throws(WebAccessFault) {
            clients = try WebClients(
                connectTimeout: options.connectTimeout,
                idleTimeout: options.stallTimeout,
                connections: max(1, options.width),
                environment: environment
            )
        } catch {
            switch error {
            case .badProxy(let name): throw .badProxy(name)
            case .badCertificates(let path): throw .badCertificates(path)
            }
        }
    }

    deinit {
        // The client insists on being shut down, which takes a moment; nobody is left to wait for it.
        let clients = clients
        Task { await clients.shutdown() }
    }

    /// The models that the server lists.
    ///
    /// - Returns: What it sent; nil where it keeps no list.
    /// - Throws: ``AttemptFault``.
    func models() async throws(AttemptFault) -> JSONTree? {
        do throws(AttemptFault) {
            return try await within(options.listTimeout) { (self) async throws(AttemptFault) in
                let response = try await self.send(.GET, "/models", body: nil)
                let bytes = try await self.whole(response, limit: self.options.longestAnswer)
                guard let tree = JSONReader.strict(bytes) else { throw self.nonsense(bytes) }
                return tree
            }
        } catch {
            if case .refused(let refusal) = error, [404, 405, 501].contains(refusal.status) {
                return nil
            }
            throw error
        }
    }

    /// Asks one question.
    ///
    /// - Parameter body: The request, in JSON.
    /// - Returns: What was answered; it has an end, or what went wrong before.
    /// - Throws: ``AttemptFault``.
    func complete(_ body: [UInt8]) async throws(AttemptFault) -> ChatReply {
        try await within(options.answerTimeout) { (self) async throws(AttemptFault) in
            let response = try await self.send(.POST, "/chat/completions", body: body)
            let type = response.headers.first(name: "Content-Type")?.lowercased() ?? ""
            // A server that sends no pieces answers in one, whatever it was asked for.
            guard type.hasPrefix("text/event-stream") else {
                let bytes = try await self.whole(response, limit: self.options.longestAnswer)
                var reply = ChatReply()
                guard let tree = JSONReader.strict(bytes) else { throw self.nonsense(bytes) }
                if tree["error"] != nil, tree["choices"] == nil {
                    throw .refused(self.refusal(200, tree, nil))
                }
                guard reply.take(tree), reply.hasChoice else { throw self.nonsense(bytes) }
                return reply
            }
            return try await self.pieces(response)
        }
    }

    // MARK: Bytes

    private func send(
        _ method: HTTPMethod,
        _ path: String,
        body: [UInt8]?
    ) async throws(AttemptFault) -> HTTPClientResponse {
        var request = HTTPClientRequest(url: address.base + path)
        request.method = method
        request.headers.add(name: "User-Agent", value: "docket")
        request.headers.add(name: "Accept-Encoding", value: "identity")
        if let key { request.headers.add(name: "Authorization", value: "Bearer \(key.secret)") }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.headers.add(name: "Accept", value: "text/event-stream, application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let response: HTTPClientResponse
        do {
            response = try await clients.client(for: address.host, scheme: address.scheme)
                .execute(request, deadline: .distantFuture)
        } catch {
            throw fault(error)
        }
        let status = Int(response.status.code)
        switch status {
        case 200..<300: return response
        case 300..<400:
            // What is meant for one host is not handed to another.
            let place = response.headers.first(name: "Location") ?? "nowhere"
            throw .movedTo(shown(place))
        default:
            let wait = RetryAfter.duration(
                response.headers.first(name: "Retry-After"),
                now: time.date()
            )
            let bytes = try await start(response, limit: Self.longestRefusal)
            throw .refused(
                refusal(status, JSONReader.strict(bytes) ?? .text(Self.text(bytes)), wait)
            )
        }
    }

    private func pieces(
        _ response: HTTPClientResponse
    ) async throws(AttemptFault) -> ChatReply {
        var (stream, reply, count) = (EventStream(), ChatReply(), 0)
        do {
            for try await buffer in response.body {
                count += buffer.readableBytes
                guard count <= options.longestAnswer else { throw AttemptFault.tooLong }
                for event in stream.take(buffer.readableBytesView) {
                    guard try take(event, &reply) else { return try Self.ended(reply) }
                }
            }
            for event in stream.end() {
                guard try take(event, &reply) else { break }
            }
        } catch {
            throw fault(error)
        }
        return try Self.ended(reply)
    }

    /// Takes an event.
    ///
    /// - Returns: Whether others follow.
    private func take(_ event: [UInt8], _ reply: inout ChatReply) throws(AttemptFault) -> Bool {
        if event.elementsEqual("[DONE]".utf8) { return false }
        guard let tree = JSONReader.strict(event) else { throw self.nonsense(event) }
        if let error = tree["error"], error != .null {
            let refusal = refusal(error["code"]?.int ?? 500, tree, nil)
            guard reply.hasChoice else { throw .refused(refusal) }
            reply.fault = refusal
            return false
        }
        guard reply.take(tree) else { throw self.nonsense(event) }
        return true
    }

    /// An answer in pieces that has its last one.
    private static func ended(_ reply: ChatReply) throws(AttemptFault) -> ChatReply {
        guard reply.hasChoice, reply.finish != nil || reply.fault != nil else {
            throw .connection(.lost(detail: "the answer broke off"))
        }
        return reply
    }

    private func whole(
        _ response: HTTPClientResponse,
        limit: Int
    ) async throws(AttemptFault) -> [UInt8] {
        let bytes = try await start(response, limit: limit + 1)
        guard bytes.count <= limit else { throw .tooLong }
        return bytes
    }

    private func start(
        _ response: HTTPClientResponse,
        limit: Int
    ) async throws(AttemptFault) -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await buffer in response.body {
                bytes += buffer.readableBytesView.prefix(limit - bytes.count)
                if bytes.count >= limit { break }
            }
        } catch {
            throw fault(error)
        }
        return bytes
    }

    // MARK: Words

    private func fault(_ error: any Error) -> AttemptFault {
        if let error = error as? AttemptFault { return error }
        let trouble = ConnectionTrouble(error, host: address.destination)
        return trouble == .cancelled ? .cancelled : .connection(trouble)
    }

    private func refusal(
        _ status: Int,
        _ tree: JSONTree,
        _ retryAfter: Duration?
    ) -> AttemptFault.Refusal {
        let error = tree["error"] ?? tree
        // `{"error": {"message"}}`, `{"error": "…"}`, `{"detail": …}`, or words alone.
        let message =
            error["message"]?.text ?? error.text ?? tree["message"]?.text ?? tree["detail"]?.text
            ?? ""
        let places = tree["detail"]?.list ?? []
        let wholeWords = String(decoding: tree.bytes.prefix(Self.longestRefusal), as: UTF8.self)
        // FastAPI's `{"detail": [{"loc": ["body", "seed"], "msg": "…"}]}`, which may repeat the whole question besides.
        let complaint = ([message] + places.compactMap { $0["msg"]?.text })
            .filter { !$0.isEmpty }.joined(separator: "\n")
        var refusal = AttemptFault.Refusal(
            status: status,
            words: complaint.drop(while: \.isWhitespace).hasPrefix("<")
                ? "a web page" : shown(complaint),
            wholeWords: wholeWords,
            retryAfter: retryAfter
        )
        refusal.message = complaint.isEmpty ? wholeWords : complaint
        refusal.parameters =
            (error["param"]?.text?.split { ".[]".contains($0) } ?? []).map(String.init)
            + places.flatMap { $0["loc"]?.list ?? [] }.compactMap(\.text)
        return refusal
    }

    /// Words of the server as they may be shown: some repeat the key that they were given.
    private func shown(_ words: String) -> String {
        let words = key.map { words.replacing($0.secret, with: "…") } ?? words
        return SaidExcerpt.of(words, characters: 200)
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private func nonsense(_ bytes: [UInt8]) -> AttemptFault {
        let text = Self.text(Array(bytes.prefix(400)))
        if text.drop(while: \.isWhitespace).hasPrefix("<") {
            return .nonsense("it sent a web page")
        }
        return .nonsense(
            bytes.isEmpty
                ? "it sent nothing" : "it sent \(SaidExcerpt.of(shown(text), characters: 80))"
        )
    }

    // MARK: Time

    /// Does something that must be done in so long.
    private func within<Result: Sendable>(
        _ limit: Duration,
        _ body: @escaping @Sendable (ChatServer) async throws(AttemptFault) -> Result
    ) async throws(AttemptFault) -> Result {
        do {
            return try await withThrowingTaskGroup(of: Result.self) { group in
                group.addTask { try await body(self) }
                group.addTask {
                    try await Task.sleep(for: limit)
                    throw AttemptFault.slow
                }
                defer { group.cancelAll() }
                guard let first = try await group.next() else { throw AttemptFault.cancelled }
                return first
            }
        } catch {
            throw Task.isCancelled ? .cancelled : error as? AttemptFault ?? .cancelled
        }
    }
}
