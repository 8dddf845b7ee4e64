internal import Foundation
internal import GRDB
internal import Glibc
internal import SystemPackage

/// Which entries there are, in an SQLite file of its own: found by key, by what they look like, and by how long they were not used.
///
/// Several processes may use it at once. What it says is checked against the entry's file, and all of it but the counts can be made
/// anew from those files.
struct CacheIndex: Sendable {
    let path: FilePath
    private let database: DatabaseQueue
    /// The file that is open here, whatever another process puts in its place.
    let inode: UInt64?

    static let version = 1
    /// "dkfc": the file says that it is ours.
    static let application = 0x646B_6663

    /// Opens an index, or makes one.
    ///
    /// - Parameter path: The file; its `-wal` and `-shm` stand beside it.
    /// - Throws: ``IndexFault``.
    init(_ path: FilePath) throws(IndexFault) {
        self.path = path
        do {
            try Self.makeFile(path)
            var configuration = Configuration()
            configuration.label = "docket cache"
            configuration.busyMode = .timeout(10)
            configuration.prepareDatabase { db in
                // The last entries may be lost with the power: nothing else depends on them.
                try db.execute(
                    sql: """
                        PRAGMA journal_mode = WAL;
                        PRAGMA synchronous = NORMAL;
                        PRAGMA journal_size_limit = 4194304;
                        PRAGMA temp_store = MEMORY;
                        PRAGMA cache_size = -32000;
                        """
                )
            }
            database = try DatabaseQueue(path: path.string, configuration: configuration)
            try database.write { db in try Self.prepare(db) }
            inode = FileStatus.inode(path)
        } catch {
            throw IndexFault(error)
        }
    }

    /// Reads, or changes, in one transaction.
    ///
    /// - Throws: ``IndexFault``.
    func write<Result>(_ body: (Database) throws -> Result) throws(IndexFault) -> Result {
        do { return try database.write(body) } catch { throw IndexFault(error) }
    }

    /// Reads.
    ///
    /// - Throws: ``IndexFault``.
    func read<Result>(_ body: (Database) throws -> Result) throws(IndexFault) -> Result {
        do { return try database.read(body) } catch { throw IndexFault(error) }
    }

    /// Whether SQLite finds the whole file in order; reads all of it.
    func isSound() -> Bool {
        let answer = try? database.read { db in
            try String.fetchOne(db, sql: "PRAGMA quick_check(1)")
        }
        return answer == "ok"
    }

    // MARK: Making

    /// SQLite gives its other files the rights of this one.
    private static func makeFile(_ path: FilePath) throws {
        let descriptor = try FileDescriptor.open(
            path,
            .readWrite,
            options: [.create, .closeOnExec, .noFollow],
            permissions: [.ownerRead, .ownerWrite]
        )
        _ = fchmod(descriptor.rawValue, 0o600)
        try descriptor.close()
    }

    private static func prepare(_ db: Database) throws {
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        if version == 0, application == 0,
            try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
        {
            try db.execute(sql: schema)
            try db.execute(
                sql:
                    "PRAGMA user_version = \(Self.version); PRAGMA application_id = \(Self.application)"
            )
        } else if version != Self.version || application != Self.application {
            throw IndexFault.otherVersion
        }
    }

    /// `band` finds entries by what they look like: an entry has a row for each of its hash's bands.
    private static let schema = """
        CREATE TABLE model (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            exact INTEGER NOT NULL DEFAULT 0,
            near INTEGER NOT NULL DEFAULT 0,
            missed INTEGER NOT NULL DEFAULT 0,
            rejected_near INTEGER NOT NULL DEFAULT 0,
            likely_duplicates INTEGER NOT NULL DEFAULT 0
        );
        CREATE TABLE entry (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            model INTEGER NOT NULL REFERENCES model(id),
            key BLOB NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            source_width INTEGER NOT NULL,
            source_height INTEGER NOT NULL,
            digits BLOB,
            hash BLOB NOT NULL,
            bytes INTEGER NOT NULL,
            used INTEGER NOT NULL,
            UNIQUE (model, key)
        );
        CREATE INDEX entry_used ON entry(used, id);
        CREATE TABLE band (
            model INTEGER NOT NULL,
            band INTEGER NOT NULL,
            entry INTEGER NOT NULL,
            PRIMARY KEY (model, band, entry)
        ) WITHOUT ROWID;
        CREATE TABLE total (entries INTEGER NOT NULL, bytes INTEGER NOT NULL, byte_limit INTEGER);
        INSERT INTO total VALUES (0, 0, NULL);
        CREATE TRIGGER entry_added AFTER INSERT ON entry BEGIN
            UPDATE total SET entries = entries + 1, bytes = bytes + new.bytes;
        END;
        CREATE TRIGGER entry_removed AFTER DELETE ON entry BEGIN
            UPDATE total SET entries = entries - 1, bytes = bytes - old.bytes;
        END;
        """
}

/// Why the index cannot be used.
enum IndexFault: Error, Hashable {
    /// It is damaged, or no database.
    case damaged
    /// Another version of Docket made it.
    case otherVersion
    /// No room is left.
    case full
    /// Another process keeps it to itself.
    case busy
    /// The system refuses.
    case system(Errno)
    /// SQLite says something else.
    case other(code: Int, message: String)

    init(_ error: any Error) {
        switch error {
        case let fault as IndexFault: self = fault
        case .noSpace as Errno, .diskQuotaExceeded as Errno, .fileTooLarge as Errno: self = .full
        case let error as Errno: self = .system(error)
        case let error as DatabaseError:
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT, .SQLITE_CONSTRAINT, .SQLITE_ERROR,
                .SQLITE_MISMATCH, .SQLITE_SCHEMA:
                // A statement that does not fit the tables means that they are not those that were made.
                self = .damaged
            case .SQLITE_FULL: self = .full
            case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
            case .SQLITE_READONLY: self = .system(.readOnlyFileSystem)
            case .SQLITE_PERM, .SQLITE_CANTOPEN, .SQLITE_AUTH: self = .system(.permissionDenied)
            case .SQLITE_IOERR:
                // The shared index of the write-ahead log cannot grow: that happens on a full disk.
                self =
                    error.extendedResultCode == .SQLITE_IOERR_SHMSIZE ? .full : .system(.ioError)
            default:
                self = .other(
                    code: Int(error.extendedResultCode.rawValue),
                    message: error.message ?? ""
                )
            }
        case is RowDecodingError: self = .damaged
        default: self = .other(code: 0, message: "\(error)")
        }
    }
}
