import GRDB
public import Jobs

extension Store {
    /// Stores an answer of a model: when it returns, the answer is safe, whatever becomes of its job.
    ///
    /// - Parameters:
    ///   - job: the job.
    ///   - answer: the answer; it takes the place of one of the same position.
    ///   - milliseconds: the time it took.
    /// - Throws: ``StoreError``.
    public func keepAnswer(
        _ job: JobID,
        _ answer: JobAnswer,
        milliseconds: Int
    ) throws(StoreError) {
        try write(.answer) { db in
            try db.run(
                """
                INSERT INTO answer (job, position, part, first_page, last_page, question, fingerprint,
                    text, end, work, milliseconds)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (job, position) DO UPDATE SET part = excluded.part,
                    first_page = excluded.first_page, last_page = excluded.last_page,
                    question = excluded.question, fingerprint = excluded.fingerprint,
                    text = excluded.text, end = excluded.end, work = excluded.work,
                    milliseconds = excluded.milliseconds
                """,
                [
                    job.rawValue, answer.position, answer.part.rawValue, answer.firstPage,
                    answer.lastPage, answer.question, answer.fingerprint, answer.text, answer.end,
                    try JSONColumn.text(answer.work), milliseconds,
                ]
            )
        }
    }

    /// What a model answered for a job.
    ///
    /// - Parameter job: the job.
    /// - Returns: the answers by place.
    /// - Throws: ``StoreError``.
    public func answers(_ job: JobID) throws(StoreError) -> [JobAnswer] {
        try read { db in try answers(ofJob: job, in: db) }
    }

    func answers(ofJob job: JobID, in db: Database) throws -> [JobAnswer] {
        let cursor = try db.rows(
            """
            SELECT position, part, first_page, last_page, question, fingerprint, text, end, work
            FROM answer WHERE job = ? ORDER BY position
            """,
            [job.rawValue]
        )
        var answers: [JobAnswer] = []
        while let row = try cursor.next() {
            answers.append(
                JobAnswer(
                    position: try row.int(0),
                    part: try named(JobAnswer.Part.self, row.text(1)),
                    firstPage: try row.optionalInt(2),
                    lastPage: try row.optionalInt(3),
                    question: try row.text(4),
                    fingerprint: try row.text(5),
                    text: try row.text(6),
                    end: try row.text(7),
                    work: try JSONColumn.value(AnswerWork.self, from: row.text(8))
                )
            )
        }
        return answers
    }
}
