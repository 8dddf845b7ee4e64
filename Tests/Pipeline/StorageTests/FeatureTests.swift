import GRDB
import Records
import Testing

@testable import Storage

@Suite struct FeatureTests {
    @Test func `the numbers of a candidate come back as they were, also those of another version`()
        throws
    {
        let features: [Feature: Double] = [
            .score: 0.802, .key: 1, .kind("date"): 1, Feature(rawValue: "something_new"): 0.5,
        ]
        let candidate = Candidate(
            field: "total",
            content: .text("5.20"),
            printed: "5.20",
            confidence: 0.8,
            evidence: [],
            reason: "right of “TOTAL”",
            features: features
        )
        let columns = try CandidateColumns(candidate)
        #expect(columns.features == #"{"key":1,"kind_date":1,"score":0.802,"something_new":0.5}"#)
        #expect(try columns.candidate == candidate)
        var without = candidate
        without.features = [:]
        #expect(try CandidateColumns(without).features == "{}")
    }

    @Test func `values that were stored before have no numbers`() throws {
        let database = try DatabaseQueue()
        try database.write { db in
            try db.execute(sql: Schema.version1)
            try db.execute(
                sql: """
                    INSERT INTO pipeline (id, name, spec) VALUES (1, 'p', '');
                    INSERT INTO document (id, sha256, byte_count, kind) VALUES (1, 'x', 1, 'text');
                    INSERT INTO run (id, pipeline, started_at, state, plan_fingerprint)
                        VALUES (1, 1, '', 'finished', '');
                    INSERT INTO value (pipeline, document, step_index, position, field, content, plain,
                        printed, confidence, evidence, reason, chosen, from_run)
                    VALUES (1, 1, 1, 0, 'total', '{"text":"5.20"}', '5.20', '5.20', 0.8, '[]', '', 1, 1);
                    """
            )
            try db.execute(sql: Schema.features)
            try db.execute(sql: Schema.symbols + Schema.language + Schema.answers)
            let row = try #require(
                try Row.fetchOne(db, sql: "SELECT \(CandidateColumns.names) FROM value")
            )
            let candidate = try CandidateColumns(row, at: 0).candidate
            #expect(candidate.confidence == 0.8)
            #expect(candidate.features.isEmpty)
        }
    }
}
