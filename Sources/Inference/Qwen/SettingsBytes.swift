internal import SystemPackage
internal import Tensors

/// Small files of settings, whole.
enum SettingsBytes {
    /// The most bytes that are read; published files have a few thousand.
    static let longest = 16 << 20

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - limit: The most bytes that it may have.
    /// - Returns: Its bytes, or nil when there is none.
    /// - Throws: ``QwenFault/unreadable(file:errno:)`` or ``QwenFault/fileTooLong(file:byteCount:limit:)``.
    static func read(
        _ path: FilePath,
        limit: Int = longest
    ) throws(QwenFault) -> [UInt8]? {
        let file: MappedFile
        do {
            file = try MappedFile(path)
        } catch .noSuchFileOrDirectory {
            return nil
        } catch {
            throw .unreadable(file: path, errno: error)
        }
        guard file.count <= limit else {
            throw .fileTooLong(file: path, byteCount: file.count, limit: limit)
        }
        return unsafe Array(file.bytes)
    }
}
