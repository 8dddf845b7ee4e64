/// Makes attempts until one succeeds, one fails for good, or there is no use in another.
struct Retrying {
    let settings: PullSettings
    let observer: any PullObserver

    /// Runs attempts.
    ///
    /// - Parameters:
    ///   - file: What they are at, for messages.
    ///   - reached: How far the file is.
    ///   - attempt: One attempt.
    /// - Returns: What the attempt that succeeded returned.
    /// - Throws: The fault of the attempt that failed for good, ``ModelStoreFault/gaveUp(file:_:attempts:)``,
    ///   ``ModelStoreFault/comeBack(after:from:)`` or ``ModelStoreFault/cancelled``.
    func run<Result>(
        _ file: String,
        reached: () -> Int = { 0 },
        attempt: () async throws(AttemptFailure) -> Result
    ) async throws(ModelStoreFault) -> Result {
        var plan = RetryPlan(settings: settings)
        while true {
            let failure: AttemptFailure
            do throws(AttemptFailure) { return try await attempt() } catch { failure = error }
            if Task.isCancelled { throw .cancelled }
            switch failure {
            case .final(let fault): throw fault
            case .passing(let trouble, let retryAfter):
                let action = plan.failed(
                    reached: reached(),
                    retryAfter: retryAfter,
                    jitter: .random(in: 0...1)
                )
                guard case .retry(let delay) = action else {
                    if let retryAfter, retryAfter > settings.longestWait {
                        throw .comeBack(after: retryAfter, from: file)
                    }
                    throw .gaveUp(file: file, trouble, attempts: plan.total)
                }
                observer.observe(.retrying(file: file, trouble, after: delay))
                do { try await Task.sleep(for: delay) } catch { throw .cancelled }
            }
        }
    }
}
