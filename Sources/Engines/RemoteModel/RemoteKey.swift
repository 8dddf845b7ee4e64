internal import Glibc
public import SystemPackage
internal import WebAccess

/// The key that a server asks for: given to one host, never shown, never stored.
public struct RemoteKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// Longest file that is taken for a key's.
    private static let longest = 16384
    /// The host that `$OPENAI_API_KEY` is for, and no other.
    static let openAIHost = "api.openai.com"

    let secret: String
    /// Where it was found: `--api-key-file FILE`, `$DOCKET_API_KEY`.
    public let origin: String

    /// Not the key.
    public var description: String { "key of \(origin)" }
    /// Not the key.
    public var debugDescription: String { description }
    /// Not the key.
    public var customMirror: Mirror { Mirror(self, children: ["origin": origin]) }

    /// Takes a key.
    ///
    /// - Parameters:
    ///   - secret: The key; white space around it is left out.
    ///   - origin: Where it was found, for messages.
    /// - Throws: ``RemoteFault/badKey(_:)`` when it is empty or could break out of a header field.
    public init(_ secret: String, origin: String) throws(RemoteFault) {
        var secret = secret[...]
        while secret.last?.isWhitespace == true { secret.removeLast() }
        while secret.first?.isWhitespace == true { secret.removeFirst() }
        guard !secret.isEmpty, secret.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .badKey(origin)
        }
        self.secret = String(secret)
        self.origin = origin
    }

    /// Finds the key for a server: the file that is named, else `$DOCKET_API_KEY`, else the file that `$DOCKET_API_KEY_FILE` names, else,
    /// for OpenAI's own host alone, `$OPENAI_API_KEY`.
    ///
    /// - Parameters:
    ///   - address: The server.
    ///   - file: The file that a person names.
    ///   - environment: The process's environment.
    /// - Returns: The key; nil where there is none.
    /// - Throws: ``RemoteFault`` for a key that cannot be used: another one is not taken in its place.
    public static func find(
        for address: RemoteAddress,
        file: FilePath?,
        environment: [String: String]
    ) throws(RemoteFault) -> RemoteKey? {
        if let file { return try RemoteKey(file: file, origin: "--api-key-file \(file)") }
        if let text = environment["DOCKET_API_KEY"], !text.isEmpty {
            return try RemoteKey(text, origin: "$DOCKET_API_KEY")
        }
        if let path = environment["DOCKET_API_KEY_FILE"], !path.isEmpty {
            return try RemoteKey(file: FilePath(path), origin: "$DOCKET_API_KEY_FILE")
        }
        // Other programs' keys go to those that they are for.
        guard address.host == openAIHost, address.scheme == "https",
            let text = environment["OPENAI_API_KEY"], !text.isEmpty
        else { return nil }
        return try RemoteKey(text, origin: "$OPENAI_API_KEY")
    }

    /// Reads a file, or a pipe that another program writes the key into.
    private static func read(_ descriptor: FileDescriptor) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while bytes.count < longest {
            let count = try unsafe piece.withUnsafeMutableBytes {
                try unsafe descriptor.read(into: $0)
            }
            if count == 0 { break }
            bytes += piece[..<count]
        }
        return bytes
    }

    private init(file: FilePath, origin: String) throws(RemoteFault) {
        let bytes: [UInt8]
        do {
            let descriptor = try FileDescriptor.open(file, .readOnly, options: .closeOnExec)
            defer { try? descriptor.close() }
            var status = stat()
            guard unsafe fstat(descriptor.rawValue, &status) == 0 else {
                throw Errno(rawValue: errno)
            }
            // A key that others can read is theirs too. One that somebody else put there (a secret of a container) is theirs to guard.
            let mode = status.st_mode & 0o777
            guard mode & 0o077 == 0 || status.st_uid != geteuid() else {
                throw RemoteFault.exposedKey(file, mode: String(mode, radix: 8))
            }
            bytes = try Self.read(descriptor)
        } catch {
            if let error = error as? RemoteFault { throw error }
            throw .unreadableKey(file, error as? Errno ?? .ioError)
        }
        // One line, as the programs that write keys leave it.
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .badKey(origin) }
        try self.init(text, origin: origin)
    }
}
