internal import Glibc
public import SystemPackage

/// A file mapped into memory, read-only: its pages come from disk when they are touched and go when memory is short.
///
/// `@unchecked Sendable`: the mapping is never written and is unmapped only when nobody holds this any more.
@safe public final class MappedFile: @unchecked Sendable {
    /// Where it came from, for messages.
    public let path: FilePath
    /// The mapping.
    @unsafe public let bytes: UnsafeRawBufferPointer
    /// Bytes in the file.
    public var count: Int { unsafe bytes.count }

    /// Maps a file.
    ///
    /// - Parameter path: The file.
    /// - Throws: `Errno` of the call that failed; `.invalidArgument` for what is no regular file.
    public init(_ path: FilePath) throws(Errno) {
        // A named pipe would wait for its writer.
        let descriptor = unsafe path.withPlatformString {
            unsafe open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        }
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw Errno(rawValue: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .invalidArgument }
        let count = Int(status.st_size)
        self.path = path
        guard count > 0 else {
            unsafe bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        let mapping = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let mapping = unsafe mapping, unsafe mapping != MAP_FAILED else {
            throw Errno(rawValue: errno)
        }
        unsafe bytes = UnsafeRawBufferPointer(start: mapping, count: count)
    }

    deinit {
        guard let start = unsafe bytes.baseAddress else { return }
        unsafe munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
}
