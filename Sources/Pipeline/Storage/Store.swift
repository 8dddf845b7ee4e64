import GRDB

/// The database: every run, document, page, value and their history.
///
/// All functions are synchronous and may wait for the disk: call them off the main actor. Each call that changes
/// something is one transaction: it is there as a whole or not at all, also after a kill, a power cut, or a full disk.
/// One process writes results (``RunLock``); corrections may come from another one meanwhile.
public final class Store: Sendable {
    /// How a database is opened.
    public enum Mode: Sendable {
        /// For a run: made when it is not there.
        case create
        /// For changes to what is there.
        case existing
        /// For reading only; leaves no files behind, and works in a folder that may not be written to.
        case readOnly
    }

    /// The database's file.
    public let path: String
    let database: any DatabaseWriter
    let mode: Mode

    /// Opens a database.
    ///
    /// Seen at once: a file that is something else, a truncated one, one of a later version. The rest is for ``check()``.
    ///
    /// - Parameters:
    ///   - path: the file; its `-wal` and `-shm` stand beside it while it is open.
    ///   - mode: whether it is made, changed or only read.
    /// - Throws: ``StoreError``.
    public init(path: String, mode: Mode) throws(StoreError) {
        self.path = path
        self.mode = mode
        do {
            database = try DatabaseFile(path: path).open(mode)
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Closes the database; every later call fails.
    ///
    /// - Throws: ``StoreError`` when it cannot be closed.
    public func close() throws(StoreError) {
        do { try database.close() } catch { throw StoreError(error, path: path) }
    }

    func read<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
        do { return try database.read(body) } catch { throw StoreError(error, path: path) }
    }

    func write<Result>(
        _ kind: CommitKind? = nil,
        _ body: (Database) throws -> Result
    ) throws(StoreError) -> Result {
        // SQLite alone would allow it where the file may be written to.
        guard mode != .readOnly else { throw .readOnly(path: path) }
        do {
            let result = try database.write(body)
            if let kind { CrashPoint.pass(kind) }
            return result
        } catch {
            throw StoreError(error, path: path)
        }
    }
}
