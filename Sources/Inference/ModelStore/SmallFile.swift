internal import Glibc
internal import SystemPackage

/// Files small enough to hold whole.
enum SmallFile {
    /// The bytes of a file; nil when it cannot be read or is longer than the limit.
    static func read(_ path: FilePath, limit: Int) -> [UInt8]? {
        // Not blocking, so that a pipe by that name cannot hold us up; it is refused below.
        let descriptor = unsafe path.withPlatformString {
            unsafe open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        }
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_size <= limit
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes {
                unsafe Glibc.read(
                    descriptor,
                    UnsafeMutableRawBufferPointer(rebasing: $0[filled...]).baseAddress,
                    $0.count - filled
                )
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            filled += count
        }
        return bytes
    }
}
