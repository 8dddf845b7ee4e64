internal import CKernels

/// The threads that share out the kernels' work.
///
/// `@unchecked Sendable`: the pool takes one caller at a time, by its own lock, and is freed only when nobody holds this.
@safe public final class ThreadPool: @unchecked Sendable {
    private let pool: OpaquePointer?

    /// Threads at work, the caller's included.
    public let threadCount: Int

    /// Starts the threads; they sleep until there is work.
    ///
    /// - Parameter threads: How many, the caller's included; fewer than one is taken as one.
    public init(threads: Int = ProcessorCount.usable) {
        unsafe pool = dk_pool_create(max(1, threads))
        threadCount = unsafe pool.map { unsafe dk_pool_threads($0) } ?? 1
    }

    deinit { unsafe dk_pool_destroy(pool) }

    /// Which of its pool's threads a part runs on: 0 for the calling one, below ``threadCount`` for all.
    static var currentThread: Int { dk_pool_thread() }

    /// Does a job in parts, the calling thread helping, and returns when all are done.
    ///
    /// A job that a part starts runs on that part's thread alone. Callers on several threads take turns.
    ///
    /// - Parameters:
    ///   - parts: How many parts; which thread takes which is not said.
    ///   - work: Called once with each of `0..<parts`, on several threads at once: what it writes must differ from part to part.
    public func run(parts: Int, _ work: (Int) -> Void) {
        guard parts > 0 else { return }
        withoutActuallyEscaping(work) { work in
            var work = work
            unsafe withUnsafeMutablePointer(to: &work) { address in
                unsafe dk_pool_run(
                    pool,
                    parts,
                    { context, part in
                        unsafe context?.assumingMemoryBound(to: ((Int) -> Void).self).pointee(part)
                    },
                    address
                )
            }
        }
    }
}
