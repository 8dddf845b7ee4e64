internal import Glibc
public import SystemPackage

/// A file mapped into memory, read-only: its pages come from disk when they are touched and go when memory is short.
///
/// A file that another program cuts short meanwhile ends this process where it touches what is gone (SIGBUS): the price of mapping.
///
/// `@unchecked Sendable`: the mapping is never written and is unmapped only when nobody holds this any more.
@safe public final class MappedFile: @unchecked Sendable {
    /// Where it came from, for messages.
    public let path: FilePath
    /// The mapping.
    @unsafe public let bytes: UnsafeRawBufferPointer
    /// What is unmapped in the end: ``bytes``, or the pages around them; nothing for a part of another file.
    private let pages: UnsafeRawBufferPointer
    /// The file that this is a part of, which is mapped as long.
    private let whole: MappedFile?
    /// Whether pages that are given back come again from a file.
    private let isBacked: Bool
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
        whole = nil
        isBacked = true
        guard count > 0 else {
            unsafe bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            unsafe pages = unsafe bytes
            return
        }
        let mapping = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let mapping = unsafe mapping, unsafe mapping != MAP_FAILED else {
            throw Errno(rawValue: errno)
        }
        unsafe bytes = UnsafeRawBufferPointer(start: mapping, count: count)
        unsafe pages = unsafe bytes
    }

    /// Holds bytes in memory as if they were a file's, at the end of pages after which nothing may be read: a reader that goes
    /// beyond them crashes, which is what tests want of it.
    ///
    /// - Parameters:
    ///   - contents: The bytes.
    ///   - path: What to call the file.
    /// - Throws: `Errno` when there is no memory.
    public init(guarding contents: [UInt8], as path: FilePath) throws(Errno) {
        let pageSize = Int(getpagesize())
        let length = (contents.count + pageSize - 1) / pageSize * pageSize + pageSize
        let mapping = unsafe mmap(
            nil,
            length,
            PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS,
            -1,
            0
        )
        guard let mapping = unsafe mapping, unsafe mapping != MAP_FAILED else {
            throw Errno(rawValue: errno)
        }
        let start = unsafe mapping + (length - pageSize - contents.count)
        unsafe contents.withUnsafeBytes { source in
            guard let base = source.baseAddress else { return }
            unsafe start.copyMemory(from: base, byteCount: source.count)
        }
        guard unsafe mprotect(mapping + (length - pageSize), pageSize, PROT_NONE) == 0 else {
            let reason = Errno(rawValue: errno)
            unsafe munmap(mapping, length)
            throw reason
        }
        self.path = path
        whole = nil
        isBacked = false
        unsafe bytes = UnsafeRawBufferPointer(start: start, count: contents.count)
        unsafe pages = UnsafeRawBufferPointer(start: mapping, count: length)
    }

    /// Lends a part of a file as a file of its own; what is wrong with it is said of the whole.
    ///
    /// - Parameters:
    ///   - range: Bytes of the file.
    ///   - file: The file.
    public init(_ range: Range<Int>, of file: MappedFile) {
        precondition(range.lowerBound >= 0 && range.upperBound <= file.count)
        path = file.path
        whole = file
        isBacked = false
        unsafe bytes = UnsafeRawBufferPointer(rebasing: file.bytes[range])
        unsafe pages = UnsafeRawBufferPointer(start: nil, count: 0)
    }

    /// Gives back memory of bytes that are not needed for now; they come again from the file when they are read.
    ///
    /// - Parameter range: Bytes of the file; pages that lie in it only partly are kept.
    public func release(_ range: Range<Int>) {
        guard isBacked, let start = unsafe pages.baseAddress else { return }
        let pageSize = Int(getpagesize())
        let first = (max(0, range.lowerBound) + pageSize - 1) / pageSize * pageSize
        let end = min(range.upperBound, count) / pageSize * pageSize
        guard first < end else { return }
        unsafe madvise(UnsafeMutableRawPointer(mutating: start) + first, end - first, MADV_DONTNEED)
    }

    deinit {
        guard let start = unsafe pages.baseAddress else { return }
        unsafe munmap(UnsafeMutableRawPointer(mutating: start), pages.count)
    }
}
