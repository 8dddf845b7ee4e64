import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// A file that appears whole or not at all: written beside its place, then moved into it.
///
/// A new file is readable by its owner only; one that is replaced keeps its permissions. What is no
/// regular file (standard output, a pipe, a device) is written as it comes.
public struct AtomicFile: ~Copyable {
    /// The path as it was named; `-` for standard output.
    public let path: String
    private let descriptor: FileDescriptor
    /// The file beside, and where it belongs; nil when written directly.
    private let move: (from: FilePath, to: FilePath)?
    private let isOwned: Bool
    private var buffer: [UInt8] = []
    private var isDone = false

    private static let bufferSize = 128 * 1024

    /// Opens an output.
    ///
    /// - Parameter path: where it goes; nil or `-` for standard output.
    /// - Throws: ``OutputError``, before anything is changed.
    public init(_ path: String?) throws(OutputError) {
        let named = path ?? "-"
        self.path = named
        guard named != "-" else {
            descriptor = .standardOutput
            move = nil
            isOwned = false
            return
        }
        do {
            var target = FilePath(named)
            var permissions: FilePermissions = [.ownerReadWrite]
            switch AtomicFile.kind(of: named) {
            case .directory: throw OutputError.isDirectory(path: named)
            case .special:
                descriptor = try .open(target, .writeOnly, options: .closeOnExec)
                move = nil
                isOwned = true
                return
            case .regular(let existing):
                permissions = existing
                // A symbolic link stays; what it leads to is replaced.
                if let resolved = AtomicFile.resolved(named) { target = resolved }
            case .absent: break
            }
            guard target.lastComponent != nil else { throw OutputError.isDirectory(path: named) }
            let folder = target.removingLastComponent()
            let beside = (folder.isEmpty ? "." : folder)
                .appending(".docket-\(getpid())-\(UInt64.random(in: 0 ... .max)).tmp")
            descriptor = try .open(
                beside,
                .writeOnly,
                options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite]
            )
            move = (beside, target)
            isOwned = true
            if permissions != [.ownerReadWrite] {
                _ = fchmod(descriptor.rawValue, permissions.rawValue)
            }
        } catch {
            throw OutputError(error, path: named)
        }
    }

    deinit {
        guard isOwned, !isDone else { return }
        try? descriptor.close()
        if let move { AtomicFile.remove(move.from) }
    }

    /// Adds bytes.
    ///
    /// - Throws: ``OutputError``; the file then never appears.
    public mutating func write(_ bytes: some Sequence<UInt8>) throws(OutputError) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= AtomicFile.bufferSize { try flush() }
    }

    /// Writes out what is left, makes it last, and moves the file to its place.
    ///
    /// - Throws: ``OutputError``; what stood in its place before is then still there.
    public consuming func commit() throws(OutputError) {
        try flush()
        guard isOwned else { return }
        do {
            guard let move else {
                isDone = true
                try descriptor.close()
                return
            }
            guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
            isDone = true
            do {
                // A network file system may tell of a full disk only when the file is closed.
                try descriptor.close()
                try AtomicFile.rename(move.from, to: move.to)
            } catch {
                AtomicFile.remove(move.from)
                throw error
            }
            AtomicFile.syncFolder(of: move.to)
        } catch {
            throw OutputError(error, path: path)
        }
    }

    private mutating func flush() throws(OutputError) {
        do {
            try unsafe buffer.withUnsafeBytes { bytes in
                _ = try unsafe descriptor.writeAll(bytes)
            }
            buffer.removeAll(keepingCapacity: true)
        } catch {
            throw OutputError(error, path: path)
        }
    }

    // MARK: The system

    private enum Kind {
        case absent
        case regular(FilePermissions)
        case directory
        case special
    }

    private static func kind(of path: String) -> Kind {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            return path.hasSuffix("/") ? .directory : .absent
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .directory
        case S_IFREG: return .regular(FilePermissions(rawValue: status.st_mode & 0o777))
        default: return .special
        }
    }

    private static func resolved(_ path: String) -> FilePath? {
        guard let pointer = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(pointer) }
        return unsafe FilePath(platformString: pointer)
    }

    private static func remove(_ file: FilePath) {
        _ = unsafe file.withPlatformString { unsafe unlink($0) }
    }

    private static func rename(_ from: FilePath, to target: FilePath) throws {
        let result = unsafe from.withPlatformString { source in
            unsafe target.withPlatformString { destination in
                unsafe Glibc.rename(source, destination)
            }
        }
        guard result == 0 else { throw Errno(rawValue: errno) }
    }

    /// Makes the move itself last; some file systems cannot, and then there is nothing to gain.
    private static func syncFolder(of file: FilePath) {
        let folder = file.removingLastComponent()
        guard
            let descriptor = try? FileDescriptor.open(
                folder.isEmpty ? "." : folder,
                .readOnly,
                options: [.directory, .closeOnExec]
            )
        else { return }
        _ = fsync(descriptor.rawValue)
        try? descriptor.close()
    }
}

extension OutputError {
    fileprivate init(_ error: any Error, path: String) {
        switch error {
        case let error as OutputError: self = error
        case Errno.noSpace, Errno.diskQuotaExceeded: self = .diskFull(path: path)
        case Errno.readOnlyFileSystem: self = .readOnly(path: path)
        case Errno.permissionDenied, Errno.notPermitted: self = .notPermitted(path: path)
        case Errno.isDirectory: self = .isDirectory(path: path)
        case Errno.noSuchFileOrDirectory, Errno.notDirectory: self = .noFolder(path: path)
        case Errno.brokenPipe: self = .readerGone
        default: self = .failed(path: path, detail: "\(error)")
        }
    }
}
