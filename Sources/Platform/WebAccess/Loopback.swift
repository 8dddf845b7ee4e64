/// Which hosts are this machine, by what they are called: what goes to them crosses no network.
public enum Loopback {
    /// Whether a host is `localhost`, `::1` or an address of four numbers from 127.0.0.0 to 127.255.255.255.
    ///
    /// Nothing else is, whatever it begins with: `127.0.0.1.example` is a name that anybody can own.
    ///
    /// - Parameter host: In lower case.
    /// - Returns: Whether it is this machine.
    public static func contains(_ host: String) -> Bool {
        if ["localhost", "::1", "[::1]"].contains(host) { return true }
        return IPv4Numbers(host)?.first == 127
    }
}

/// Which hosts are on a network of one's own, by what they are called.
public enum PrivateNetwork {
    /// Whether a host is this machine, an address that no router of the internet passes on, or a name without a point.
    ///
    /// Source: RFC 1918, RFC 3927, RFC 6598 (IPv4); RFC 4193, RFC 4291 (IPv6); RFC 6762 (`.local`).
    ///
    /// - Parameter host: In lower case.
    /// - Returns: Whether it can be near only.
    public static func contains(_ host: String) -> Bool {
        if Loopback.contains(host) { return true }
        if let address = IPv4Numbers(host) {
            return switch (address.first, address.second) {
            case (10, _), (192, 168), (169, 254), (172, 16...31), (100, 64...127): true
            default: false
            }
        }
        if host.contains(":") {
            let digits = host.drop { $0 == "[" }
            return ["fc", "fd", "fe8", "fe9", "fea", "feb"].contains { digits.hasPrefix($0) }
        }
        return !host.contains(".") || host.hasSuffix(".local") || host.hasSuffix(".internal")
    }
}

/// An address of four numbers.
private struct IPv4Numbers {
    let first: UInt8
    let second: UInt8

    init?(_ host: String) {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4,
            parts.allSatisfy({ part in
                part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
                    && UInt8(part) != nil
            }), let first = UInt8(parts[0]), let second = UInt8(parts[1])
        else { return nil }
        self.first = first
        self.second = second
    }
}
