/// A file that a server offers.
struct RemoteFile: Equatable, Sendable {
    /// Its path there.
    let path: String
    /// Its length, where the server tells it.
    var size: Int?
    /// What its bytes must hash to.
    var sha256: String?
    /// The name that git gives to its content.
    var gitSHA1: String?
    /// The server's mark of this content, where there is no hash.
    var etag: String?

    /// What it is called here: the path's last part.
    var localName: String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// Whether there is a hash to hold its bytes against.
    var hasDigest: Bool { sha256 != nil || gitSHA1 != nil }

    /// Whether this is a hash in hexadecimal, of so many digits.
    static func isDigest(_ text: String, digits: Int) -> Bool {
        text.utf8.count == digits
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    /// Whether a path from a server may become a file of ours.
    static func isSafe(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return path.utf8.count <= 1024 && parts.count <= 16
            && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.count <= 200 }
            && !path.contains("\\")
            && path.unicodeScalars.allSatisfy {
                $0.properties.generalCategory != .control
                    && $0.properties.generalCategory != .format
                    && $0.properties.generalCategory != .lineSeparator
                    && $0.properties.generalCategory != .paragraphSeparator
            }
    }
}

/// What a server offers of a model.
struct RemoteListing: Sendable {
    /// How a file's address is made.
    enum Layout: Equatable, Sendable {
        /// As the hub has it: `/OWNER/NAME/resolve/COMMIT/FILE`.
        case hub
        /// Files alone, below these folders.
        case plain([String])
    }

    /// The commit; nil where the server tells none.
    let revision: String?
    let files: [RemoteFile]
    let layout: Layout
}
