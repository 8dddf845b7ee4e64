import FoundationEssentials
import GRDB
import Jobs
public import Scanning

extension Store {
    /// Paths of a folder as the last run left them, in the order in which a scan finds them.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline.
    ///   - folder: the folder.
    ///   - after: the last path of the batch before; nil for the first.
    ///   - limit: the most that are given.
    /// - Returns: the paths, by their bytes.
    /// - Throws: ``StoreError``.
    public func knownLocations(
        pipeline: PipelineID,
        folder: FolderID,
        after: [UInt8]?,
        limit: Int
    ) throws(StoreError) -> [KnownLocation] {
        try read { db in
            let cursor = try db.rows(
                """
                SELECT l.id, l.path, l.device, l.inode, l.size, l.modified_ns, l.changed_ns, l.is_trusted,
                    l.document, l.status, o.status, o.plan_fingerprint, o.engine_fingerprint, o.attempts
                FROM \(Validity.now.locationsWithOutcomes)
                WHERE l.pipeline = ? AND l.folder = ? AND l.until_run IS NULL AND l.path > ?
                ORDER BY l.path LIMIT ?
                """,
                [pipeline.rawValue, folder.rawValue, Data(after ?? []), max(0, limit)]
            )
            var locations: [KnownLocation] = []
            while let row = try cursor.next() {
                let stamp = try FileStamp(row, at: 2)
                locations.append(
                    KnownLocation(
                        id: LocationID(rawValue: try row.int64(0)),
                        path: try row.bytes(1),
                        stamp: stamp
                            ?? FileStamp(device: 0, inode: 0, size: 0, modified: 0, changed: 0),
                        isTrusted: try stamp != nil && row.bool(7),
                        document: try row.optionalInt64(8).map { DocumentID(rawValue: $0) },
                        pathStatus: try row.optionalStatus(9),
                        outcomeStatus: try row.optionalStatus(10),
                        planFingerprint: try row.optionalText(11),
                        engineFingerprint: try row.optionalText(12),
                        attempts: try row.optionalInt(13)
                    )
                )
            }
            return locations
        }
    }

    /// Records that a document stands at a path; writes nothing when that is known.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - pipeline: the pipeline.
    ///   - folder: the folder.
    ///   - path: the path relative to the folder.
    ///   - stamp: what the file looks like.
    ///   - isTrusted: whether an equal stamp later proves equal bytes.
    ///   - sha256: the hash of its bytes, lower-case hexadecimal.
    ///   - byteCount: its size.
    ///   - kind: what it is.
    /// - Returns: the document.
    /// - Throws: ``StoreError``.
    public func recordLocation(
        run: RunID,
        pipeline: PipelineID,
        folder: FolderID,
        path: [UInt8],
        stamp: FileStamp,
        isTrusted: Bool,
        sha256: String,
        byteCount: Int,
        kind: DocumentKind
    ) throws(StoreError) -> DocumentID {
        try write(.location) { db in
            let known = try db.row("SELECT id FROM document WHERE sha256 = ?", [sha256])
            let document = DocumentID(
                rawValue: try known?.int64(0)
                    ?? db.insert(
                        "INSERT INTO document (sha256, byte_count, kind) VALUES (?, ?, ?)",
                        [sha256, byteCount, kind.rawValue]
                    )
            )
            try record(
                LocationState(
                    path: path,
                    stamp: stamp,
                    isTrusted: isTrusted,
                    document: document
                ),
                run: run,
                pipeline: pipeline,
                folder: folder,
                in: db
            )
            return document
        }
    }

    /// Records what became of paths without reading them as documents; writes nothing for those that are known so.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - pipeline: the pipeline.
    ///   - folder: the folder.
    ///   - statuses: the paths; all of them in one transaction.
    /// - Throws: ``StoreError``.
    public func recordPathStatus(
        run: RunID,
        pipeline: PipelineID,
        folder: FolderID,
        _ statuses: [PathStatus]
    ) throws(StoreError) {
        guard !statuses.isEmpty else { return }
        try write(.status) { db in
            for status in statuses {
                try record(
                    LocationState(
                        path: status.path,
                        stamp: status.stamp,
                        isTrusted: status.isTrusted,
                        document: status.document,
                        status: status.status.rawValue,
                        reason: status.reason,
                        detail: status.detail
                    ),
                    run: run,
                    pipeline: pipeline,
                    folder: folder,
                    in: db
                )
            }
        }
    }

    /// Ends paths at which nothing is found any more.
    ///
    /// - Parameters:
    ///   - run: the run that no longer found them.
    ///   - locations: the paths.
    /// - Throws: ``StoreError``.
    public func markVanished(run: RunID, _ locations: [LocationID]) throws(StoreError) {
        guard !locations.isEmpty else { return }
        try write(.vanished) { db in
            for location in locations { try end("location", location.rawValue, run: run, in: db) }
        }
    }

    /// A document by its row.
    ///
    /// - Parameter id: the row.
    /// - Returns: the document, or nil when it is not known.
    /// - Throws: ``StoreError``.
    public func document(_ id: DocumentID) throws(StoreError) -> StoredDocument? {
        try read { db in
            try db.row(
                "SELECT id, sha256, byte_count, kind FROM document WHERE id = ?",
                [id.rawValue]
            )
            .map { try StoredDocument($0) }
        }
    }

    /// The paths at which a document stands now, the first one first; the others are its duplicates.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline.
    ///   - document: the document.
    /// - Returns: folders and paths.
    /// - Throws: ``StoreError``.
    public func locations(
        pipeline: PipelineID,
        document: DocumentID
    ) throws(StoreError) -> [(folder: FolderID, path: [UInt8])] {
        try read { db in
            let cursor = try db.rows(
                """
                SELECT folder, path FROM location
                WHERE document = ? AND pipeline = ? AND until_run IS NULL ORDER BY folder, path
                """,
                [document.rawValue, pipeline.rawValue]
            )
            var locations: [(folder: FolderID, path: [UInt8])] = []
            while let row = try cursor.next() {
                locations.append((FolderID(rawValue: try row.int64(0)), try row.bytes(1)))
            }
            return locations
        }
    }

    // MARK: Rows that hold from run to run

    private func record(
        _ state: LocationState,
        run: RunID,
        pipeline: PipelineID,
        folder: FolderID,
        in db: Database
    ) throws {
        let current = try db.row(
            """
            SELECT id, document, status, reason, detail, device, inode, size, modified_ns, changed_ns,
                is_trusted
            FROM location WHERE pipeline = ? AND folder = ? AND path = ? AND until_run IS NULL
            """,
            [pipeline.rawValue, folder.rawValue, Data(state.path)]
        )
        if let current {
            let isSame =
                try current.optionalInt64(1) == state.document?.rawValue
                && current.optionalText(2) == state.status
                && current.optionalText(3) == state.reason
                && current.optionalText(4) == state.detail
            if isSame {
                // Times are no part of history: they only say whether to look again.
                if try FileStamp(current, at: 5) != state.stamp
                    || current.bool(10) != state.isTrusted
                {
                    let id = try current.int64(0)
                    try setStamp(state.stamp, isTrusted: state.isTrusted, of: id, in: db)
                }
                return
            }
            try end("location", try current.int64(0), run: run, in: db)
        }
        let stamp = state.stamp
        try db.run(
            """
            INSERT INTO location (pipeline, folder, path, document, device, inode, size, modified_ns,
                changed_ns, is_trusted, status, reason, detail, from_run)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                pipeline.rawValue, folder.rawValue, Data(state.path), state.document?.rawValue,
                stamp.map { Int64(bitPattern: $0.device) },
                stamp.map { Int64(bitPattern: $0.inode) },
                stamp?.size, stamp?.modified, stamp?.changed, state.isTrusted, state.status,
                state.reason, state.detail, run.rawValue,
            ]
        )
    }

    private func setStamp(
        _ stamp: FileStamp?,
        isTrusted: Bool,
        of location: Int64,
        in db: Database
    ) throws {
        try db.run(
            """
            UPDATE location SET device = ?, inode = ?, size = ?, modified_ns = ?, changed_ns = ?,
                is_trusted = ? WHERE id = ?
            """,
            [
                stamp.map { Int64(bitPattern: $0.device) },
                stamp.map { Int64(bitPattern: $0.inode) },
                stamp?.size, stamp?.modified, stamp?.changed, isTrusted, location,
            ]
        )
    }

    /// Ends a row in a run: what began in the same run never was.
    func end(_ table: String, _ id: Int64, run: RunID, in db: Database) throws {
        try db.run("DELETE FROM \(table) WHERE id = ? AND from_run = ?", [id, run.rawValue])
        guard db.changesCount == 0 else { return }
        try db.run(
            "UPDATE \(table) SET until_run = ? WHERE id = ? AND until_run IS NULL",
            [run.rawValue, id]
        )
    }
}

/// What a location row says besides when it holds.
private struct LocationState {
    var path: [UInt8]
    var stamp: FileStamp?
    var isTrusted: Bool
    var document: DocumentID?
    var status: String?
    var reason: String?
    var detail: String?
}

extension FileStamp {
    /// The stamp in five columns from `index` on; nil when it was not known.
    fileprivate init?(_ row: Row, at index: Int) throws {
        guard let device = try row.optionalInt64(index) else { return nil }
        self.init(
            device: UInt64(bitPattern: device),
            inode: UInt64(bitPattern: try row.int64(index + 1)),
            size: try row.int(index + 2),
            modified: try row.int64(index + 3),
            changed: try row.int64(index + 4)
        )
    }
}

extension StoredDocument {
    fileprivate init(_ row: Row) throws {
        id = DocumentID(rawValue: try row.int64(0))
        sha256 = try row.text(1)
        byteCount = try row.int(2)
        kind = try row.text(3)
    }
}
