public import SystemPackage

/// A regular file that was found.
public struct FoundFile: Hashable, Sendable {
    /// Path relative to the folder that is scanned; any bytes but NUL.
    public var path: [UInt8]
    /// What the file system said about it when it was found.
    public var stamp: FileStamp

    /// Creates a found file.
    public init(path: [UInt8], stamp: FileStamp) {
        self.path = path
        self.stamp = stamp
    }
}

/// What else than a regular file a path may lead to.
public enum SpecialFileKind: String, Codable, Sendable, CaseIterable {
    /// A directory; met only where a file became one between finding and opening.
    case folder
    /// A named pipe.
    case pipe
    /// A socket.
    case socket
    /// A character device.
    case characterDevice = "character device"
    /// A block device.
    case blockDevice = "block device"
    /// Anything else.
    case other
}

/// What a ``DirectoryScanner`` met; paths are relative to its folder.
public enum ScanEvent: Hashable, Sendable {
    /// A regular file, or a link to one, that matches.
    case file(FoundFile)
    /// A path that matches but is no regular file; it was not opened.
    case notRegular(path: [UInt8], SpecialFileKind)
    /// A link that matches and leads nowhere, or only to itself.
    case danglingLink(path: [UInt8])
    /// A path that matches but that the file system would say nothing about.
    case unreadableFile(path: [UInt8], Errno)
    /// A folder that could not be listed, or not to its end: what lies in it is unknown, not gone.
    ///
    /// The path is empty for the scanned folder itself.
    case unreadableFolder(path: [UInt8], Errno)
    /// A folder that was met again inside itself, through a link or a mount; it was not entered again.
    case loop(path: [UInt8])
    /// A folder nested deeper than the scanner goes; it was not entered.
    case tooDeep(path: [UInt8])

    /// The path, relative to the scanned folder.
    public var path: [UInt8] {
        switch self {
        case .file(let file): file.path
        case .notRegular(let path, _), .danglingLink(let path), .unreadableFile(let path, _),
            .unreadableFolder(let path, _), .loop(let path), .tooDeep(let path):
            path
        }
    }

    /// Whether the path is one that was looked for, so that a run owes it an outcome; otherwise it
    /// is a folder.
    public var isMatch: Bool {
        switch self {
        case .file, .notRegular, .danglingLink, .unreadableFile: true
        case .unreadableFolder, .loop, .tooDeep: false
        }
    }
}

/// Why a folder cannot be scanned at all.
public enum ScanError: Error, Hashable, Sendable {
    /// There is nothing at this path.
    case missingFolder(FilePath)
    /// What is at this path is not a folder.
    case notAFolder(FilePath)
    /// The folder could not be opened.
    case unreadableFolder(FilePath, Errno)
}
