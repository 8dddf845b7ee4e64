/// Why an output could not be written.
public enum OutputError: Error, Hashable, Sendable {
    /// There is no room left, or a quota is used up.
    case diskFull(path: String)
    /// The file system can only be read.
    case readOnly(path: String)
    /// The folder or file may not be written by this user.
    case notPermitted(path: String)
    /// The path is a folder.
    case isDirectory(path: String)
    /// The folder of the path does not exist.
    case noFolder(path: String)
    /// Whoever read the output has stopped reading, as `head` does.
    case readerGone
    /// Anything else; the system's words.
    case failed(path: String, detail: String)
}
