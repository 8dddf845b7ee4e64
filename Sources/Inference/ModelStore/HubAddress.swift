internal import FoundationEssentials
internal import WebAccess

/// Where a hub or mirror begins: scheme, host, port and the path that goes before all others.
struct HubAddress: Equatable, Sendable {
    /// Scheme, host and port: what a token is given to, and nobody else.
    struct Origin: Equatable, Sendable {
        let scheme: String
        let host: String
        let port: Int
    }

    /// Without a slash at its end.
    let text: String
    let origin: Origin

    init(_ text: String) throws(ModelStoreFault) {
        guard let origin = Self.origin(of: text), let parts = URLComponents(string: text),
            parts.query == nil, parts.fragment == nil
        else { throw .notAnAddress(Self.withoutSecrets(text)) }
        // A password in an address ends in histories, logs and manifests.
        guard parts.user == nil, parts.password == nil else {
            throw .addressWithPassword(host: origin.host)
        }
        var text = text
        while text.hasSuffix("/") { text.removeLast() }
        self.text = text
        self.origin = origin
    }

    /// The address of what a path names, each component encoded: no character of a name can change what is asked.
    func appending(_ components: [String], query: String = "") -> String {
        components.reduce(text) { "\($0)/\(Self.encoded($1))" } + query
    }

    /// Scheme, host and port of an address; nil for all but HTTP.
    static func origin(of address: String) -> Origin? {
        guard let parts = URLComponents(string: address), let scheme = parts.scheme?.lowercased(),
            scheme == "http" || scheme == "https", let host = parts.host?.lowercased(),
            !host.isEmpty
        else { return nil }
        return Origin(
            scheme: scheme,
            host: host,
            port: parts.port ?? (scheme == "https" ? 443 : 80)
        )
    }

    /// What a `Location` field means where it was answered; nil when it is no HTTP address.
    static func target(of location: String, from address: String) -> String? {
        guard let base = URL(string: address),
            let target = URL(string: location, relativeTo: base)?.absoluteURL.absoluteString,
            origin(of: target) != nil
        else { return nil }
        return target
    }

    /// An address as it may be shown: without user, password, query and fragment (signed addresses carry keys there).
    static func withoutSecrets(_ address: String) -> String {
        guard var parts = URLComponents(string: address), parts.host != nil else {
            return PlainWords.of(String(address.prefix { $0 != "?" && $0 != "@" }))
        }
        parts.user = nil
        parts.password = nil
        parts.query = nil
        parts.fragment = nil
        return PlainWords.of(parts.string ?? "")
    }

    private static func encoded(_ component: String) -> String {
        var text = ""
        for byte in component.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."), UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return text
    }
}
