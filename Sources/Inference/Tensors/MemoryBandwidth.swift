internal import CKernels

/// How fast memory is read: what no reading of weights can exceed.
public enum MemoryBandwidth {
    /// Bytes that are read unless told otherwise: far more than any cache holds.
    public static let usualByteCount = 512 << 20

    /// Reads memory from one end to the other with all threads of a pool, a few times over.
    ///
    /// - Parameters:
    ///   - pool: The threads.
    ///   - byteCount: How much is read each time.
    /// - Returns: Bytes a second, the median of the times; nil where there is no such memory to be had.
    public static func measured(
        pool: ThreadPool,
        byteCount: Int = usualByteCount
    ) -> Double? {
        // A piece for each thread at a time, as long as the matrices that a token's step reads.
        let pieceBytes = 1 << 20
        let pieces = max(1, byteCount / pieceBytes)
        guard let memory = unsafe dk_reading_memory(pieces * pieceBytes) else { return nil }
        defer { unsafe dk_reading_memory_free(memory, pieces * pieceBytes) }
        pool.run(parts: pieces) { piece in
            unsafe dk_touch(memory + piece * pieceBytes, pieceBytes)
        }
        let rates = (0..<3).map { _ in
            let start = ContinuousClock.now
            pool.run(parts: pieces) { piece in
                _ = unsafe dk_read(memory + piece * pieceBytes, pieceBytes)
            }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            return Double(pieces * pieceBytes) / max(seconds, 1e-9)
        }
        return rates.sorted()[1]
    }
}
