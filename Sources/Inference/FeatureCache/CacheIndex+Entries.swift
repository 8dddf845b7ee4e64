internal import FoundationEssentials
internal import GRDB
internal import SystemPackage

/// An entry as the index knows it.
struct IndexedEntry: Sendable {
    var id: Int64
    var key: [UInt8]
    var sides: SeenPicture.Sides
    /// Of the page before it was resized.
    var source: SeenPicture.Sides
    var digits: [UInt8]?
    var hash: PictureHash

    /// Bytes that stand for a row; nil where they make no sense.
    init(_ row: Row) throws {
        id = row["id"]
        key = Array(row["key"] as Data)
        sides = .init(width: row["width"], height: row["height"])
        source = .init(width: row["source_width"], height: row["source_height"])
        digits = (row["digits"] as Data?).map { Array($0) }
        guard let hash = PictureHash(bytes: Array(row["hash"] as Data)) else {
            throw IndexFault.damaged
        }
        self.hash = hash
    }

    static let columns = "id, key, width, height, source_width, source_height, digits, hash"
}

extension CacheIndex {
    /// What came of a look-up, to be counted.
    enum Outcome {
        case exact(Int64)
        case near(Int64, rejected: Int)
        case absent(rejected: Int, isLikelyDuplicate: Bool)
    }

    /// The most rows of one band that are looked at, the newest: of forms that all look alike there may be any number.
    private static let bandLimit = 64
    /// The most neighbours whose hashes are compared.
    private static let neighbourLimit = 64

    // MARK: Finding

    /// The number of a model, which is given one where it has none, and of the newest entry.
    func begin(model: String, byteLimit: Int) throws(IndexFault) -> (model: Int64, newest: Int64) {
        try write { db in
            try db.execute(sql: "INSERT OR IGNORE INTO model (name) VALUES (?)", arguments: [model])
            try db.execute(sql: "UPDATE total SET byte_limit = ?", arguments: [byteLimit])
            let id = try Int64.fetchOne(
                db,
                sql: "SELECT id FROM model WHERE name = ?",
                arguments: [model]
            )
            guard let id else { throw IndexFault.damaged }
            return (id, try Int64.fetchOne(db, sql: "SELECT max(id) FROM entry") ?? 0)
        }
    }

    /// The entry of a picture.
    func entry(model: Int64, key: [UInt8]) throws(IndexFault) -> IndexedEntry? {
        try read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT \(IndexedEntry.columns) FROM entry WHERE model = ? AND key = ?"
            )
            return try Row.fetchOne(statement, arguments: [model, Data(key)])
                .map { try IndexedEntry($0) }
        }
    }

    /// Entries that may look like a picture, in the order in which they should be compared.
    ///
    /// - Parameters:
    ///   - model: Whose.
    ///   - hash: What the picture looks like.
    ///   - newest: Later ones are left out.
    ///   - own: Later ones that count all the same, by band.
    ///   - radius: The most bits in which they may differ.
    /// - Returns: Those within the radius, the likest first.
    /// - Throws: ``IndexFault``.
    func neighbours(
        model: Int64,
        hash: PictureHash,
        newest: Int64,
        own: OwnEntries,
        radius: Int
    ) throws(IndexFault) -> [IndexedEntry] {
        try read { db in
            var matches: [Int64: Int] = [:]
            let find = try db.cachedStatement(
                sql: """
                    SELECT entry FROM band WHERE model = ? AND band = ? AND entry <= ?
                    ORDER BY entry DESC LIMIT \(Self.bandLimit)
                    """
            )
            for band in hash.probes {
                let ids = try Int64.fetchAll(find, arguments: [model, band, newest])
                for id in ids + own.entries(in: band) { matches[id, default: 0] += 1 }
            }
            let likeliest = matches.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                .prefix(Self.neighbourLimit)
            let fetch = try db.cachedStatement(
                sql: "SELECT \(IndexedEntry.columns) FROM entry WHERE id = ?"
            )
            var found: [(entry: IndexedEntry, distance: Int)] = []
            for (id, _) in likeliest {
                // Another process may have removed one that is remembered here.
                guard let row = try Row.fetchOne(fetch, arguments: [id]) else { continue }
                let entry = try IndexedEntry(row)
                let distance = entry.hash.distance(to: hash)
                if distance <= radius { found.append((entry, distance)) }
            }
            return found.sorted { ($0.distance, $0.entry.id) < ($1.distance, $1.entry.id) }
                .map(\.entry)
        }
    }

    /// Counts what came of a look-up, and says that an entry was used.
    func count(_ outcome: Outcome, model: Int64) throws(IndexFault) {
        var counts = (exact: 0, near: 0, missed: 0, rejected: 0, duplicates: 0)
        var used: Int64?
        switch outcome {
        case .exact(let id):
            counts.exact = 1
            used = id
        case .near(let id, let rejected):
            (counts.near, counts.rejected) = (1, rejected)
            used = id
        case .absent(let rejected, let isLikelyDuplicate):
            counts.missed = 1
            counts.rejected = rejected
            counts.duplicates = isLikelyDuplicate ? 1 : 0
        }
        try write { db in
            if let used {
                let touch = try db.cachedStatement(sql: "UPDATE entry SET used = ? WHERE id = ?")
                try touch.execute(arguments: [Self.now(), used])
            }
            let add = try db.cachedStatement(
                sql: """
                    UPDATE model SET exact = exact + ?, near = near + ?, missed = missed + ?,
                    rejected_near = rejected_near + ?, likely_duplicates = likely_duplicates + ?
                    WHERE id = ?
                    """
            )
            try add.execute(
                arguments: [
                    counts.exact, counts.near, counts.missed, counts.rejected, counts.duplicates,
                    model,
                ]
            )
        }
    }

    // MARK: Adding and removing

    /// Adds an entry, or says that it was used where it is there.
    ///
    /// - Returns: Its number.
    func add(
        _ header: EntryHeader,
        model: Int64,
        byteCount: Int,
        used: Int64 = now()
    ) throws(IndexFault) -> Int64 {
        try write { db in
            let insert = try db.cachedStatement(
                sql: """
                    INSERT INTO entry (model, key, width, height, source_width, source_height, digits,
                    hash, bytes, used) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (model, key) DO UPDATE SET used = excluded.used
                    """
            )
            try insert.execute(
                arguments: [
                    model, Data(header.key), header.sides.width, header.sides.height,
                    header.source.width, header.source.height, header.digits.map { Data($0) },
                    Data(header.hash.bytes), byteCount, used,
                ]
            )
            let find = try db.cachedStatement(
                sql: "SELECT id FROM entry WHERE model = ? AND key = ?"
            )
            guard
                let id = try Int64.fetchOne(find, arguments: [model, Data(header.key)])
            else { throw IndexFault.damaged }
            let band = try db.cachedStatement(
                sql: "INSERT OR IGNORE INTO band (model, band, entry) VALUES (?, ?, ?)"
            )
            for value in header.hash.bands { try band.execute(arguments: [model, value, id]) }
            return id
        }
    }

    /// An entry that is to go.
    struct Removal: Sendable {
        var id: Int64
        var model: Int64
        var modelName: String
        var key: [UInt8]
        var hash: PictureHash?
        var byteCount: Int
    }

    /// The entries that were not used for longest.
    ///
    /// - Parameters:
    ///   - count: The most of them.
    ///   - after: The one after which to go on: when it was last used, and its number.
    /// - Returns: The entries, the one that was used first at the beginning.
    /// - Throws: ``IndexFault``.
    func leastRecentlyUsed(
        _ count: Int,
        after: (used: Int64, id: Int64) = (.min, .min)
    ) throws(IndexFault) -> [(removal: Removal, used: Int64)] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT entry.id AS id, model, name, key, hash, bytes, used FROM entry
                    JOIN model ON model.id = entry.model WHERE (used, entry.id) > (?, ?)
                    ORDER BY used, entry.id LIMIT ?
                    """,
                arguments: [after.used, after.id, count]
            )
            .map { row in
                let removal = Removal(
                    id: row["id"],
                    model: row["model"],
                    modelName: row["name"],
                    key: Array(row["key"] as Data),
                    hash: PictureHash(bytes: Array(row["hash"] as Data)),
                    byteCount: row["bytes"]
                )
                return (removal, row["used"])
            }
        }
    }

    /// Forgets entries; their files are the caller's.
    func remove(_ removals: [Removal]) throws(IndexFault) {
        try write { db in
            let entry = try db.cachedStatement(sql: "DELETE FROM entry WHERE id = ?")
            let band = try db.cachedStatement(
                sql: "DELETE FROM band WHERE model = ? AND band = ? AND entry = ?"
            )
            for removal in removals {
                try entry.execute(arguments: [removal.id])
                for value in removal.hash?.bands ?? [] {
                    try band.execute(arguments: [removal.model, value, removal.id])
                }
            }
        }
    }

    /// Bytes of all entries.
    func byteCount() throws(IndexFault) -> Int {
        try read { db in try Int.fetchOne(db, sql: "SELECT bytes FROM total") ?? 0 }
    }

    /// How many entries there are.
    func entryCount() throws(IndexFault) -> Int {
        try read { db in try Int.fetchOne(db, sql: "SELECT entries FROM total") ?? 0 }
    }

    /// Milliseconds since 1970.
    static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}

/// What a process has stored or been served since it opened the cache, by band.
struct OwnEntries: Sendable {
    private var bands: [Int64: [Int64]] = [:]
    private static let limit = 64

    /// Remembers an entry.
    mutating func add(_ id: Int64, _ hash: PictureHash) {
        for band in hash.bands {
            var entries = bands[band] ?? []
            guard !entries.contains(id) else { continue }
            entries.append(id)
            bands[band] = entries.suffix(Self.limit)
        }
    }

    func entries(in band: Int64) -> [Int64] { bands[band] ?? [] }
}
