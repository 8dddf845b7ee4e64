/// What weights lose in the formats that other programs run: the measure for our own.
///
/// Source: `quantize_row_q8_0_ref` and `quantize_row_q4_0_ref` in ggml's `ggml-quants.c`; the `gguf` Python package rounds the same way.
enum BlockRounding: String {
    case q8_0 = "Q8_0"
    case q4_0 = "Q4_0"

    /// Weights that share a scale.
    private static let blockLength = 32

    /// Rounds rows and widens them again.
    ///
    /// - Parameters:
    ///   - rows: `[outputs, depth]`; a row's last block is filled up with zeros.
    ///   - depth: Elements of a row.
    /// - Returns: `[outputs, depth]`.
    func rounded(_ rows: [Float], depth: Int) -> [Float] {
        var result = rows
        for row in stride(from: 0, to: rows.count, by: depth) {
            for start in stride(from: row, to: row + depth, by: Self.blockLength) {
                let block = start..<min(start + Self.blockLength, row + depth)
                round(&result[block])
            }
        }
        return result
    }

    private func round(_ block: inout ArraySlice<Float>) {
        let farthest = block.max { abs($0) < abs($1) } ?? 0
        let scale = self == .q8_0 ? abs(farthest) / 127 : farthest / -8
        let inverse = scale == 0 ? 0 : 1 / scale
        let stored = Float(Float16(scale))
        for index in block.indices {
            let steps = block[index] * inverse
            switch self {
            case .q8_0: block[index] = stored * steps.rounded()
            case .q4_0: block[index] = stored * (min(15, (steps + 8.5).rounded(.down)) - 8)
            }
        }
    }
}
