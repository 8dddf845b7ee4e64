import FeatureCache
import FoundationEssentials
import SystemPackage

extension Fault {
    /// The words for a cache that cannot be looked into or cleared out.
    init(cache fault: CacheFault) {
        switch fault {
        case .unusable(let path, let errno):
            self.init(
                .cannotCreate,
                "\(path): the cache cannot be used (\(errno)); check the folder and its permissions, or name another "
                    + "with DOCKET_CACHE"
            )
        case .foreign(let path):
            self.init(
                .cannotCreate,
                "\(path): belongs to another user, whose files are not trusted; name another folder with DOCKET_CACHE"
            )
        case .full(let path):
            self.init(.cannotCreate, "\(path): no room left on the disk; make room and try again")
        case .busy(let path):
            self.init(.tryLater, "\(path): another program is writing to it; try again later")
        case .failed(let path, let code, let message):
            self.init(
                .cannotCreate,
                "\(path): cannot be used (SQLite says \(code): \(message)); remove the folder, which loses nothing but time"
            )
        }
    }
}

extension CacheLocation {
    /// The cache of whoever runs the command, as large as `DOCKET_CACHE_LIMIT` says.
    ///
    /// - Parameter environment: The variables that say so.
    /// - Returns: The place.
    /// - Throws: ``Fault`` of status 64 where the variable is no size.
    static func ofUser(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(Fault) -> CacheLocation {
        guard let text = environment["DOCKET_CACHE_LIMIT"], !text.isEmpty else {
            return CacheLocation(environment: environment)
        }
        guard let size = ByteSize(argument: text) else {
            throw Fault(
                .usage,
                "DOCKET_CACHE_LIMIT is \(Terminal.plain(text)); expected a size such as 20GB, or 0 for no cache"
            )
        }
        return CacheLocation(environment: environment, byteLimit: size.bytes)
    }
}

extension CacheNote {
    /// What a person is told: what happened, and what it means for them.
    var words: String {
        switch self {
        case .unusable(let path, let errno):
            "\(path): the cache cannot be used (\(errno)), so every picture is computed; check the folder, or name another "
                + "with DOCKET_CACHE"
        case .foreign(let path):
            "\(path): the cache belongs to another user and is not used; name another folder with DOCKET_CACHE"
        case .full(let path):
            "\(path): no room left on the disk, so features of pictures are not kept; `docket cache prune --keep 1GB` makes room"
        case .damagedEntry(let path):
            "\(path): was damaged and is forgotten; the picture is computed again"
        case .damagedIndex(let path, let kept):
            "\(path): the cache's index was damaged and is made anew; \(kept) entries are kept"
        case .otherVersion(let path, let kept):
            "\(path): the cache's index is of another version of Docket and is made anew; \(kept) entries are kept"
        case .busy(let path):
            "\(path): another program keeps the cache to itself; what it does not give is computed"
        case .failed(let path, let code, let message):
            "\(path): the cache cannot be used (SQLite says \(code): \(message)), so every picture is computed; remove the "
                + "folder, which loses nothing but time"
        }
    }
}
