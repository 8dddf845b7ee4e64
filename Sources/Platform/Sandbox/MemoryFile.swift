internal import CSandbox
public import SystemPackage

/// Files that exist only in memory, to be handed to another process.
public enum MemoryFile {
    /// Makes a file in memory, open for reading and writing.
    ///
    /// A worker is refused this: it is handed the files that it writes.
    ///
    /// - Parameters:
    ///   - name: Shown in `/proc/PID/fd`, for a person.
    ///   - size: Its size in bytes for good, or `nil` for an empty file that grows. Whoever maps a
    ///     file that someone else can shorten dies of `SIGBUS`.
    /// - Returns: The descriptor; the caller closes it.
    /// - Throws: `Errno`, mostly `.tooManyOpenFiles` or `.noMemory`.
    public static func make(name: String, size: Int? = nil) throws(Errno) -> FileDescriptor {
        let result = unsafe name.withCString { name in
            unsafe sandbox_memory_file(name, Int64(size ?? -1))
        }
        guard result >= 0 else { throw Errno(rawValue: -result) }
        return FileDescriptor(rawValue: result)
    }
}
