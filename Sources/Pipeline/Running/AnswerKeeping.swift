import Jobs
import Storage
import Synchronization

/// Stores the answers of one job as they come, and counts what they took.
final class AnswerKeeping: Sendable {
    private let job: JobID
    private let stored: Set<JobAnswer>
    private let store: Store
    private let clock: PageClock
    private let log: ModelWorkLog
    private let lastKept = Mutex<Int?>(nil)

    init(_ begun: BegunJob, store: Store, start: ContinuousClock.Instant, log: ModelWorkLog) {
        job = begun.id
        stored = Set(begun.storedAnswers)
        self.store = store
        clock = PageClock(start: start)
        self.log = log
    }

    /// The place of the last answer that was kept.
    var last: Int? { lastKept.withLock { $0 } }

    /// Makes an answer safe.
    ///
    /// - Throws: `StoreError`.
    func keep(_ answer: JobAnswer) throws {
        // One that was taken up again cost nothing now, and stands already.
        if !stored.contains(answer) {
            try store.keepAnswer(job, answer, milliseconds: clock.lap())
            log.count(answer.work)
        }
        lastKept.withLock { $0 = max($0 ?? 0, answer.position) }
    }
}
