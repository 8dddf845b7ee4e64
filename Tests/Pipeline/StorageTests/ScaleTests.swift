import Jobs
import Records
import Scanning
import Testing

@testable import Storage

@Suite struct ScaleTests {
    @Test func `a hundred thousand known paths come in batches, each once, and are counted`() throws
    {
        let test = try TestStore()
        let run = try test.begin()
        // Rows as `recordLocation` and `finishDocument` leave them, without their transactions.
        try test.store.database.write { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
                    INSERT INTO document (sha256, byte_count, kind)
                    SELECT printf('%064x', i), i, 'jpeg' FROM n;
                    INSERT INTO location (pipeline, folder, path, document, device, inode, size,
                        modified_ns, changed_ns, is_trusted, from_run)
                    SELECT 1, 1, CAST(printf('%03d/%06d.jpg', id % 100, id) AS BLOB), id, 1, id, id, 1, 1, 1, 1
                    FROM document;
                    UPDATE location SET document = 1 WHERE id > 99000;
                    INSERT INTO outcome (pipeline, document, status, attempts, plan_fingerprint,
                        engine_fingerprint, needs_review, from_run)
                    SELECT 1, id, 'done', 0, printf('%064x', 1), printf('%064x', 2), 0, 1 FROM document;
                    """
            )
        }
        var after: [UInt8]?
        var count = 0
        while true {
            let batch = try test.store.knownLocations(
                pipeline: run.pipeline,
                folder: run.folders[0],
                after: after,
                limit: 1000
            )
            guard let last = batch.last else { break }
            count += batch.count
            after = last.path
        }
        #expect(count == 100_000)
        #expect(
            try test.store.tally(pipeline: run.pipeline, folders: run.folders)
                == [.done: 99_000, .duplicate: 1000]
        )
    }
}
