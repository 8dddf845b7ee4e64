internal import Glibc

/// A short digest of a file that is trusted: it tells versions apart and is no defence.
enum FileDigest {
    /// FNV-1a over the file's 64-bit words and its length, as 8 hexadecimal digits.
    ///
    /// - Parameter path: the file.
    /// - Returns: the digest; nil when the file cannot be read.
    static func short(ofFileAt path: String) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        var length: UInt64 = 0
        let buffer = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: 1 << 16)
        defer { unsafe buffer.deallocate() }
        while true {
            unsafe buffer.update(repeating: 0)
            let count = unsafe readFully(descriptor, into: UnsafeMutableRawBufferPointer(buffer))
            guard count >= 0 else { return nil }
            if count == 0 { break }
            length &+= UInt64(count)
            for index in 0..<(count + 7) / 8 {
                let word = unsafe buffer[index]
                hash = (hash ^ word) &* 0x100_0000_01b3
            }
        }
        hash = (hash ^ length) &* 0x100_0000_01b3
        let folded = UInt32(truncatingIfNeeded: hash ^ (hash >> 32))
        let digits = String(folded, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// Fills the buffer as far as the file goes, so that the digest does not depend on how reads are cut.
    private static func readFully(
        _ descriptor: Int32,
        into buffer: UnsafeMutableRawBufferPointer
    ) -> Int {
        var filled = 0
        while filled < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = unsafe read(descriptor, rest.baseAddress, rest.count)
            if count < 0 && errno == EINTR { continue }
            if count < 0 { return -1 }
            if count == 0 { break }
            filled += count
        }
        return filled
    }
}
