import FoundationEssentials
import GRDB
import Scanning

extension Store {
    /// Removes a document and all that was read from it, so that its words are no more in the database's files.
    ///
    /// All that was ever recorded at the path goes, with every document that stood there and all other paths of those.
    /// A file that is still in its folder is read again by the next run.
    ///
    /// - Parameter name: a whole path, a path relative to its folder, or at least six digits of a document's SHA-256.
    /// - Returns: what was removed, or nil when nothing goes by that name.
    /// - Throws: ``StoreError``, in particular ``StoreError/ambiguous(_:documents:)``.
    public func forget(_ name: String) throws(StoreError) -> Forgotten? {
        let forgotten = try write { db -> Forgotten? in
            let target = try ForgetTarget(name, in: db)
            guard !target.locations.isEmpty || !target.documents.isEmpty else { return nil }
            return try target.remove(in: db)
        }
        guard var forgotten else { return nil }
        forgotten.isLogCleared = try isLogCleared()
        return forgotten
    }

    /// Moves the write-ahead log into the database and empties it.
    private func isLogCleared() throws(StoreError) -> Bool {
        do {
            try database.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
            return true
        } catch {
            let error = StoreError(error, path: path)
            guard case .busy = error else { throw error }
            return false
        }
    }
}

/// The rows that go by a name.
private struct ForgetTarget {
    var documents: [Int64] = []
    var locations: [Int64] = []

    init(_ name: String, in db: Database) throws {
        let folders = try Row.fetchAll(db, sql: "SELECT id, path FROM folder")
        let bytes = Array(name.utf8)
        for folder in folders {
            let prefix = try folder.text(1)
            let whole = Array((prefix + (prefix.hasSuffix("/") ? "" : "/")).utf8)
            let isWhole = bytes.starts(with: whole) && bytes.count > whole.count
            let path = isWhole ? Array(bytes.dropFirst(whole.count)) : bytes
            try take(path, folder: try folder.int64(0), in: db)
        }
        if locations.isEmpty, try !takeHash(name.lowercased(), in: db) {
            // A name with signs that cannot be typed, as `search` and `export` show it.
            try takeDisplayed(name, in: db)
        }
    }

    private mutating func take(_ path: [UInt8], folder: Int64, in db: Database) throws {
        let cursor = try db.rows(
            """
            SELECT id, document FROM location WHERE pipeline = (SELECT pipeline FROM folder WHERE id = ?1)
                AND folder = ?1 AND path = ?2
            """,
            [folder, Data(path)]
        )
        while let row = try cursor.next() { try add(row) }
    }

    private mutating func takeDisplayed(_ name: String, in db: Database) throws {
        guard name.contains("\\x") else { return }
        let cursor = try db.rows(
            "SELECT l.id, l.document, l.path, f.path FROM location l JOIN folder f ON f.id = l.folder"
        )
        while let row = try cursor.next() {
            let path = try row.bytes(2)
            let isNamed =
                try displayPath(path) == name
                || displayPath(path, in: row.text(3)) == name
            if isNamed { try add(row) }
        }
    }

    private mutating func takeHash(_ prefix: String, in db: Database) throws -> Bool {
        let isHash = prefix.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
        }
        guard isHash, (6...64).contains(prefix.utf8.count) else { return false }
        let found = try Row.fetchAll(
            db,
            sql:
                "SELECT id, sha256 FROM document WHERE sha256 >= ?1 AND sha256 < ?1 || 'g' LIMIT 10",
            arguments: [prefix]
        )
        guard found.count < 2 else {
            throw StoreError.ambiguous(prefix, documents: try found.map { try $0.text(1) })
        }
        documents = try found.map { try $0.int64(0) }
        return !documents.isEmpty
    }

    private mutating func add(_ row: Row) throws {
        locations.append(try row.int64(0))
        if let document = try row.optionalInt64(1), !documents.contains(document) {
            documents.append(document)
        }
    }

    func remove(in db: Database) throws -> Forgotten {
        var forgotten = Forgotten(
            documents: [],
            paths: [],
            pages: 0,
            values: 0,
            isLogCleared: false
        )
        var paths: Set<String> = []
        for document in documents {
            forgotten.documents.append(
                try db.row("SELECT sha256 FROM document WHERE id = ?", [document])?.text(0) ?? ""
            )
            forgotten.pages += try count(
                "page WHERE job IN (SELECT id FROM job WHERE document = ?)",
                document,
                in: db
            )
            forgotten.values += try count(
                "value WHERE document = ? AND until_run IS NULL",
                document,
                in: db
            )
            forgotten.values += try count("correction WHERE document = ?", document, in: db)
            try note(&paths, "l.document = ?", document, in: db)
        }
        for location in locations {
            try note(&paths, "l.id = ?", location, in: db)
            try db.run("DELETE FROM location WHERE id = ?", [location])
        }
        // Everything else hangs on the document.
        for document in documents { try db.run("DELETE FROM document WHERE id = ?", [document]) }
        // A removed page only hides in the index until its segments are merged.
        if forgotten.pages > 0 {
            try db.execute(sql: "INSERT INTO text_index (text_index) VALUES ('optimize')")
        }
        forgotten.paths = paths.sorted()
        return forgotten
    }

    private func count(_ rows: String, _ document: Int64, in db: Database) throws -> Int {
        try db.row("SELECT count(*) FROM \(rows)", [document])?.int(0) ?? 0
    }

    private func note(
        _ paths: inout Set<String>,
        _ condition: String,
        _ id: Int64,
        in db: Database
    ) throws {
        let cursor = try db.rows(
            "SELECT f.path, l.path FROM location l JOIN folder f ON f.id = l.folder WHERE \(condition)",
            [id]
        )
        while let row = try cursor.next() {
            paths.insert(displayPath(try row.bytes(1), in: try row.text(0)))
        }
    }
}
