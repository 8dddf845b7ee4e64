internal import Glibc
internal import SystemPackage

/// A file that grows as it is received, with the hashes of what it holds.
final class PartialFile {
    let path: FilePath
    /// Bytes that it holds.
    private(set) var count = 0
    private let descriptor: Int32
    /// The length that git's hash begins with; nil where that hash is not wanted, as it costs as much as the other.
    private let gitCount: Int?
    private var digest: ContentDigest

    /// Opens a file, or makes it, and hashes what it holds already.
    ///
    /// - Parameters:
    ///   - path: Where it is; a link by that name is refused.
    ///   - expectedCount: The length that it will have; a longer file is begun anew.
    ///   - namesForGit: Whether git's name of the content is wanted too.
    /// - Throws: ``ModelStoreFault/disk(_:_:)``; ``ModelStoreFault/cancelled`` while hashing.
    init(
        _ path: FilePath,
        expectedCount: Int?,
        namesForGit: Bool = false
    ) throws(ModelStoreFault) {
        self.path = path
        gitCount = namesForGit ? expectedCount : nil
        digest = ContentDigest(byteCount: gitCount)
        descriptor = unsafe path.withPlatformString {
            unsafe open($0, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        }
        guard descriptor >= 0 else { throw DiskFault.last(path) }
        try rehash()
        if let expectedCount, count > expectedCount { try restart() }
    }

    deinit { close(descriptor) }

    /// Writes bytes behind those that are there.
    func append(_ bytes: UnsafeRawBufferPointer) throws(ModelStoreFault) {
        var rest = unsafe bytes
        while unsafe !rest.isEmpty {
            let written = unsafe write(descriptor, rest.baseAddress, rest.count)
            if written < 0 {
                if errno == EINTR { continue }
                let fault = DiskFault.last(path)
                // What was written of these bytes is not in the hash: it must not be in the file.
                ftruncate(descriptor, off_t(count))
                lseek(descriptor, off_t(count), SEEK_SET)
                throw fault
            }
            unsafe digest.update(UnsafeRawBufferPointer(rebasing: rest[..<written]))
            count += written
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }

    /// Throws away what it holds.
    func restart() throws(ModelStoreFault) {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw DiskFault.last(path)
        }
        count = 0
        digest = ContentDigest(byteCount: gitCount)
    }

    /// The hashes of what it holds.
    func result() -> ContentDigest.Result { digest.result() }

    /// Brings its bytes to the disk and gives it its name.
    func finish(as name: FilePath) throws(ModelStoreFault) {
        guard fsync(descriptor) == 0 else { throw DiskFault.last(path) }
        try DiskFault.check(name, DiskFault.rename(path, name))
    }

    private func rehash() throws(ModelStoreFault) {
        try unsafe DiskFault.read(descriptor, path) { bytes in
            unsafe digest.update(bytes)
            count += bytes.count
        }
    }

    /// The hashes of a file as it is.
    static func digest(
        of path: FilePath,
        gitCount: Int? = nil
    ) throws(ModelStoreFault) -> ContentDigest.Result {
        let descriptor = unsafe path.withPlatformString { unsafe open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw DiskFault.last(path) }
        defer { close(descriptor) }
        var digest = ContentDigest(byteCount: gitCount)
        try unsafe DiskFault.read(descriptor, path) { unsafe digest.update($0) }
        return digest.result()
    }
}
