internal import Tensors

/// The tokens that go through the decoder together: some rows of each of some sequences.
struct DecoderPass {
    /// One sequence's share of the rows.
    struct Slice {
        /// Its keys and values, with room reserved for the rows.
        let cache: KeyValueCache
        /// Its rows.
        let rows: Range<Int>
        /// The position in the sequence that its first row has.
        var firstPosition: Int { cache.count }
    }

    /// In the order of their rows, which they cover without gaps.
    let slices: [Slice]

    init(_ slices: [Slice]) {
        self.slices = slices
    }

    var rowCount: Int { slices.last?.rows.upperBound ?? 0 }

    /// Writes a tile's keys or values, whole heads, to the caches of its rows.
    func store(
        _ part: KeyValuePart,
        _ tile: ProductTile,
        layer: Int,
        headDimension: Int,
        _ kernels: Kernels
    ) {
        for slice in slices where slice.rows.overlaps(tile.rows) {
            let rows = slice.rows.clamped(to: tile.rows)
            let first = slice.firstPosition + rows.lowerBound - slice.rows.lowerBound
            for column in stride(from: 0, to: tile.columns.count, by: headDimension) {
                let start = (rows.lowerBound - tile.rows.lowerBound) * tile.columns.count + column
                unsafe slice.cache.write(
                    part,
                    UnsafePointer(tile.values + start),
                    stride: tile.columns.count,
                    positions: first..<first + rows.count,
                    layer: layer,
                    head: (tile.columns.lowerBound + column) / headDimension,
                    kernels
                )
            }
        }
    }
}

/// The matrices that a pass through the decoder fills, kept from one to the next.
final class DecoderBuffers {
    /// The residual stream, `[rows, hidden]`.
    let hidden = FloatMatrix()
    /// The same after a norm.
    let normed = Activations()
    /// Normed and turned queries, `[rows, heads * headDimension]`.
    let queries = FloatMatrix()
    /// What attention gives, `[rows, heads * headDimension]`.
    let attended = Activations()
    /// Between the halves of the feed-forward network, `[rows, intermediate]`.
    let expanded = Activations()
    /// Cosines of the rows' angles, `[rows, headDimension / 2]`.
    let cosine = FloatMatrix()
    /// Sines of the rows' angles.
    let sine = FloatMatrix()
}
