public import FoundationEssentials
public import SystemPackage

/// Where the cache of this user lives, and how much it may hold.
public struct CacheLocation: Sendable, Hashable {
    /// The folder.
    public var folder: FilePath
    /// Bytes that the entries may take together; at 0 there is no cache.
    public var byteLimit: Int

    /// What the entries may take unless told otherwise.
    public static let usualByteLimit = 10_000_000_000

    /// Names a place.
    public init(folder: FilePath, byteLimit: Int = usualByteLimit) {
        self.folder = folder
        self.byteLimit = byteLimit
    }

    /// Finds the place by the environment.
    ///
    /// - Parameters:
    ///   - environment: `DOCKET_CACHE` is the folder; without it `XDG_CACHE_HOME/docket`, without that `HOME/.cache/docket`.
    ///   - byteLimit: Bytes that the entries may take together.
    public init(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        byteLimit: Int = usualByteLimit
    ) {
        func value(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        self.byteLimit = byteLimit
        if let cache = value("DOCKET_CACHE") {
            folder = FilePath(cache)
        } else if let caches = value("XDG_CACHE_HOME"), FilePath(caches).isAbsolute {
            folder = FilePath(caches).appending("docket")
        } else {
            folder = FilePath(value("HOME") ?? "/root").appending(".cache").appending("docket")
        }
    }
}
