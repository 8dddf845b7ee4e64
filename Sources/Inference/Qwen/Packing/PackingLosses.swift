internal import Tensors

/// What a matrix lost by being packed, as sums of squares.
struct PackingLosses {
    /// Of what came back differently.
    var loss = 0.0
    /// Of the matrix itself; no finite number where it holds what is none.
    var norm = 0.0
    /// Of what GGUF's blocks of the same bits would have lost.
    var blocks = 0.0
    /// The greatest `|w - w'| / |w|` of a row.
    var worstRow = 0.0

    /// Adds a row.
    mutating func addRow(loss: Double, norm: Double, blocks: Double) {
        self.loss += loss
        self.norm += norm
        self.blocks += blocks
        if norm > 0 { worstRow = max(worstRow, (loss / norm).squareRoot()) }
    }

    /// Adds what another part lost.
    mutating func add(_ other: PackingLosses) {
        loss += other.loss
        norm += other.norm
        blocks += other.blocks
        worstRow = max(worstRow, other.worstRow)
    }

    /// The same as relative errors.
    var error: PackingError {
        PackingError(relative: norm > 0 ? (loss / norm).squareRoot() : 0, worstRow: worstRow)
    }

    /// Whether a form may lose so much.
    ///
    /// - Parameters:
    ///   - limits: Those of the form.
    ///   - comparing: Whether GGUF's blocks are a measure: they lose nothing of what was in such blocks before.
    /// - Returns: False where the next form has to be tried.
    func isWithin(_ limits: PackingRules.Limits, comparing: Bool) -> Bool {
        guard loss <= limits.relative * limits.relative * norm else { return false }
        return !comparing || loss <= limits.besideBlocks * limits.besideBlocks * blocks
    }
}
