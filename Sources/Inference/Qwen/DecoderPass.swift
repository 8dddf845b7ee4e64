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
    /// Which slice each row belongs to.
    let sliceOfRow: [Int]

    init(_ slices: [Slice]) {
        self.slices = slices
        sliceOfRow = slices.indices.flatMap { index in
            repeatElement(index, count: slices[index].rows.count)
        }
    }

    var rowCount: Int { sliceOfRow.count }

    /// Where a row's key or value of a head goes.
    func destination(
        row: Int,
        layer: Int,
        head: Int,
        values: Bool
    ) -> UnsafeMutablePointer<Float> {
        let slice = slices[sliceOfRow[row]]
        return unsafe slice.cache.row(
            layer: layer,
            head: head,
            position: slice.firstPosition + row - slice.rows.lowerBound,
            values: values
        )
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
