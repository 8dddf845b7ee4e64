internal import FoundationEssentials
internal import WebAccess

/// Where a remote model is: `http://gpu-box:8000/v1`, and behind `#` its name where the server has several.
public struct RemoteAddress: Sendable, Hashable, CustomStringConvertible {
    /// `http` or `https`.
    public let scheme: String
    /// The host, in lower case.
    public let host: String
    /// The port, also where it is the scheme's own.
    public let port: Int
    /// What goes before `/chat/completions`: without a slash at its end.
    public let base: String
    /// The model's name at the server; nil for the only one that it has.
    public let model: String?

    /// Reads an address.
    ///
    /// A server named without a path is asked under `/v1`, where all servers of this kind have it. What a person copied too much of,
    /// `…/v1/chat/completions`, is taken for its beginning. A text that does not begin with `http://` or `https://` is none: a folder, a file,
    /// a name.
    ///
    /// - Parameter text: `http://HOST[:PORT][/PATH][#MODEL]`.
    /// - Throws: ``RemoteFault`` for one that does, and cannot be used.
    public init?(parsing text: String) throws(RemoteFault) {
        let start = text.prefix(8).lowercased()
        guard start.hasPrefix("http://") || start.hasPrefix("https://") else { return nil }
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            let host = parts.host?.lowercased(), !host.isEmpty, parts.query == nil,
            parts.port.map({ (1...65535).contains($0) }) ?? true
        else { throw .notAnAddress(Self.withoutSecrets(text)) }
        // A password in an address ends in histories, lists of processes, logs and databases.
        guard parts.user == nil, parts.password == nil else {
            throw .addressWithPassword(host: PlainWords.of(host))
        }
        self.scheme = scheme
        self.host = host
        port = parts.port ?? (scheme == "https" ? 443 : 80)
        var path = parts.percentEncodedPath
        for ending in ["/", "/chat/completions", "/models"] {
            while path.hasSuffix(ending) { path.removeLast(ending.count) }
        }
        let place = parts.port.map { ":\($0)" } ?? ""
        // An IPv6 address keeps its brackets.
        let name = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        base = "\(scheme)://\(name)\(place)\(path.isEmpty ? "/v1" : path)"
        let model = parts.fragment ?? ""
        guard model.utf8.count <= 256, PlainWords.of(model) == model else {
            throw .notAnAddress(Self.withoutSecrets(text))
        }
        self.model = model.isEmpty ? nil : model
    }

    /// Host and port: where documents are sent to.
    public var destination: String { "\(host):\(port)" }

    /// The address as it was given, in its usual form.
    public var description: String { base + (model.map { "#\($0)" } ?? "") }

    /// Whether what is sent there crosses a network that others can listen to: unencrypted, and not to a near host.
    public var isOpenToOthers: Bool { scheme == "http" && !PrivateNetwork.contains(host) }

    /// An address that cannot be read, as it may be shown.
    private static func withoutSecrets(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@") else { return PlainWords.of(text) }
        return PlainWords.of("…" + text[at...])
    }
}
