extension Schema {
    /// What a model answered, what of it is nowhere on the page, why a job went where it went, and what waits for the model.
    ///
    /// `gain` and `cost` stand in outcomes that wait for the model: it takes up first what gains most for what it costs.
    /// `doubts` are what a person should look at besides the values, a JSON list.
    static let answers = """
        CREATE TABLE answer (
            id INTEGER PRIMARY KEY,
            job INTEGER NOT NULL REFERENCES job ON DELETE CASCADE,
            position INTEGER NOT NULL,
            part TEXT NOT NULL,
            first_page INTEGER,
            last_page INTEGER,
            question TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            text TEXT NOT NULL,
            end TEXT NOT NULL,
            work TEXT NOT NULL,
            milliseconds INTEGER NOT NULL,
            UNIQUE (job, position)
        );
        ALTER TABLE value ADD COLUMN is_unverified INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE job ADD COLUMN route_reason TEXT NOT NULL DEFAULT '';
        ALTER TABLE job ADD COLUMN doubts TEXT NOT NULL DEFAULT '[]';
        ALTER TABLE outcome ADD COLUMN gain REAL;
        ALTER TABLE outcome ADD COLUMN cost INTEGER;
        CREATE INDEX outcome_waiting_for_model ON outcome (pipeline)
            WHERE gain IS NOT NULL AND until_run IS NULL;
        """
}
