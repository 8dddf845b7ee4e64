/// The threads' scratch memory, and the steps of a forward pass that run on all of them.
///
/// No result depends on how a step is divided: each depends only on its own row of each matrix.
///
/// A part of a step must not use the workspace: its scratch memory is the thread's, and would be written twice.
///
/// Not `Sendable`: one computation owns it.
public final class Workspace {
    /// What arithmetic runs on.
    public let compute: Compute

    private var scratchFloats = 0
    /// One for each thread of the pool.
    private var scratch: [Matrix<Float>] = []
    /// Whether parts are being done.
    private var isRunning = false

    /// Makes a workspace without memory yet.
    ///
    /// - Parameter compute: What arithmetic runs on.
    public init(compute: Compute) {
        self.compute = compute
    }

    /// Does a job in parts on all threads.
    ///
    /// A part must not use the workspace: that ends the program.
    ///
    /// - Parameters:
    ///   - parts: How many parts.
    ///   - floats: Scratch memory that a part needs.
    ///   - work: Called with each part and its scratch memory, aligned to 64 bytes and not set to anything.
    /// - Throws: ``MemoryFault``.
    @unsafe public func run(
        parts: Int,
        scratch floats: Int,
        _ work: (Int, UnsafeMutablePointer<Float>) -> Void
    ) throws(MemoryFault) {
        precondition(!isRunning, "a part of a step must not use the workspace")
        guard parts > 0 else { return }
        try reserve(floats: max(1, floats))
        isRunning = true
        defer { isRunning = false }
        // A thread does one part at a time, so that what it writes there is its own.
        if parts == 1 {
            unsafe work(0, scratch[0].row(0))
            return
        }
        compute.pool.run(parts: parts) { part in
            unsafe work(part, scratch[ThreadPool.currentThread].row(0))
        }
    }

    /// Does something for each row: on all threads where that is worth waking them.
    ///
    /// - Parameters:
    ///   - rows: How many rows.
    ///   - width: Elements of a row: the measure of its work.
    ///   - floats: Scratch memory that a row needs.
    ///   - work: Called with each row and scratch memory.
    /// - Throws: ``MemoryFault``.
    @unsafe public func forEachRow(
        _ rows: Int,
        width: Int,
        scratch floats: Int,
        _ work: (Int, UnsafeMutablePointer<Float>) -> Void
    ) throws(MemoryFault) {
        // Fewer elements are not worth waking a thread for.
        let rowsPerPart = max(1, 16_384 / max(1, width))
        let parts = (rows + rowsPerPart - 1) / rowsPerPart
        try unsafe run(parts: parts, scratch: floats) { part, memory in
            for row in part * rowsPerPart..<min(rows, (part + 1) * rowsPerPart) {
                unsafe work(row, memory)
            }
        }
    }

    /// Makes every row of what goes into some layers.
    ///
    /// - Parameters:
    ///   - activations: What is made.
    ///   - rows: How many rows.
    ///   - linears: The layers that will read it.
    ///   - make: Writes a row of as many elements as the layers have inputs.
    /// - Returns: The rows, written.
    /// - Throws: ``MemoryFault``.
    @unsafe public func fill(
        _ activations: Activations,
        rows: Int,
        for linears: [Linear],
        _ make: (Int, UnsafeMutablePointer<Float>) -> Void
    ) throws(MemoryFault) -> ActivationRows {
        let contents = try activations.prepare(
            rows: rows,
            for: linears,
            storesGroups: true,
            compute: compute
        )
        let width = contents.columns
        let kernels = compute.kernels
        try unsafe forEachRow(rows, width: width, scratch: width) { row, memory in
            unsafe make(row, memory)
            unsafe contents.store(memory, row: row, count: width, kernels: kernels)
        }
        return contents
    }

    private func reserve(floats: Int) throws(MemoryFault) {
        guard floats > scratchFloats else { return }
        scratch = []
        scratchFloats = 0
        for _ in 0..<compute.pool.threadCount {
            scratch.append(try Matrix<Float>(rows: 1, columns: floats))
        }
        scratchFloats = floats
    }
}
