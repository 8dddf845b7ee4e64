public import AsyncHTTPClient
internal import NIOCore
internal import NIOSSL
internal import SystemPackage

/// The ways out of this machine: straight, or through the proxies that the environment names.
public struct WebClients: Sendable {
    private let direct: HTTPClient
    private let proxied: [(scheme: String, client: HTTPClient)]
    private let proxies: ProxySettings

    /// Makes ready; nothing is connected yet.
    ///
    /// Redirects are not followed, bodies not decompressed, and nothing is tried twice: who asks decides that.
    ///
    /// - Parameters:
    ///   - connectTimeout: For a connection to be made.
    ///   - idleTimeout: Without a byte that goes out or comes in while one should.
    ///   - connections: To one host at once; whoever asks for more waits for one, no longer than for one to be made.
    ///   - environment: The process's environment.
    /// - Throws: ``WebAccessFault``.
    public init(
        connectTimeout: Duration,
        idleTimeout: Duration,
        connections: Int = 8,
        environment: [String: String]
    ) throws(WebAccessFault) {
        let proxies = ProxySettings(environment: environment)
        self.proxies = proxies
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(
                connect: .nanoseconds(connectTimeout.wholeNanoseconds),
                read: .nanoseconds(idleTimeout.wholeNanoseconds),
                write: .nanoseconds(idleTimeout.wholeNanoseconds)
            ),
            decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        configuration.tlsConfiguration = try Self.trust(environment)
        // Whoever asks tries again, with words for the person who waits.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        var proxied: [(scheme: String, client: HTTPClient)] = []
        let servers = try ["http", "https"].map { scheme throws(WebAccessFault) in
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

    /// The way to a host.
    ///
    /// - Parameters:
    ///   - host: In lower case.
    ///   - scheme: `http` or `https`.
    /// - Returns: What asks there.
    public func client(for host: String, scheme: String) -> HTTPClient {
        proxies.isDirect(host) ? direct : proxied.first { $0.scheme == scheme }?.client ?? direct
    }

    /// Closes all connections; nothing may be asked afterwards.
    public func shutdown() async {
        for client in proxied.map(\.client) + [direct] {
            // It can only say that it was done already.
            try? await client.shutdown()
        }
    }

    /// The system's certificates, and those of `SSL_CERT_FILE`, where a network has an authority of its own.
    private static func trust(
        _ environment: [String: String]
    ) throws(WebAccessFault) -> TLSConfiguration? {
        guard let file = environment["SSL_CERT_FILE"], !file.isEmpty else { return nil }
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(file), !certificates.isEmpty
        else { throw .badCertificates(FilePath(file)) }
        var trust = TLSConfiguration.makeClientConfiguration()
        trust.additionalTrustRoots = [.certificates(certificates)]
        return trust
    }
}

extension Duration {
    /// For the client, which counts in nanoseconds.
    fileprivate var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
