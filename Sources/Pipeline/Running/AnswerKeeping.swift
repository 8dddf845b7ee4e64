import Jobs
import Storage
import Synchronization

/// Stores the answers of one job as they come, and counts what they took.
final class AnswerKeeping: Sendable {
    private let job: JobID
    private let stored: Set<JobAnswer>
    /// The same, wherever they stand.
    private let known: Set<JobAnswer>
    private let store: Store
    private let clock: PageClock
    private let log: ModelWorkLog?
    private let kept = Mutex<Set<Int>>([])

    /// Begins with a job.
    ///
    /// - Parameters:
    ///   - begun: the job, with the answers that it has already.
    ///   - store: where they are stored.
    ///   - start: when it began.
    ///   - log: counts what they took; nil for answers that are no model's.
    init(_ begun: BegunJob, store: Store, start: ContinuousClock.Instant, log: ModelWorkLog?) {
        job = begun.id
        stored = Set(begun.storedAnswers)
        known = Set(begun.storedAnswers.map(Self.anywhere))
        self.store = store
        clock = PageClock(start: start)
        self.log = log
    }

    private static func anywhere(_ answer: JobAnswer) -> JobAnswer {
        var answer = answer
        answer.position = 0
        return answer
    }

    /// Places of the answers that were kept.
    var places: Set<Int> { kept.withLock { $0 } }

    /// Makes an answer safe.
    ///
    /// - Throws: `StoreError`.
    func keep(_ answer: JobAnswer) throws {
        // One that was taken up again cost nothing now, and stands already, if not in another place.
        if !stored.contains(answer) {
            try store.keepAnswer(job, answer, milliseconds: clock.lap())
        }
        if !known.contains(Self.anywhere(answer)) { log?.count(answer.work) }
        _ = kept.withLock { $0.insert(answer.position) }
    }
}
