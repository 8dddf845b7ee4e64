import GRDB
public import Jobs
public import Records

extension Store {
    /// Stores what became of a page: when it returns, the page, its text and its words in the index are safe together.
    ///
    /// - Parameters:
    ///   - job: the job.
    ///   - page: the page; it takes the place of one of the same number.
    ///   - milliseconds: the time it took.
    /// - Throws: ``StoreError``.
    public func storePage(_ job: JobID, _ page: PageOutcome, milliseconds: Int) throws(StoreError) {
        try write(.page) { db in
            try db.run(
                "DELETE FROM page WHERE job = ? AND number = ?",
                [job.rawValue, page.number]
            )
            switch page {
            case .read(let read):
                let id = try db.insert(
                    """
                    INSERT INTO page (job, number, width, height, source, is_blank, turned_by, is_cut_short,
                        warnings, milliseconds, symbols, language)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    [
                        job.rawValue, read.number, read.width, read.height, read.source.rawValue,
                        read.isBlank, read.turnedBy, read.isCutShort,
                        try JSONColumn.text(list: read.warnings), milliseconds,
                        try JSONColumn.text(list: read.symbols), read.language,
                    ]
                )
                let text = read.text
                try db.run(
                    "INSERT INTO text (page, text, words, separated) VALUES (?, ?, ?, ?)",
                    [id, text, WordList.json(read.words), SearchText.separated(text)]
                )
            case .failed(let number, let failure):
                try db.run(
                    """
                    INSERT INTO page (job, number, width, height, is_blank, turned_by, is_cut_short, warnings,
                        failure_reason, failure_detail, failure_page, milliseconds)
                    VALUES (?, ?, 0, 0, 0, 0, 0, '[]', ?, ?, ?, ?)
                    """,
                    [
                        job.rawValue, number, failure.reason.rawValue, failure.detail, failure.page,
                        milliseconds,
                    ]
                )
            }
        }
    }

    /// All pages of a job, those that failed as well.
    ///
    /// - Parameter job: the job.
    /// - Returns: the pages by number.
    /// - Throws: ``StoreError``.
    public func pageOutcomes(_ job: JobID) throws(StoreError) -> [PageOutcome] {
        try read { db in try outcomes(ofJob: job, in: db) }
    }

    /// The pages that were read of a document, by its last `read` step.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline.
    ///   - document: the document.
    /// - Returns: the pages by number.
    /// - Throws: ``StoreError``.
    public func pages(
        pipeline: PipelineID,
        document: DocumentID
    ) throws(StoreError) -> [PageText] {
        try read { db in
            let job = try db.row(
                """
                SELECT id FROM job WHERE document = ? AND pipeline = ? AND verb = 'read'
                ORDER BY step_index DESC LIMIT 1
                """,
                [document.rawValue, pipeline.rawValue]
            )
            guard let job else { return [] }
            return try outcomes(ofJob: JobID(rawValue: try job.int64(0)), in: db).compactMap {
                page in
                if case .read(let text) = page { text } else { nil }
            }
        }
    }

    func outcomes(ofJob job: JobID, in db: Database) throws -> [PageOutcome] {
        let cursor = try db.rows(
            """
            SELECT p.number, p.width, p.height, p.source, p.is_blank, p.turned_by, p.is_cut_short,
                p.warnings, p.failure_reason, p.failure_detail, p.failure_page, t.words,
                p.symbols, p.language
            FROM page p LEFT JOIN text t ON t.page = p.id WHERE p.job = ? ORDER BY p.number
            """,
            [job.rawValue]
        )
        var pages: [PageOutcome] = []
        while let row = try cursor.next() { pages.append(try PageOutcome(row)) }
        return pages
    }
}

extension PageOutcome {
    fileprivate init(_ row: Row) throws {
        let number = try row.int(0)
        if let reason = try row.optionalText(8) {
            self = .failed(
                number: number,
                JobFailure(
                    try named(FailureReason.self, reason),
                    try row.optionalText(9) ?? "",
                    page: try row.optionalInt(10)
                )
            )
            return
        }
        self = .read(
            PageText(
                number: number,
                width: try row.int(1),
                height: try row.int(2),
                words: try WordList.words(from: try row.optionalText(11) ?? "[]"),
                symbols: try JSONColumn.list(Symbol.self, from: row.text(12)),
                source: try named(PageText.Source.self, row.text(3)),
                language: try row.optionalText(13),
                isBlank: try row.bool(4),
                turnedBy: try row.int(5),
                warnings: try JSONColumn.list(String.self, from: row.text(7)),
                isCutShort: try row.bool(6)
            )
        )
    }
}
