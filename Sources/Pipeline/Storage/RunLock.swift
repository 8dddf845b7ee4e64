import Glibc
public import SystemPackage

/// The right to run pipelines on a database: at most one process has it.
///
/// A lock on `FILE.lock` beside the database, released by the kernel when its holder dies. It is not SQLite's lock,
/// so that others may read, and write corrections, meanwhile.
public final class RunLock: Sendable {
    private let descriptor: FileDescriptor
    /// The lock file; it stays when the lock is released, since removing it would let two processes in.
    public let path: String

    private init(descriptor: FileDescriptor, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit {
        // Closing releases the lock; nothing can be done about an error.
        try? descriptor.close()
    }

    /// Takes the lock, or says who has it; held until the object goes.
    ///
    /// - Parameters:
    ///   - databasePath: the database's file, which need not be there yet.
    ///   - pipeline: the name that others are told.
    /// - Returns: the lock.
    /// - Throws: ``RunLockError``.
    public static func acquire(
        databasePath: String,
        pipeline: String
    ) throws(RunLockError) -> RunLock {
        let path = resolved(databasePath) + ".lock"
        let descriptor: FileDescriptor
        do {
            // Closed on execution: a worker that outlives its run must not keep the lock.
            descriptor = try FileDescriptor.open(
                FilePath(path),
                .readWrite,
                options: [.create, .closeOnExec, .noFollow],
                permissions: [.ownerRead, .ownerWrite]
            )
        } catch {
            throw .cannotLock(path: path, (error as? Errno) ?? .ioError)
        }
        guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            let error = Errno(rawValue: errno)
            let (holder, name) = holder(descriptor)
            try? descriptor.close()
            if error == .wouldBlock || error == .resourceTemporarilyUnavailable {
                throw .held(by: holder, pipeline: name)
            }
            throw .cannotLock(path: path, error)
        }
        _ = fchmod(descriptor.rawValue, 0o600)
        // Only a courtesy to whoever finds it locked: a full disk must not matter here.
        _ = ftruncate(descriptor.rawValue, 0)
        _ = try? descriptor.writeAll(toAbsoluteOffset: 0, Array("\(getpid())\n\(pipeline)\n".utf8))
        return RunLock(descriptor: descriptor, path: path)
    }

    /// The process that holds the database now, without taking the lock even for a moment.
    ///
    /// - Parameter databasePath: the database's file.
    /// - Returns: its number; nil when none holds it, or the system does not tell.
    public static func holdingProcess(databasePath: String) -> Int32? {
        guard
            let descriptor = try? FileDescriptor.open(
                FilePath(resolved(databasePath) + ".lock"),
                .readOnly,
                options: [.closeOnExec, .noFollow, .nonBlocking]
            )
        else { return nil }
        defer { try? descriptor.close() }
        var status = stat()
        guard unsafe fstat(descriptor.rawValue, &status) == 0,
            let process = holder(descriptor).0,
            let file = unsafe fopen("/proc/locks", "re")
        else { return nil }
        defer { unsafe fclose(file) }
        // `1: FLOCK  ADVISORY  WRITE 4711 fd:01:131075 0 EOF`
        var line = [CChar](repeating: 0, count: 256)
        while unsafe fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
            let words = text.split(whereSeparator: \.isWhitespace)
            guard words.count >= 6, words[1] == "FLOCK", words[4] == "\(process)",
                words[5].split(separator: ":").last == "\(status.st_ino)"
            else { continue }
            return process
        }
        return nil
    }

    private static func holder(_ descriptor: FileDescriptor) -> (Int32?, String?) {
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe (try? descriptor.read(fromAbsoluteOffset: 0, into: buffer)) ?? 0
        }
        let lines = String(decoding: bytes.prefix(count), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
        return (lines.first.flatMap { Int32($0) }, lines.count > 1 ? String(lines[1]) : nil)
    }

    /// One file has one lock, by whatever links it is reached.
    private static func resolved(_ path: String) -> String {
        if let real = realPath(path) { return real }
        let file = FilePath(path)
        let folder = file.removingLastComponent().string
        guard let name = file.lastComponent, let real = realPath(folder.isEmpty ? "." : folder)
        else {
            return path
        }
        return FilePath(real).appending(name).string
    }

    private static func realPath(_ path: String) -> String? {
        guard let real = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }
}

/// Why the right to run could not be had.
public enum RunLockError: Error, Hashable, Sendable {
    /// Another process has it; its number and pipeline where it wrote them down.
    case held(by: Int32?, pipeline: String?)
    /// The lock file could not be made.
    case cannotLock(path: String, Errno)
}
