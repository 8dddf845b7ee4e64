internal import Tensors

/// The matrices that a pass through the vision tower fills, kept from one to the next.
final class VisionBuffers {
    /// The residual stream, `[patches, hidden]`.
    let hidden = FloatMatrix()
    /// What goes into a product: patches or normed rows.
    let input = Activations()
    /// Turned queries, `[patches, heads * headDimension]`.
    let queries = FloatMatrix()
    /// Keys and values in tiles, a row for each head: each segment's tiles after those of the one before.
    let tiles = Matrix<UInt8>()
    /// What attention gives, `[patches, hidden]`.
    let attended = Activations()
    /// Between the two layers of a feed-forward network or a merger.
    let expanded = Activations()
    /// Cosines of the patches' angles, `[patches, headDimension / 2]`.
    let cosine = FloatMatrix()
    /// Sines of the patches' angles.
    let sine = FloatMatrix()

    /// Gives back what only large pictures need.
    func release() {
        for matrix in [hidden, queries, cosine, sine] { matrix.release() }
        tiles.release()
        for activations in [input, attended, expanded] { activations.release() }
    }
}
