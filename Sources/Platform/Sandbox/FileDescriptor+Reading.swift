internal import Glibc
public import SystemPackage

extension FileDescriptor {
    /// The size of the file; 0 where it has none.
    public var byteCount: Int { FileSize.bytes(of: rawValue) }

    /// The bytes of a file from its start, as many as the limit allows.
    ///
    /// - Parameter limit: Most bytes to return.
    /// - Returns: The bytes.
    /// - Throws: `Errno`.
    public func readAll(limit: Int) throws -> [UInt8] {
        try read(from: 0, limit: limit)
    }

    /// The last bytes of a file, as many as the limit allows.
    ///
    /// - Parameter limit: Most bytes to return.
    /// - Returns: The bytes.
    /// - Throws: `Errno`.
    public func readEnd(limit: Int) throws -> [UInt8] {
        try read(from: max(0, byteCount - limit), limit: limit)
    }

    private func read(from start: Int, limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < limit {
            let count = try unsafe chunk.withUnsafeMutableBytes { buffer in
                try unsafe read(
                    fromAbsoluteOffset: Int64(start + bytes.count),
                    into: UnsafeMutableRawBufferPointer(
                        rebasing: buffer[..<min(buffer.count, limit - bytes.count)]
                    )
                )
            }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return bytes
    }
}

/// `stat` by its C name: in an extension of `FileDescriptor` the word means a method of it.
private enum FileSize {
    static func bytes(of descriptor: Int32) -> Int {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }
}
