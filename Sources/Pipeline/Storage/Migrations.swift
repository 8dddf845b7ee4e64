import GRDB

/// The schema and its versions; `PRAGMA user_version` counts those that a database has.
enum Migrations {
    /// `DOCK`: says that an SQLite file is Docket's.
    static let applicationID: Int32 = 0x444F_434B
    /// The version that this code writes.
    static var version: Int { steps.count }

    /// Each brings a database from the version of its place in the list to the next; never changed once released.
    private static let steps = [
        Schema.version1, Schema.features, Schema.symbols, Schema.language, Schema.answers,
    ]

    /// Brings a database to the current version, in one transaction.
    ///
    /// - Throws: ``StoreError`` for a database that is not Docket's, or of a later version.
    static func apply(to db: Database, path: String) throws {
        let found = try foundVersion(in: db, path: path)
        guard found < version else { return }
        try db.inTransaction(.immediate) {
            // Another process may have been faster.
            for step in steps[try foundVersion(in: db, path: path)...] { try db.execute(sql: step) }
            try db.execute(
                sql: """
                    PRAGMA application_id = \(applicationID);
                    PRAGMA user_version = \(version);
                    """
            )
            return .commit
        }
    }

    /// Makes sure that a database that is only read has the current version.
    static func demandCurrent(in db: Database, path: String) throws {
        let found = try foundVersion(in: db, path: path)
        guard found == version else {
            throw StoreError.cannotOpen(
                path: path,
                detail: found == 0
                    ? "it has no tables yet"
                    : "its version \(found) is brought to \(version) by the next run"
            )
        }
    }

    /// Makes sure that a database is Docket's, and not of a later version.
    ///
    /// - Throws: ``StoreError``.
    static func demandOwn(_ db: Database, path: String) throws {
        _ = try foundVersion(in: db, path: path)
    }

    private static func foundVersion(in db: Database, path: String) throws -> Int {
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
        guard application == applicationID || (isEmpty && found == 0) else {
            throw StoreError.foreign(path: path)
        }
        guard found <= version else { throw StoreError.newer(path: path, version: found) }
        return found
    }
}
