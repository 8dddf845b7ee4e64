internal import SystemPackage
internal import Tensors

/// Small files of settings, whole.
enum SettingsBytes {
    /// The most bytes that are read; published files have a few thousand.
    static let longest = 16 << 20

    /// Reads a file.
    ///
    /// - Parameter path: The file.
    /// - Returns: Its bytes, or nil when there is none.
    /// - Throws: ``QwenFault/unreadable(file:errno:)`` or ``QwenFault/fileTooLong(file:byteCount:limit:)``.
    static func read(_ path: FilePath) throws(QwenFault) -> [UInt8]? {
        let file: MappedFile
        do {
            file = try MappedFile(path)
        } catch .noSuchFileOrDirectory {
            return nil
        } catch {
            throw .unreadable(file: path, errno: error)
        }
        guard file.count <= longest else {
            throw .fileTooLong(file: path, byteCount: file.count, limit: longest)
        }
        return unsafe Array(file.bytes)
    }
}
