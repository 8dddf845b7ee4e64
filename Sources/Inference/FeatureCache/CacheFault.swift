public import SystemPackage

/// Why a cache cannot be looked into or cleared out.
public enum CacheFault: Error, Hashable, Sendable {
    /// The system refuses.
    case unusable(FilePath, Errno)
    /// The folder is another user's.
    case foreign(FilePath)
    /// No room is left for the index.
    case full(FilePath)
    /// Another process keeps the index to itself.
    case busy(FilePath)
    /// SQLite says something else.
    case failed(FilePath, code: Int, message: String)
}

extension CacheFault {
    init(_ fault: IndexFault, _ folder: CacheFolder) {
        self =
            switch fault {
            case .full: .full(folder.root)
            case .busy: .busy(folder.index)
            case .system(let errno): .unusable(folder.root, errno)
            case .other(let code, let message):
                .failed(folder.index, code: code, message: message)
            case .damaged, .otherVersion: .failed(folder.index, code: 11, message: "damaged")
            }
    }
}
