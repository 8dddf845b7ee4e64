internal import Glibc
internal import SystemPackage

/// Reads and writes whole files through open descriptors.
enum FileBytes {
    private static let chunk = 1 << 18

    /// Reads to the end; the offset of a regular file is left alone.
    static func read(_ descriptor: FileDescriptor, limit: Int) throws(PictureError) -> [UInt8] {
        var status = stat()
        guard unsafe fstat(descriptor.rawValue, &status) == 0 else {
            throw .inputOutput(Errno(rawValue: errno))
        }
        let isRegular = status.st_mode & S_IFMT == S_IFREG
        if isRegular, status.st_size > limit { throw .tooManyBytes(limit: limit) }
        var bytes: [UInt8] = []
        if isRegular { bytes.reserveCapacity(Int(status.st_size) + 1) }
        var buffer = [UInt8](repeating: 0, count: chunk)
        while true {
            let count: Int
            do {
                count = unsafe try buffer.withUnsafeMutableBytes { room in
                    isRegular
                        ? unsafe try descriptor.read(
                            fromAbsoluteOffset: Int64(bytes.count),
                            into: room
                        )
                        : unsafe try descriptor.read(into: room)
                }
            } catch let error as Errno {
                throw .inputOutput(error)
            } catch {
                throw .inputOutput(.ioError)
            }
            if count == 0 { return bytes }
            guard bytes.count + count <= limit else { throw .tooManyBytes(limit: limit) }
            bytes.append(contentsOf: buffer[..<count])
        }
    }

    /// Writes all bytes at the descriptor's offset.
    static func write(_ bytes: [UInt8], to descriptor: FileDescriptor) throws(PictureError) {
        do {
            try descriptor.writeAll(bytes)
        } catch let error as Errno {
            throw .inputOutput(error)
        } catch {
            throw .inputOutput(.ioError)
        }
    }
}
