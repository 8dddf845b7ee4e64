public import AsyncHTTPClient
internal import FoundationEssentials

/// The proxies that the environment names, as curl reads it.
public struct ProxySettings: Sendable {
    private let environment: [String: String]
    private let exceptions: [String]

    /// Reads the variables' names; their values only when they are asked for.
    ///
    /// - Parameter environment: The process's environment.
    public init(environment: [String: String]) {
        self.environment = environment
        exceptions = (environment["no_proxy"] ?? environment["NO_PROXY"] ?? "").lowercased()
            .split(separator: ",")
            .map { word in
                let word = String(word.filter { !$0.isWhitespace })
                return word.hasPrefix(".") ? String(word.dropFirst()) : word
            }
            .filter { !$0.isEmpty }
    }

    /// Whether a host is reached without a proxy.
    public func isDirect(_ host: String) -> Bool {
        Loopback.contains(host)
            || exceptions.contains { $0 == "*" || host == $0 || host.hasSuffix(".\($0)") }
    }

    /// The proxy for a scheme; nil without one.
    ///
    /// `HTTP_PROXY` in capitals is not read: a web server sets it from a client's field of that name.
    ///
    /// - Parameter scheme: `http` or `https`.
    /// - Returns: The proxy.
    /// - Throws: ``WebAccessFault/badProxy(_:)`` when it is not an address.
    public func server(
        for scheme: String
    ) throws(WebAccessFault) -> HTTPClient.Configuration.Proxy? {
        let names =
            scheme == "https"
            ? ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
            : ["http_proxy", "all_proxy", "ALL_PROXY"]
        for name in names {
            guard let text = environment[name], !text.isEmpty else { continue }
            let whole = text.contains("://") ? text : "http://\(text)"
            guard let parts = URLComponents(string: whole), let host = parts.host, !host.isEmpty
            else { throw .badProxy(name) }
            switch parts.scheme?.lowercased() {
            case "http":
                let authorization = parts.user.map {
                    HTTPClient.Authorization.basic(username: $0, password: parts.password ?? "")
                }
                return .server(
                    host: host,
                    port: parts.port ?? 3128,
                    authorization: authorization
                )
            case "socks5", "socks5h": return .socksServer(host: host, port: parts.port ?? 1080)
            default: throw .badProxy(name)
            }
        }
        return nil
    }
}
