import GRDB
import Jobs
import Records
import Scanning

extension Store {
    /// Hands out a pipeline's records, one path after the other, by folder and path.
    ///
    /// All rows show one state of the database, also while a run writes. Every path that is there is handed out, duplicates
    /// too, with the values of their document.
    ///
    /// - Parameters:
    ///   - name: the pipeline's name.
    ///   - selection: which rows, of which run.
    ///   - body: takes a row; it must not call the store. What it throws ends the export and is thrown on.
    /// - Throws: ``StoreError``, in particular ``StoreError/noSuchPipeline(_:known:)`` and
    ///   ``StoreError/noSuchRun(_:)``, and whatever `body` threw.
    public func exportRows(
        pipeline name: String,
        _ selection: ExportSelection = ExportSelection(),
        _ body: (ExportRow) throws -> Void
    ) throws {
        do {
            try database.read { db in
                let export = try RecordReading(of: name, selection, in: db)
                try export.forEach(in: db) { row in
                    do { try body(row) } catch { throw ThrownByBody(error: error) }
                }
            }
        } catch let thrown as ThrownByBody {
            throw thrown.error
        } catch {
            throw StoreError(error, path: path)
        }
    }

    private struct ThrownByBody: Error {
        var error: any Error
    }
}

/// Reads records as they were after a run, or are now.
struct RecordReading {
    private let pipeline: Int64
    private let selection: ExportSelection
    private let validity: Validity
    private let corrections: CorrectionReading
    private let folders: [(id: Int64, path: String)]
    /// Rows that changed after this run are handed out; nil for all.
    private let sinceRun: Int64?
    private let sinceDate: String?

    init(of name: String, _ selection: ExportSelection, in db: Database) throws {
        guard let row = try db.row("SELECT id FROM pipeline WHERE name = ?", [name]) else {
            let known = try String.fetchAll(db, sql: "SELECT name FROM pipeline ORDER BY name")
            throw StoreError.noSuchPipeline(name, known: known)
        }
        let pipeline = try row.int64(0)
        self.pipeline = pipeline
        self.selection = selection
        validity = Validity(selection.run)
        for run in [selection.run, selection.since?.run].compactMap({ $0 }) {
            let isKnown = try db.row(
                "SELECT 1 FROM run WHERE id = ? AND pipeline = ?",
                [run.rawValue, pipeline]
            )
            guard isKnown != nil else { throw StoreError.noSuchRun(run) }
        }
        corrections = try CorrectionReading(pipeline: pipeline, at: selection.run, in: db)
        folders =
            try Row
            .fetchAll(
                db,
                sql: "SELECT id, path FROM folder WHERE pipeline = ?",
                arguments: [pipeline]
            )
            .map { (try $0.int64(0), try $0.text(1)) }
            .sorted { Array($0.1.utf8).lexicographicallyPrecedes(Array($1.1.utf8)) }
        switch selection.since {
        case nil:
            sinceRun = nil
            sinceDate = nil
        case .run(let run):
            sinceRun = run.rawValue
            sinceDate = try db.row(
                "SELECT coalesce(finished_at, started_at) FROM run WHERE id = ?",
                [run.rawValue]
            )?.text(0)
        case .date(let date):
            sinceRun =
                try db.row("SELECT max(id) FROM run WHERE started_at < ?", [date])?.optionalInt64(0)
                ?? 0
            sinceDate = date
        }
    }

    private struct Place {
        var folder: Int64
        var path: [UInt8]
    }

    func forEach(in db: Database, _ body: (ExportRow) throws -> Void) throws {
        let paths = Dictionary(
            folders.map { ($0.id, $0.path) },
            uniquingKeysWith: { first, _ in first }
        )
        // Of documents with duplicates: ten thousand copies of a blank page must not be sorted ten thousand times.
        var firsts: [Int64: Place] = [:]
        for folder in folders {
            let cursor = try db.rows(locations, [pipeline, folder.id])
            while let row = try cursor.next() {
                let export = try self.row(
                    row,
                    folder: folder,
                    paths: paths,
                    firsts: &firsts,
                    in: db
                )
                guard let export, selection.statuses?.contains(export.status) ?? true else {
                    continue
                }
                try body(export)
            }
        }
    }

    private var locations: String {
        let columns = """
            l.path, d.sha256, l.document, l.status, l.reason, l.detail, l.from_run,
            o.status, o.reason, o.detail, o.confidence, o.needs_review, o.from_run,
            \(validity.holds("l"))
            """
        let sources = """
            \(validity.locationsWithOutcomes) LEFT JOIN document d ON d.id = l.document
            WHERE l.pipeline = ? AND l.folder = ?
            """
        guard selection.includesPast else {
            return "SELECT \(columns) FROM \(sources) AND \(validity.holds("l")) ORDER BY l.path"
        }
        // Of what stood at a path, each document once, as it was last seen there.
        let limit = selection.run.map { "AND l.from_run <= \($0.rawValue)" } ?? ""
        let laterLimit = selection.run.map { "AND later.from_run <= \($0.rawValue)" } ?? ""
        return """
            SELECT \(columns) FROM \(sources) \(limit)
                AND (\(validity.holds("l")) OR l.document IS NOT NULL)
                AND NOT EXISTS (SELECT 1 FROM location later
                    WHERE later.folder = l.folder AND later.path = l.path
                    AND later.document = l.document AND later.from_run > l.from_run \(laterLimit))
            ORDER BY l.path, l.from_run
            """
    }

    private func row(
        _ row: Row,
        folder: (id: Int64, path: String),
        paths: [Int64: String],
        firsts: inout [Int64: Place],
        in db: Database
    ) throws -> ExportRow? {
        let path = try row.bytes(0)
        let document = try row.optionalInt64(2)
        let pathStatus = try row.optionalStatus(3)
        let isPresent = try row.bool(13)
        var changed = max(try row.int64(6), try row.optionalInt64(12) ?? 0)
        var isCorrected = false
        var values: [String: ExportValue] = [:]
        var first: Place?
        if let document {
            values = try self.values(of: document, changed: &changed, in: db)
            for correction in try corrections.latest(of: document, in: db) {
                values[correction.field] = ExportValue(correction: correction.content)
                if let sinceDate, correction.madeAt >= sinceDate { isCorrected = true }
            }
            if isPresent { first = try firsts[document] ?? self.first(of: document, in: db) }
        }
        let isDuplicate = first.map { $0.folder != folder.id || $0.path != path } ?? false
        if isDuplicate, let document { firsts[document] = first }
        if let sinceRun, changed <= sinceRun, !isCorrected {
            guard let document else { return nil }
            // What stood before it may have gone, which makes it the first, or come, which makes it a duplicate.
            changed = try lastChange(before: path, folder: folder.id, document: document, in: db)
            guard changed > sinceRun else { return nil }
        }
        let status = isDuplicate ? .duplicate : try pathStatus ?? row.optionalStatus(7) ?? .waiting
        return ExportRow(
            document: try row.optionalText(1),
            folder: folder.path,
            pathBytes: path,
            path: displayPath(path),
            status: status,
            reason: isDuplicate ? nil : try row.optionalText(pathStatus == nil ? 8 : 4),
            detail: isDuplicate ? nil : try row.optionalText(pathStatus == nil ? 9 : 5),
            confidence: try row.optionalDouble(10),
            needsReview: try row.optionalInt(11) ?? 0 != 0,
            duplicateOf: isDuplicate
                ? first.flatMap { first in
                    paths[first.folder].map { displayPath(first.path, in: $0) }
                }
                : nil,
            isPresent: isPresent,
            changedInRun: RunID(rawValue: changed),
            values: values
        )
    }

    /// The values of a document; `changed` becomes the latest run that touched one, if that is later.
    private func values(
        of document: Int64,
        changed: inout Int64,
        in db: Database
    ) throws -> [String: ExportValue] {
        let cursor = try db.rows(
            """
            SELECT from_run, until_run, \(CandidateColumns.names) FROM value
            WHERE document = ? AND pipeline = ? AND chosen AND from_run <= ?
            """,
            [document, pipeline, selection.run?.rawValue ?? Int64.max]
        )
        var values: [String: ExportValue] = [:]
        while let row = try cursor.next() {
            changed = max(changed, try row.int64(0))
            if let end = try row.optionalInt64(1), end <= selection.run?.rawValue ?? Int64.max {
                changed = max(changed, end)
            } else {
                let candidate = try CandidateColumns(row, at: 2).candidate
                values[candidate.field] = ExportValue(candidate)
            }
        }
        return values
    }

    private func first(of document: Int64, in db: Database) throws -> Place? {
        try db.row(
            """
            SELECT l.folder, l.path FROM location l
            WHERE l.document = ? AND l.pipeline = ? AND \(validity.holds("l"))
            ORDER BY l.folder, l.path LIMIT 1
            """,
            [document, pipeline]
        )
        .map { Place(folder: try $0.int64(0), path: try $0.bytes(1)) }
    }

    private func lastChange(
        before path: [UInt8],
        folder: Int64,
        document: Int64,
        in db: Database
    ) throws -> Int64 {
        let end = selection.run?.rawValue ?? Int64.max
        let cursor = try db.rows(
            """
            SELECT folder, path, from_run, until_run FROM location
            WHERE document = ? AND pipeline = ? AND from_run <= ?
            """,
            [document, pipeline, end]
        )
        var last: Int64 = 0
        while let row = try cursor.next() {
            let other = try row.int64(0)
            let isBefore =
                try other < folder
                || (other == folder && row.bytes(1).lexicographicallyPrecedes(path))
            guard isBefore else { continue }
            last = max(last, try row.int64(2))
            if let until = try row.optionalInt64(3), until <= end { last = max(last, until) }
        }
        return last
    }
}

extension ExportSince {
    fileprivate var run: RunID? {
        if case .run(let run) = self { run } else { nil }
    }
}

extension ExportValue {
    fileprivate init(_ candidate: Candidate) {
        self.init(
            content: candidate.content,
            printed: candidate.printed,
            confidence: candidate.confidence,
            evidence: candidate.evidence,
            reason: candidate.reason,
            assumedOrder: candidate.assumedOrder,
            isCorrection: false,
            isUnverified: candidate.isUnverified
        )
    }

    fileprivate init(correction content: FieldContent) {
        self.init(
            content: content,
            printed: "",
            confidence: 1,
            evidence: [],
            reason: "correction",
            assumedOrder: nil,
            isCorrection: true
        )
    }
}
