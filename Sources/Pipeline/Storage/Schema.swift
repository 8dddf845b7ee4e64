/// The tables as SQL.
///
/// `from_run` and `until_run`: a row holds from the first run on and until before the second; a row without
/// `until_run` holds now. The state at run R is the rows with `from_run <= R AND (until_run IS NULL OR until_run > R)`.
enum Schema {
    static let version1 = """
        CREATE TABLE pipeline (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            spec TEXT NOT NULL,
            view TEXT,
            view_sql TEXT
        );
        CREATE TABLE folder (
            id INTEGER PRIMARY KEY,
            pipeline INTEGER NOT NULL REFERENCES pipeline,
            path TEXT NOT NULL,
            UNIQUE (pipeline, path)
        );
        CREATE TABLE run (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            pipeline INTEGER NOT NULL REFERENCES pipeline,
            started_at TEXT NOT NULL,
            finished_at TEXT,
            state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'interrupted', 'failed')),
            plan_fingerprint TEXT NOT NULL,
            found INTEGER,
            done INTEGER,
            partial INTEGER,
            review INTEGER,
            failed INTEGER,
            quarantined INTEGER,
            duplicate INTEGER,
            skipped INTEGER,
            waiting INTEGER,
            summary TEXT
        );
        CREATE INDEX run_by_pipeline ON run (pipeline, id);

        CREATE TABLE document (
            id INTEGER PRIMARY KEY,
            sha256 TEXT NOT NULL UNIQUE,
            byte_count INTEGER NOT NULL,
            kind TEXT NOT NULL
        );
        CREATE TABLE location (
            id INTEGER PRIMARY KEY,
            pipeline INTEGER NOT NULL REFERENCES pipeline,
            folder INTEGER NOT NULL REFERENCES folder,
            path BLOB NOT NULL,
            document INTEGER REFERENCES document ON DELETE CASCADE,
            device INTEGER,
            inode INTEGER,
            size INTEGER,
            modified_ns INTEGER,
            changed_ns INTEGER,
            is_trusted INTEGER NOT NULL,
            status TEXT,
            reason TEXT,
            detail TEXT,
            from_run INTEGER NOT NULL REFERENCES run,
            until_run INTEGER REFERENCES run
        );
        CREATE UNIQUE INDEX location_current ON location (folder, path) WHERE until_run IS NULL;
        CREATE INDEX location_by_document ON location (document, pipeline);
        CREATE INDEX location_past ON location (folder, path) WHERE until_run IS NOT NULL;

        CREATE TABLE outcome (
            id INTEGER PRIMARY KEY,
            pipeline INTEGER NOT NULL REFERENCES pipeline,
            document INTEGER NOT NULL REFERENCES document ON DELETE CASCADE,
            status TEXT NOT NULL,
            reason TEXT,
            detail TEXT,
            attempts INTEGER NOT NULL,
            plan_fingerprint TEXT NOT NULL,
            engine_fingerprint TEXT NOT NULL,
            confidence REAL,
            needs_review INTEGER NOT NULL,
            from_run INTEGER NOT NULL REFERENCES run,
            until_run INTEGER REFERENCES run
        );
        CREATE UNIQUE INDEX outcome_current ON outcome (document, pipeline) WHERE until_run IS NULL;
        CREATE INDEX outcome_by_document ON outcome (document, pipeline, from_run);

        CREATE TABLE job (
            id INTEGER PRIMARY KEY,
            pipeline INTEGER NOT NULL REFERENCES pipeline,
            document INTEGER NOT NULL REFERENCES document ON DELETE CASCADE,
            step_index INTEGER NOT NULL,
            verb TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('running', 'done', 'failed', 'skipped')),
            attempts INTEGER NOT NULL,
            reason TEXT,
            detail TEXT,
            page INTEGER,
            fingerprint TEXT NOT NULL,
            engine_version TEXT NOT NULL,
            route TEXT NOT NULL,
            milliseconds INTEGER NOT NULL,
            peak_bytes INTEGER NOT NULL,
            page_count INTEGER,
            unread_pages INTEGER NOT NULL,
            run INTEGER NOT NULL REFERENCES run,
            UNIQUE (document, pipeline, step_index)
        );
        CREATE TABLE page (
            id INTEGER PRIMARY KEY,
            job INTEGER NOT NULL REFERENCES job ON DELETE CASCADE,
            number INTEGER NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            source TEXT,
            is_blank INTEGER NOT NULL,
            turned_by INTEGER NOT NULL,
            is_cut_short INTEGER NOT NULL,
            warnings TEXT NOT NULL,
            failure_reason TEXT,
            failure_detail TEXT,
            failure_page INTEGER,
            milliseconds INTEGER NOT NULL,
            UNIQUE (job, number)
        );

        -- words: [["text", x, y, width, height, confidence, block, line], ...]
        -- separated: the text with a zero-width space between the signs of a script that sets none between words
        CREATE TABLE text (
            page INTEGER PRIMARY KEY REFERENCES page ON DELETE CASCADE,
            text TEXT NOT NULL,
            words TEXT NOT NULL,
            separated TEXT
        );
        CREATE VIEW text_to_index AS SELECT page, coalesce(separated, text) AS text FROM text;
        CREATE VIRTUAL TABLE text_index USING fts5 (
            text, content = 'text_to_index', content_rowid = 'page',
            tokenize = 'unicode61 remove_diacritics 2'
        );
        CREATE TRIGGER text_indexed AFTER INSERT ON text BEGIN
            INSERT INTO text_index (rowid, text) VALUES (new.page, coalesce(new.separated, new.text));
        END;
        CREATE TRIGGER text_removed AFTER DELETE ON text BEGIN
            INSERT INTO text_index (text_index, rowid, text)
            VALUES ('delete', old.page, coalesce(old.separated, old.text));
        END;
        CREATE TRIGGER text_changed AFTER UPDATE ON text BEGIN
            INSERT INTO text_index (text_index, rowid, text)
            VALUES ('delete', old.page, coalesce(old.separated, old.text));
            INSERT INTO text_index (rowid, text) VALUES (new.page, coalesce(new.separated, new.text));
        END;

        -- is_superseded: its step has found something else since, but the record holds it until its document is finished
        CREATE TABLE value (
            id INTEGER PRIMARY KEY,
            pipeline INTEGER NOT NULL REFERENCES pipeline,
            document INTEGER NOT NULL REFERENCES document ON DELETE CASCADE,
            step_index INTEGER NOT NULL,
            position INTEGER NOT NULL,
            field TEXT NOT NULL,
            content TEXT NOT NULL,
            plain TEXT NOT NULL,
            minor_units INTEGER,
            currency TEXT,
            printed TEXT NOT NULL,
            confidence REAL NOT NULL,
            evidence TEXT NOT NULL,
            reason TEXT NOT NULL,
            assumed_order TEXT,
            chosen INTEGER NOT NULL,
            is_superseded INTEGER NOT NULL DEFAULT 0,
            from_run INTEGER NOT NULL REFERENCES run,
            until_run INTEGER REFERENCES run
        );
        CREATE INDEX value_by_document ON value (document, pipeline, field);
        CREATE INDEX value_of_two_readings ON value (pipeline)
            WHERE assumed_order IS NOT NULL AND until_run IS NULL;

        CREATE TABLE correction (
            id INTEGER PRIMARY KEY,
            pipeline INTEGER NOT NULL REFERENCES pipeline,
            document INTEGER NOT NULL REFERENCES document ON DELETE CASCADE,
            field TEXT NOT NULL,
            content TEXT NOT NULL,
            plain TEXT NOT NULL,
            made_at TEXT NOT NULL
        );
        CREATE INDEX correction_by_document ON correction (document, pipeline, field);

        CREATE TABLE check_result (
            id INTEGER PRIMARY KEY,
            pipeline INTEGER NOT NULL REFERENCES pipeline,
            document INTEGER NOT NULL REFERENCES document ON DELETE CASCADE,
            step_index INTEGER NOT NULL,
            position INTEGER NOT NULL,
            rule TEXT NOT NULL,
            outcome TEXT NOT NULL,
            detail TEXT NOT NULL,
            from_run INTEGER NOT NULL REFERENCES run,
            until_run INTEGER REFERENCES run
        );
        CREATE INDEX check_result_by_document ON check_result (document, pipeline);

        CREATE TABLE resolution (
            pipeline INTEGER NOT NULL REFERENCES pipeline,
            folder INTEGER NOT NULL REFERENCES folder,
            key TEXT NOT NULL,
            decision TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            PRIMARY KEY (pipeline, folder, key)
        );
        """
}
