internal import Crypto
internal import Glibc
public import SystemPackage

/// A found file, opened, hashed and held open until it is let go.
///
/// The hash is of the bytes that are read later through ``descriptor``, as far as a system without
/// frozen files can promise: the descriptor stays on the same file when its path is renamed or
/// replaced, and its stamp was the same before and after hashing. Someone may still write into the
/// very same file afterwards. Who has finished reading asks ``isUnchanged()``, and throws the result
/// away when it is not; what this cannot see is a write within one tick of the file system's clock,
/// which is why a stamp that is not trustworthy makes the next run hash the file again.
public final class DocumentFile: Sendable {
    /// Open for reading until this object is let go.
    ///
    /// Use `pread`: the offset is shared.
    public let descriptor: FileDescriptor
    /// The stamp before and after hashing.
    public let stamp: FileStamp
    /// When the file was opened, before its first byte was read, in nanoseconds since 1970.
    ///
    /// This is the moment to ask ``FileStamp/isTrustworthy(seenAt:)`` about: a later one would miss
    /// what was written between.
    public let seenAt: Int64
    /// SHA-256 of the bytes in lower-case hexadecimal.
    public let sha256: String
    /// Size in bytes.
    public var byteCount: Int { stamp.size }
    /// What the first bytes say it is.
    public let kind: DocumentKind
    /// What a file of unknown kind seems to be.
    public let foreignContent: ForeignContent?

    /// Opens and hashes a file.
    ///
    /// - Parameters:
    ///   - path: the path, relative to the folder.
    ///   - folder: the folder.
    ///   - byteLimit: the largest size that is read.
    ///   - expected: the stamp that the file had when it was found; nil when any will do.
    /// - Throws: ``DocumentFileError`` when the file is not there, is no longer what was found, or
    ///   cannot be read.
    public init(
        _ path: [UInt8],
        in folder: OpenFolder,
        byteLimit: Int,
        expected: FileStamp? = nil
    ) throws(DocumentFileError) {
        // Opening a device can have effects of its own, so it is looked at first; opening a pipe
        // would wait for a writer but for O_NONBLOCK, should it have become one in between.
        let before = try Self.orReason { () throws(Errno) in try folder.status(of: path) }
        if let special = SpecialFileKind(mode: before.st_mode) { throw .notRegular(special) }
        let flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY
        let opened = try Self.orReason { () throws(Errno) in try folder.open(path, flags: flags) }
        let contents: Contents
        do {
            contents = try Self.read(opened, byteLimit: byteLimit, expected: expected)
        } catch {
            close(opened)
            throw error
        }
        descriptor = FileDescriptor(rawValue: opened)
        stamp = contents.stamp
        seenAt = contents.seenAt
        sha256 = contents.sha256
        kind = DocumentKind.sniff(contents.prefix, byteCount: contents.stamp.size)
        foreignContent = kind == .unknown ? ForeignContent.sniff(contents.prefix) : nil
    }

    deinit { close(descriptor.rawValue) }

    /// Whether the open file still has the stamp that it was hashed with.
    public func isUnchanged() -> Bool { isUnchanged(since: stamp) }

    /// Whether the open file has a stamp now.
    ///
    /// - Parameter earlier: the stamp.
    /// - Returns: true when it is the same; false as well when the system would not say.
    public func isUnchanged(since earlier: FileStamp) -> Bool {
        var status = stat()
        return unsafe fstat(descriptor.rawValue, &status) == 0 && FileStamp(status) == earlier
    }

    // MARK: Reading

    private struct Contents {
        var stamp: FileStamp
        var seenAt: Int64
        var sha256: String
        var prefix: [UInt8]
    }

    private static func read(
        _ descriptor: Int32,
        byteLimit: Int,
        expected: FileStamp?
    ) throws(DocumentFileError) -> Contents {
        let seenAt = FileStamp.now()
        let stamp = try currentStamp(of: descriptor)
        if let expected, expected != stamp { throw .changed(stamp) }
        guard stamp.size <= byteLimit else {
            throw .tooLarge(byteCount: stamp.size, limit: byteLimit)
        }
        // One byte more than the file has room for shows whether it has grown.
        var block = [UInt8](repeating: 0, count: min(stamp.size + 1, 1 << 20))
        var prefix: [UInt8] = []
        var hash = SHA256()
        var offset = 0
        while offset <= stamp.size {
            let count = unsafe block.withUnsafeMutableBytes { bytes -> Int in
                guard let base = bytes.baseAddress else { return 0 }
                let count = unsafe pread(descriptor, base, bytes.count, off_t(offset))
                if count > 0 {
                    unsafe hash.update(
                        bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[..<count])
                    )
                }
                return count
            }
            if count == 0 { break }
            guard count > 0 else {
                let error = Errno(rawValue: errno)
                if error == .interrupted { continue }
                throw .unreadable(error)
            }
            if prefix.count < DocumentKind.prefixLength {
                prefix += block.prefix(min(count, DocumentKind.prefixLength - prefix.count))
            }
            offset += count
        }
        let after = try currentStamp(of: descriptor)
        guard offset == stamp.size, after == stamp else { throw .changed(after) }
        return Contents(
            stamp: stamp,
            seenAt: seenAt,
            sha256: hash.finalize().hexadecimal,
            prefix: prefix
        )
    }

    private static func currentStamp(
        of descriptor: Int32
    ) throws(DocumentFileError) -> FileStamp {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw .unreadable(Errno(rawValue: errno))
        }
        if let special = SpecialFileKind(mode: status.st_mode) { throw .notRegular(special) }
        return FileStamp(status)
    }

    private static func orReason<Result>(
        _ body: () throws(Errno) -> Result
    ) throws(DocumentFileError) -> Result {
        do {
            return try body()
        } catch .noSuchFileOrDirectory, .notDirectory {
            throw .vanished
        } catch {
            throw .unreadable(error)
        }
    }
}

/// Why a found file was not opened, or not kept.
public enum DocumentFileError: Error, Hashable, Sendable {
    /// It is not there any more.
    case vanished
    /// It is no regular file any more.
    case notRegular(SpecialFileKind)
    /// It is larger than the limit; nothing was read.
    case tooLarge(byteCount: Int, limit: Int)
    /// It is not the file that was found, or was written while it was read; with its present stamp.
    case changed(FileStamp)
    /// The system would not open or read it.
    case unreadable(Errno)
}
