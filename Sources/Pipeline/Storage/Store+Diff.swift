import FoundationEssentials
import GRDB
import Jobs
import Records
import Scanning

extension Store {
    /// What changed from one run to another of the same pipeline, by folder and path.
    ///
    /// - Parameters:
    ///   - first: the run that is compared from; may be the later one.
    ///   - second: the run that is compared to.
    /// - Returns: the differences: of the path itself first, then of its status, then of its fields by name.
    /// - Throws: ``StoreError``, in particular ``StoreError/noSuchRun(_:)`` and
    ///   ``StoreError/differentPipelines(_:_:)``.
    public func diff(_ first: RunID, _ second: RunID) throws(StoreError) -> [Difference] {
        try read { db in
            let pipelines = try [first, second].map { run in
                guard let row = try db.row("SELECT pipeline FROM run WHERE id = ?", [run.rawValue])
                else {
                    throw StoreError.noSuchRun(run)
                }
                return try row.int64(0)
            }
            guard pipelines[0] == pipelines[1] else {
                throw StoreError.differentPipelines(first, second)
            }
            let before = try PastState(pipeline: pipelines[0], run: first, in: db)
            let after = try PastState(pipeline: pipelines[0], run: second, in: db)
            let places = try changedPlaces(pipeline: pipelines[0], first, second, in: db)
            var differences: [Difference] = []
            for place in places {
                differences += compare(
                    try before.path(place, in: db),
                    try after.path(place, in: db),
                    at: place
                )
            }
            return differences
        }
    }

    fileprivate struct Place {
        var folder: Int64
        var folderPath: String
        var path: [UInt8]
    }

    fileprivate struct PathState {
        var document: String?
        var status: String
        var values: [String: String]
    }

    /// Paths at which a difference is possible, found by the runs in which rows begin and end.
    private func changedPlaces(
        pipeline: Int64,
        _ first: RunID,
        _ second: RunID,
        in db: Database
    ) throws -> [Place] {
        let earlier = min(first, second).rawValue
        let later = max(first, second).rawValue
        func changed(_ table: String) -> String {
            """
            \(table).pipeline = \(pipeline) AND (
                (\(table).from_run > \(earlier) AND \(table).from_run <= \(later))
                OR (\(table).until_run > \(earlier) AND \(table).until_run <= \(later)))
            """
        }
        let cursor = try db.rows(
            """
            WITH changed_document (id) AS (
                SELECT document FROM location WHERE \(changed("location"))
                UNION SELECT document FROM outcome WHERE \(changed("outcome"))
                UNION SELECT document FROM value WHERE chosen AND \(changed("value"))
                UNION SELECT document FROM correction WHERE pipeline = \(pipeline))
            SELECT DISTINCT f.id, f.path, l.path FROM location l JOIN folder f ON f.id = l.folder
            WHERE l.pipeline = \(pipeline)
                AND (l.document IN (SELECT id FROM changed_document) OR \(changed("l")))
            """
        )
        var places: [Place] = []
        while let row = try cursor.next() {
            places.append(
                Place(
                    folder: try row.int64(0),
                    folderPath: try row.text(1),
                    path: try row.bytes(2)
                )
            )
        }
        return places.sorted { left, right in
            left.folderPath == right.folderPath
                ? left.path.lexicographicallyPrecedes(right.path)
                : Array(left.folderPath.utf8).lexicographicallyPrecedes(
                    Array(right.folderPath.utf8)
                )
        }
    }

    private func compare(_ before: PathState?, _ after: PathState?, at place: Place) -> [Difference]
    {
        func difference(
            _ kind: Difference.Kind,
            _ field: String?,
            _ old: String?,
            _ new: String?
        ) -> Difference {
            Difference(
                folder: place.folderPath,
                path: displayPath(place.path),
                field: field,
                before: old,
                after: new,
                kind: kind
            )
        }
        guard let before else {
            return after.map { [difference(.added, nil, nil, $0.status)] } ?? []
        }
        guard let after else { return [difference(.removed, nil, before.status, nil)] }
        var differences: [Difference] = []
        if before.document != after.document {
            differences.append(difference(.changed, nil, before.document, after.document))
        }
        if before.status != after.status {
            differences.append(difference(.status, nil, before.status, after.status))
        }
        for field in Set(before.values.keys).union(after.values.keys).sorted() {
            let (old, new) = (before.values[field], after.values[field])
            guard old != new else { continue }
            let kind: Difference.Kind = old == nil ? .added : new == nil ? .removed : .changed
            differences.append(difference(kind, field, old, new))
        }
        return differences
    }
}

/// What a run left at single paths.
private struct PastState {
    private let pipeline: Int64
    private let run: RunID
    private let validity: Validity
    private let corrections: CorrectionReading

    init(pipeline: Int64, run: RunID, in db: Database) throws {
        self.pipeline = pipeline
        self.run = run
        validity = .at(run)
        corrections = try CorrectionReading(pipeline: pipeline, at: run, in: db)
    }

    func path(_ place: Store.Place, in db: Database) throws -> Store.PathState? {
        let row = try db.row(
            """
            SELECT l.document, d.sha256, \(validity.status) FROM \(validity.locationsWithOutcomes)
            LEFT JOIN document d ON d.id = l.document
            WHERE l.pipeline = ? AND l.folder = ? AND l.path = ? AND \(validity.holds("l"))
            """,
            [pipeline, place.folder, Data(place.path)]
        )
        guard let row else { return nil }
        let status = try row.text(2)
        var values: [String: String] = [:]
        // The record of a duplicate is told once, at the first path.
        if let document = try row.optionalInt64(0), status != DocumentStatus.duplicate.rawValue {
            let cursor = try db.rows(
                """
                SELECT v.field, v.plain FROM value v
                WHERE v.document = ? AND v.pipeline = ? AND v.chosen AND \(validity.holds("v"))
                """,
                [document, pipeline]
            )
            while let row = try cursor.next() { values[try row.text(0)] = try row.text(1) }
            for correction in try corrections.latest(of: document, in: db) {
                values[correction.field] = try correction.content.viewText
            }
        }
        return Store.PathState(document: try row.optionalText(1), status: status, values: values)
    }
}
