/// When rows that hold from run to run are looked at: now, or in the state that a run left.
enum Validity {
    case now
    case at(RunID)

    init(_ run: RunID?) { self = run.map { .at($0) } ?? .now }

    /// The condition that a row of the table named `alias` holds.
    func holds(_ alias: String) -> String {
        switch self {
        case .now: "\(alias).until_run IS NULL"
        case .at(let run):
            "(\(alias).from_run <= \(run.rawValue) AND (\(alias).until_run IS NULL OR \(alias).until_run > \(run.rawValue)))"
        }
    }

    /// The condition that the location named `alias` is not the first of its document; never stored, so that it is never stale.
    func isDuplicate(_ alias: String) -> String {
        """
        (\(alias).document IS NOT NULL AND EXISTS (SELECT 1 FROM location earlier
            WHERE earlier.document = \(alias).document AND earlier.pipeline = \(alias).pipeline
            AND \(holds("earlier"))
            AND (earlier.folder, earlier.path) < (\(alias).folder, \(alias).path)))
        """
    }

    /// The status of the location `l` with its outcome `o`.
    var status: String {
        "CASE WHEN \(isDuplicate("l")) THEN 'duplicate' ELSE coalesce(l.status, o.status, 'waiting') END"
    }

    /// Locations `l` with their outcomes `o`.
    var locationsWithOutcomes: String {
        """
        location l LEFT JOIN outcome o
            ON o.document = l.document AND o.pipeline = l.pipeline AND \(holds("o"))
        """
    }
}
