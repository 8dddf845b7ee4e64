import ArgumentParser
import Tensors

/// `--threads`.
struct ThreadsOption: ParsableArguments {
    @Option(help: "Threads of arithmetic; else one a physical core that may be used.")
    var threads: Int?

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads \(threads): expected 1 to 1024")
        }
    }

    /// As many threads.
    var pool: ThreadPool { threads.map { ThreadPool(threads: $0) } ?? ThreadPool() }
}
