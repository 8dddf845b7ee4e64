public import SystemPackage

/// Why a file could not be written; nothing of it is there then, and what stood in its place still is.
public enum WriteFault: Error, Equatable, Sendable {
    /// A file of that name is there, and was not to be replaced.
    case exists(FilePath)
    /// The name is that of a folder, or of something else that no file can replace.
    case notAFile(FilePath)
    /// The folder that it should be in is not there.
    case noFolder(FilePath)
    /// The disk has less room than the file needs.
    case notEnoughRoom(FilePath, needed: Int, free: Int)
    /// The table of contents holds a number that is none, or would be longer than any that is read; `byteCount` is its length then.
    case unwritableContents(FilePath, byteCount: Int?)
    /// The system refused; `.noSpace` when the disk became full meanwhile.
    case failed(FilePath, Errno)
}
