internal import Glibc
internal import Tensors

/// The angles by which queries and keys turn with their position, so that their product depends on the distance.
///
/// Frequency i turns with one of three positions: time, height, width by turns, and time alone after the shorter
/// sections end (interleaved M-RoPE). Where all three are equal, as in text, it is the ordinary rotary embedding.
///
/// Sources: Su et al., RoFormer (2021); `apply_interleaved_mrope` of Qwen3-VL in Transformers.
struct RotaryEmbedding: Sendable {
    /// Radians a step, `[headDimension / 2]`.
    let frequencies: [Double]
    /// Which position each frequency turns with: 0 time, 1 height, 2 width.
    let axes: [Int]

    /// Computes frequencies.
    ///
    /// - Parameter configuration: The decoder's.
    init(_ configuration: TextConfiguration) {
        let half = configuration.headDimension / 2
        frequencies = (0..<half).map {
            pow(configuration.rotaryBase, -Double($0) / Double(half))
        }
        let sections = configuration.rotarySections ?? [half, 0, 0]
        axes = (0..<half).map { index in
            let axis = index % 3
            return axis > 0 && index < 3 * sections[axis] ? axis : 0
        }
    }

    /// Writes the cosines and sines of some tokens' angles.
    ///
    /// Angles are taken in float64: at position 200,000 a float32 angle is wrong by up to 0.008.
    ///
    /// - Parameters:
    ///   - cosine: Becomes `[positions, headDimension / 2]`.
    ///   - sine: Likewise.
    ///   - positions: The tokens' places.
    /// - Throws: ``MemoryFault``.
    func fill(
        cosine: FloatMatrix,
        sine: FloatMatrix,
        positions: ArraySlice<TokenPosition>
    ) throws(MemoryFault) {
        try cosine.resize(rows: positions.count, columns: frequencies.count)
        try sine.resize(rows: positions.count, columns: frequencies.count)
        for (row, position) in positions.enumerated() {
            let cosines = unsafe cosine.row(row)
            let sines = unsafe sine.row(row)
            for index in frequencies.indices {
                let angle = Double(position[axes[index]]) * frequencies[index]
                unsafe cosines[index] = Float(cos(angle))
                unsafe sines[index] = Float(sin(angle))
            }
        }
    }
}
