internal import Dispatch

/// Runs a model's work on a thread apart from the tasks of the rest of the program, which go on while it computes.
final class InferenceExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "docket.inference", qos: .userInitiated)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = unsafe asUnownedSerialExecutor()
        queue.async { unsafe job.runSynchronously(on: executor) }
    }
}
