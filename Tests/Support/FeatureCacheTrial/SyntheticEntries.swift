import Foundation
import GRDB
import SystemPackage

/// Rows of the index without files, as many as it takes to measure look-ups among them.
enum SyntheticEntries {
    /// Adds rows that look like no picture.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - index: The cache's index.
    /// - Throws: `DatabaseError`.
    static func add(_ count: Int, to index: FilePath) throws {
        let database = try DatabaseQueue(path: index.string)
        try database.inDatabase { db in
            try db.execute(sql: "PRAGMA cache_size = -600000; PRAGMA synchronous = OFF")
        }
        var generator = SystemRandomNumberGenerator()
        for start in stride(from: 0, to: count, by: 100_000) {
            try database.write { db in
                let entry = try db.cachedStatement(
                    sql: """
                        INSERT INTO entry
                        (model, key, width, height, source_width, source_height, hash, bytes, used)
                        VALUES (1, ?, 448, 448, 448, 448, ?, 0, 0)
                        """
                )
                let band = try db.cachedStatement(
                    sql: "INSERT INTO band (model, band, entry) VALUES (1, ?, ?)"
                )
                for _ in start..<min(count, start + 100_000) {
                    func bytes() -> Data {
                        Data((0..<32).map { _ in UInt8.random(in: 0 ... .max, using: &generator) })
                    }
                    try entry.execute(arguments: [bytes(), bytes()])
                    let id = db.lastInsertedRowID
                    for number in 0..<8 {
                        let bits = Int64(UInt32.random(in: 0 ... .max, using: &generator))
                        try band.execute(arguments: [Int64(number) << 32 | bits, id])
                    }
                }
            }
        }
    }
}
