internal import AsyncHTTPClient
internal import FoundationEssentials
internal import NIOCore
internal import NIOHTTP1
internal import WebAccess

/// Asks a hub or mirror, follows its redirects, and keeps the token to the host that it is for.
final class HubClient: Sendable {
    /// What was answered in the end.
    struct Answer {
        let status: Int
        let headers: HTTPHeaders
        let body: HTTPClientResponse.Body
        /// Fields of the first answer, by the hub itself: redirects lead to storage that knows no commits.
        let hubHeaders: HTTPHeaders
        /// Where it was answered, as it may be shown.
        let address: String

        /// The body's announced length.
        var length: Int? {
            headers.first(name: "Content-Length").flatMap { Int($0) }.flatMap { $0 < 0 ? nil : $0 }
        }
    }

    let address: HubAddress
    private let token: HubToken?
    private let clients: WebClients
    private static let redirects = 5

    init(
        address: HubAddress,
        token: HubToken?,
        settings: PullSettings,
        environment: [String: String]
    ) throws(ModelStoreFault) {
        self.address = address
        self.token = token
        do throws(WebAccessFault) {
            clients = try WebClients(
                connectTimeout: settings.connectTimeout,
                idleTimeout: settings.idleTimeout,
                environment: environment
            )
        } catch {
            switch error {
            case .badProxy(let name): throw .badProxy(name)
            case .badCertificates(let path): throw .badCertificates(path)
            }
        }
    }

    /// Closes all connections; nothing may be asked afterwards.
    func shutdown() async {
        await clients.shutdown()
    }

    /// Asks for what is at an address, following redirects.
    func ask(
        _ target: String,
        method: HTTPMethod = .GET,
        headers: [(String, String)] = []
    ) async throws(AttemptFailure) -> Answer {
        var target = target
        var hubHeaders: HTTPHeaders?
        for _ in 0...Self.redirects {
            guard let origin = HubAddress.origin(of: target) else {
                throw .final(.badRedirect(HubAddress.withoutSecrets(target)))
            }
            var request = HTTPClientRequest(url: target)
            request.method = method
            request.headers.add(name: "User-Agent", value: "docket")
            request.headers.add(name: "Accept-Encoding", value: "identity")
            for (name, value) in headers { request.headers.add(name: name, value: value) }
            if let token, origin == address.origin {
                request.headers.add(name: "Authorization", value: "Bearer \(token.secret)")
            }
            let response = try await execute(request, origin)
            if hubHeaders == nil { hubHeaders = response.headers }
            let status = Int(response.status.code)
            guard [301, 302, 303, 307, 308].contains(status) else {
                return Answer(
                    status: status,
                    headers: response.headers,
                    body: response.body,
                    hubHeaders: hubHeaders ?? response.headers,
                    address: HubAddress.withoutSecrets(target)
                )
            }
            guard let location = response.headers.first(name: "Location"),
                let next = HubAddress.target(of: location, from: target),
                let nextOrigin = HubAddress.origin(of: next),
                // What was asked for in confidence is not fetched in the open.
                origin.scheme == "http" || nextOrigin.scheme == "https"
            else { throw .final(.badRedirect(HubAddress.withoutSecrets(target))) }
            target = next
        }
        throw .final(.tooManyRedirects(HubAddress.withoutSecrets(target)))
    }

    /// A short answer, whole.
    func text(_ answer: Answer, limit: Int) async throws(AttemptFailure) -> Data {
        if let length = answer.length, length > limit {
            throw .final(.answerTooLong(answer.address, limit: limit))
        }
        var data = Data()
        do {
            for try await buffer in answer.body {
                data.append(contentsOf: buffer.readableBytesView)
                if data.count > limit { break }
            }
        } catch {
            throw Self.failure(error, host: address.origin.host)
        }
        if data.count > limit { throw .final(.answerTooLong(answer.address, limit: limit)) }
        return data
    }

    private func execute(
        _ request: HTTPClientRequest,
        _ origin: HubAddress.Origin
    ) async throws(AttemptFailure) -> HTTPClientResponse {
        let client = clients.client(for: origin.host, scheme: origin.scheme)
        do {
            return try await client.execute(request, deadline: .distantFuture)
        } catch {
            throw Self.failure(error, host: origin.host)
        }
    }
}
