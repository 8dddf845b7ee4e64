import GRDB
import Glibc
import SystemPackage

/// A database's file before it is opened: what can be told, and must be made sure, from outside.
struct DatabaseFile {
    /// The file as the user names it, for messages.
    let path: String
    /// The same for SQLite, which would take a name like `file:x` for an address.
    private let plainPath: String

    init(path: String) {
        self.path = path
        plainPath = path.hasPrefix("/") ? path : "./" + path
    }

    func open(_ mode: Store.Mode) throws -> any DatabaseWriter {
        if mode == .create { try makeFile() }
        try inspect(mayBeEmpty: mode == .create)
        switch mode {
        case .create, .existing:
            guard isWritable(plainPath), isWritable(folder) else {
                throw StoreError.readOnly(path: path)
            }
            try demandOwn()
            let pool = try DatabasePool(
                path: plainPath,
                configuration: configuration(isReader: false)
            )
            try pool.writeWithoutTransaction { db in try Migrations.apply(to: db, path: path) }
            return pool
        case .readOnly:
            let queue = try openForReading()
            try queue.inDatabase { db in try Migrations.demandCurrent(in: db, path: path) }
            return queue
        }
    }

    /// Opens for reading only, leaving nothing behind.
    ///
    /// Where the file may be written, an ordinary connection through which nothing is changed: the last one to close
    /// tidies the write-ahead log away. Elsewhere a read-only one, and when SQLite cannot even make its index of the log
    /// there, one that takes the file as it is, provided that no log is waiting beside it.
    private func openForReading() throws -> DatabaseQueue {
        if isWritable(plainPath), isWritable(folder) {
            return try probed(
                DatabaseQueue(path: plainPath, configuration: configuration(isReader: true))
            )
        }
        var readOnly = configuration(isReader: true)
        readOnly.readonly = true
        do {
            return try probed(DatabaseQueue(path: plainPath, configuration: readOnly))
        } catch let error as DatabaseError
            where error.resultCode == .SQLITE_CANTOPEN || error.resultCode == .SQLITE_READONLY
        {
            guard byteCount(of: plainPath + "-wal") ?? 0 == 0 else {
                throw StoreError.cannotOpen(
                    path: path,
                    detail:
                        "its write-ahead log holds changes, and the folder may not be written to"
                )
            }
            let address = "file:" + percentEncoded(plainPath) + "?immutable=1"
            return try probed(DatabaseQueue(path: address, configuration: readOnly))
        }
    }

    /// Looks before a pool is opened, which writes at once: a database of another program or of a later version is left
    /// as it is.
    private func demandOwn() throws {
        guard byteCount(of: plainPath) ?? 0 > 0 else { return }
        let queue = try DatabaseQueue(
            path: plainPath,
            configuration: configuration(isReader: true)
        )
        try queue.inDatabase { db in try Migrations.demandOwn(db, path: path) }
        try queue.close()
    }

    private func probed(_ queue: DatabaseQueue) throws -> DatabaseQueue {
        _ = try queue.inDatabase { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master")
        }
        return queue
    }

    private func configuration(isReader: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.label = "docket"
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            // Deleted text is overwritten with zeros, not merely unlinked.
            try db.execute(sql: "PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY")
            if !isReader {
                // A committed page may be lost with the power, never half written; the next run reads it again.
                try db.execute(
                    sql: """
                        PRAGMA synchronous = NORMAL;
                        PRAGMA journal_size_limit = 16777216;
                        PRAGMA cache_size = -16000;
                        """
                )
            }
        }
        return configuration
    }

    // MARK: The file itself

    private var folder: String {
        let folder = FilePath(plainPath).removingLastComponent().string
        return folder.isEmpty ? "." : folder
    }

    /// SQLite gives its other files the rights of this one.
    private func makeFile() throws {
        do {
            let descriptor = try FileDescriptor.open(
                FilePath(plainPath),
                .readWrite,
                options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerRead, .ownerWrite]
            )
            // Whatever the umask took away.
            _ = fchmod(descriptor.rawValue, 0o600)
            try descriptor.close()
        } catch let error as Errno {
            switch error {
            case .fileExists: return
            case .noSpace, .diskQuotaExceeded: throw StoreError.diskFull(path: path)
            case .readOnlyFileSystem, .permissionDenied, .notPermitted:
                throw StoreError.readOnly(path: path)
            default: throw StoreError.cannotOpen(path: path, detail: "\(error)")
            }
        }
    }

    /// Reads the first bytes: a database says there what it is and how long it must be.
    private func inspect(mayBeEmpty: Bool) throws {
        var header = [UInt8](repeating: 0, count: 100)
        var count = 0
        do {
            let descriptor = try FileDescriptor.open(
                FilePath(plainPath),
                .readOnly,
                options: [.nonBlocking, .closeOnExec]
            )
            count = try descriptor.closeAfter {
                try unsafe header.withUnsafeMutableBytes { try unsafe descriptor.read(into: $0) }
            }
        } catch let error as Errno {
            switch error {
            case .noSuchFileOrDirectory: throw StoreError.missing(path: path)
            default: throw StoreError.cannotOpen(path: path, detail: "\(error)")
            }
        }
        let log = byteCount(of: plainPath + "-wal") ?? 0
        if count == 0 {
            guard mayBeEmpty || log > 0 else {
                throw StoreError.cannotOpen(path: path, detail: "the file is empty")
            }
            return
        }
        guard header.starts(with: Array("SQLite format 3\0".utf8)) else {
            throw StoreError.notADatabase(path: path)
        }
        guard count == 100 else {
            throw StoreError.corrupt(path: path, detail: "it ends after \(count) bytes")
        }
        func number(at offset: Int, _ length: Int) -> Int {
            header[offset..<(offset + length)].reduce(0) { $0 << 8 | Int($1) }
        }
        let pageSize = number(at: 16, 2) == 1 ? 65536 : number(at: 16, 2)
        // The count of pages holds when both counters agree; pages may still wait in the log.
        guard log == 0, number(at: 24, 4) == number(at: 92, 4) else { return }
        let expected = number(at: 28, 4) * pageSize
        let actual = byteCount(of: plainPath) ?? 0
        guard actual >= expected else {
            throw StoreError.corrupt(
                path: path,
                detail: "it ends after \(actual) of \(expected) bytes"
            )
        }
    }

    private func byteCount(of path: String) -> Int? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return Int(status.st_size)
    }

    private func isWritable(_ path: String) -> Bool { unsafe access(path, W_OK) == 0 }

    private func percentEncoded(_ path: String) -> String {
        path.utf8.reduce(into: "") { text, byte in
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte) || [0x2E, 0x2F, 0x2D, 0x5F].contains(byte)
            if isPlain {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16)
            }
        }
    }
}
