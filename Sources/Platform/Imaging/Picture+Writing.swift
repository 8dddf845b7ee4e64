internal import CPictures
public import SystemPackage

extension Picture {
    /// The picture as a PNG file in memory.
    ///
    /// - Parameter level: How hard to compress, 0 to 9; 1 is three times as fast as 6 and a little larger.
    /// - Returns: The bytes of the file.
    /// - Throws: ``PictureError/outOfMemory``.
    public func pngBytes(level: Int = 1) throws(PictureError) -> [UInt8] {
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        let failed = unsafe pictures_png(pix, Int32(min(max(level, 0), 9)), &bytes, &count)
        defer { unsafe pictures_free(bytes) }
        guard failed == 0, let bytes = unsafe bytes else { throw .outOfMemory }
        return unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
    }

    /// Writes the picture as PNG at the descriptor's offset; no file is opened.
    ///
    /// - Parameters:
    ///   - descriptor: Open for writing; it stays open.
    ///   - level: How hard to compress, 0 to 9.
    /// - Throws: ``PictureError/outOfMemory``, or `inputOutput` when writing fails.
    public func writePNG(to descriptor: FileDescriptor, level: Int = 1) throws(PictureError) {
        try FileBytes.write(pngBytes(level: level), to: descriptor)
    }
}
