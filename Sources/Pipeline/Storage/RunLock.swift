public import SystemPackage

/// The right to run pipelines on a database: at most one process has it.
///
/// A lock on `FILE.lock` beside the database, released by the kernel when its holder dies. It is not SQLite's lock,
/// so that others may read, and write corrections, meanwhile.
public final class RunLock: Sendable {
    private let descriptor: FileDescriptor
    /// The lock file.
    public let path: String

    private init(descriptor: FileDescriptor, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Takes the lock, or says who has it.
    public static func acquire(databasePath: String, pipeline: String) throws(RunLockError)
        -> RunLock
    {
        throw .cannotLock(path: databasePath, .noSuchFileOrDirectory)
    }
}

/// Why the right to run could not be had.
public enum RunLockError: Error, Hashable, Sendable {
    /// Another process has it.
    case held(by: Int32?, pipeline: String?)
    /// The lock file could not be made.
    case cannotLock(path: String, Errno)
}
