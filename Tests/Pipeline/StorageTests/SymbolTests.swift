import Foundation
import GRDB
import Jobs
import Records
import Testing

@testable import Storage

@Suite struct StoredSymbolTests {
    private let symbol = Symbol(
        format: .code128,
        text: "0104006381333931\u{1D}10A\"7",
        box: Box(x: 1, y: 2, width: 300, height: 40),
        confidence: 0.99,
        isGS1: true
    )

    @Test func `symbols of a page come back as they were`() throws {
        let test = try TestStore()
        let run = try test.begin()
        let document = try test.place("a.jpg", "a")
        let job = try test.read(document, "words")
        var page = test.page("words")
        page.symbols = [symbol]
        try test.store.storePage(job, .read(page), milliseconds: 1)
        let pages = try test.store.pages(pipeline: run.pipeline, document: document)
        #expect(pages == [page])
    }

    @Test func `a database from before symbols is brought up to date and keeps its pages`() throws {
        let test = try TestStore()
        let run = try test.begin()
        let document = try test.place("a.jpg", "a")
        try test.read(document, "older words")
        // As the first version had it.
        try test.store.database.write { db in
            try db.execute(
                sql: """
                    ALTER TABLE page DROP COLUMN symbols;
                    ALTER TABLE page DROP COLUMN language;
                    DROP TABLE answer;
                    DROP INDEX outcome_waiting_for_model;
                    ALTER TABLE value DROP COLUMN is_unverified;
                    ALTER TABLE job DROP COLUMN route_reason;
                    ALTER TABLE job DROP COLUMN doubts;
                    ALTER TABLE outcome DROP COLUMN gain;
                    ALTER TABLE outcome DROP COLUMN cost;
                    PRAGMA user_version = 2;
                    """
            )
        }
        try test.reopen(.create)
        let pages = try test.store.pages(pipeline: run.pipeline, document: document)
        #expect(pages.first?.text == "older words\n")
        #expect(pages.first?.symbols == [])
    }
}
