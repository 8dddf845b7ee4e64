internal import GRDB
public import SystemPackage

/// What a cache holds, and what has come of look-ups since its index was made.
public struct CacheStatus: Sendable, Equatable {
    /// The folder.
    public var folder: FilePath
    /// What the entries may take together; nil where nothing was ever kept.
    public var byteLimit: Int?
    /// One for each model, the one with the most bytes first.
    public var models: [Model] = []

    /// One model's share.
    public struct Model: Sendable, Equatable {
        /// What made the features.
        public var name: String
        /// Entries.
        public var entries: Int
        /// Bytes of their files.
        public var bytes: Int
        /// Look-ups that found the same pixels.
        public var exactHits: Int
        /// Look-ups that were given a donor's features.
        public var nearHits: Int
        /// Look-ups that found nothing that may be served.
        public var misses: Int
        /// Pictures that looked alike and were not the same.
        public var rejectedNear: Int
        /// Pictures that were likely there at another size.
        public var likelyDuplicates: Int
    }

    /// Entries of all models.
    public var entries: Int { models.reduce(0) { $0 + $1.entries } }
    /// Bytes of all models' entries.
    public var bytes: Int { models.reduce(0) { $0 + $1.bytes } }
}

extension CacheIndex {
    /// What is there, by model.
    func status() throws(IndexFault) -> (byteLimit: Int?, models: [CacheStatus.Model]) {
        try read { db in
            let models = try Row.fetchAll(
                db,
                sql: """
                    SELECT name, exact, near, missed, rejected_near, likely_duplicates,
                    count(entry.id) AS entries, coalesce(sum(bytes), 0) AS bytes
                    FROM model LEFT JOIN entry ON entry.model = model.id
                    GROUP BY model.id ORDER BY bytes DESC, name
                    """
            )
            .map { row in
                CacheStatus.Model(
                    name: row["name"],
                    entries: row["entries"],
                    bytes: row["bytes"],
                    exactHits: row["exact"],
                    nearHits: row["near"],
                    misses: row["missed"],
                    rejectedNear: row["rejected_near"],
                    likelyDuplicates: row["likely_duplicates"]
                )
            }
            return (try Int.fetchOne(db, sql: "SELECT byte_limit FROM total"), models)
        }
    }

    /// The number of a model that is known.
    func number(ofModel name: String) throws(IndexFault) -> Int64? {
        try read { db in
            try Int64.fetchOne(
                db,
                sql: "SELECT id FROM model WHERE name = ?",
                arguments: [name]
            )
        }
    }
}
