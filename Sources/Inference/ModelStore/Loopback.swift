/// Which hosts are this machine, by what they are called: what goes to them crosses no network.
enum Loopback {
    /// Whether a host is `localhost`, `::1` or an address of four numbers from 127.0.0.0 to 127.255.255.255.
    ///
    /// Nothing else is, whatever it begins with: `127.0.0.1.example` is a name that anybody can own.
    static func contains(_ host: String) -> Bool {
        if ["localhost", "::1", "[::1]"].contains(host) { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { part in
                part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
                    && UInt8(part) != nil
            }
    }
}
