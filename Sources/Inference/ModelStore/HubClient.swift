internal import AsyncHTTPClient
internal import FoundationEssentials
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import SystemPackage

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
    private let direct: HTTPClient
    private let proxied: [(scheme: String, client: HTTPClient)]
    private let proxies: ProxySettings
    private static let redirects = 5

    init(
        address: HubAddress,
        token: HubToken?,
        settings: PullSettings,
        environment: [String: String]
    ) throws(ModelStoreFault) {
        self.address = address
        self.token = token
        let proxies = ProxySettings(environment: environment)
        self.proxies = proxies
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(
                connect: .nanoseconds(settings.connectTimeout.wholeNanoseconds),
                read: .nanoseconds(settings.idleTimeout.wholeNanoseconds)
            ),
            decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        configuration.tlsConfiguration = try Self.trust(environment)
        // We retry ourselves, with words for the person who waits.
        configuration.connectionPool.retryConnectionEstablishment = false
        var proxied: [(scheme: String, client: HTTPClient)] = []
        let servers = try ["http", "https"].map { scheme throws(ModelStoreFault) in
            (scheme, try proxies.server(for: scheme))
        }
        for (scheme, server) in servers {
            guard let server else { continue }
            var throughProxy = configuration
            throughProxy.proxy = server
            proxied.append((scheme, HTTPClient(configuration: throughProxy)))
        }
        self.proxied = proxied
        direct = HTTPClient(configuration: configuration)
    }

    /// Closes all connections; nothing may be asked afterwards.
    func shutdown() async {
        for client in proxied.map(\.client) + [direct] {
            // It can only say that it was done already.
            try? await client.shutdown()
        }
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

    /// The system's certificates, and those of `SSL_CERT_FILE`, where a network has an authority of its own.
    private static func trust(
        _ environment: [String: String]
    ) throws(ModelStoreFault) -> TLSConfiguration? {
        guard let file = environment["SSL_CERT_FILE"], !file.isEmpty else { return nil }
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(file), !certificates.isEmpty
        else { throw .badCertificates(FilePath(file)) }
        var trust = TLSConfiguration.makeClientConfiguration()
        trust.additionalTrustRoots = [.certificates(certificates)]
        return trust
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
        let client =
            proxies.isDirect(origin.host)
            ? direct : proxied.first { $0.scheme == origin.scheme }?.client ?? direct
        do {
            return try await client.execute(request, deadline: .distantFuture)
        } catch {
            throw Self.failure(error, host: origin.host)
        }
    }
}

extension Duration {
    /// For the client, which counts in nanoseconds.
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
