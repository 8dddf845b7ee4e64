import Foundation
import GRDB

/// The database as any SQLite tool sees it.
struct StoredRows {
    let path: String

    init(_ path: String) { self.path = path }

    private func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        // Read only: what a killed run left in the log must be there for the next run.
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        return try DatabaseQueue(path: path, configuration: configuration).read(body)
    }

    func count(_ sql: String) throws -> Int {
        try read { try Int.fetchOne($0, sql: sql) ?? 0 }
    }

    func strings(_ sql: String) throws -> [String] {
        try read { try String.fetchAll($0, sql: sql) }
    }

    /// Rows as text, one a line, columns separated by `|`.
    func lines(_ sql: String) throws -> [String] {
        try read { db in
            try Row.fetchAll(db, sql: sql).map { row in
                row.databaseValues.map { "\($0)" }.joined(separator: "|")
            }
        }
    }

    /// Every table but those that are left out, by name, each row as text.
    func dump(without left: Set<String> = []) throws -> [String: [String]] {
        let names = try strings(
            """
            SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'
            AND name NOT LIKE 'text_index%'
            """
        )
        var tables: [String: [String]] = [:]
        for name in names where !left.contains(name) {
            tables[name] = try lines("SELECT * FROM \"\(name)\" ORDER BY rowid")
        }
        return tables
    }
}
