import Jobs
import Testing

@Suite struct JobLifecycleTests {
    @Test(arguments: FailureReason.allCases.filter(\.mayPass))
    func `a failure that may pass is tried in three more runs, then quarantined`(
        reason: FailureReason
    ) {
        var attempts = 0
        for _ in 1...3 {
            let verdict = JobLifecycle.verdict(on: reason, earlierAttempts: attempts)
            #expect(verdict.status == .failed)
            #expect(verdict.isRetried)
            attempts = verdict.attempts
        }
        let last = JobLifecycle.verdict(on: reason, earlierAttempts: attempts)
        #expect(last.status == .quarantined)
        #expect(!last.isRetried)
        #expect(last.attempts == 4)
    }

    @Test(arguments: FailureReason.allCases.filter { !$0.mayPass })
    func `a failure that will not pass waits for the file or the limits to change`(
        reason: FailureReason
    ) {
        let verdict = JobLifecycle.verdict(on: reason, earlierAttempts: 0)
        #expect(verdict.status == .failed)
        #expect(!verdict.isRetried)
    }
}
