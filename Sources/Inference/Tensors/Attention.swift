internal import CKernels

/// Queries and what they look at, as the attention kernel reads them: of one head, or of several that share keys and values.
@safe public struct Attention {
    /// `[rowCount, headCount, headDimension]`, rows `queryStride` apart.
    @unsafe public var queries: UnsafePointer<Float>
    /// Elements from row to row.
    public var queryStride: Int
    /// Rows of queries.
    public var rowCount: Int
    /// Heads that share the keys; a row's queries of all of them lie side by side.
    public var headCount: Int
    /// Tiles of keys and values.
    @unsafe public var blocks: UnsafeBufferPointer<UnsafeRawPointer?>
    /// How they lie.
    public var layout: KeyValueTiles
    /// Positions of a full block.
    public var positionsPerBlock: Int
    /// Keys in all blocks.
    public var keyCount: Int
    /// Row i sees keys `0...firstVisible + i`; nil lets every row see all.
    public var firstVisible: Int?

    /// Describes attention.
    @unsafe public init(
        queries: UnsafePointer<Float>,
        queryStride: Int,
        rowCount: Int,
        headCount: Int,
        blocks: UnsafeBufferPointer<UnsafeRawPointer?>,
        layout: KeyValueTiles,
        positionsPerBlock: Int,
        keyCount: Int,
        firstVisible: Int?
    ) {
        unsafe self.queries = queries
        self.queryStride = queryStride
        self.rowCount = rowCount
        self.headCount = headCount
        unsafe self.blocks = blocks
        self.layout = layout
        self.positionsPerBlock = positionsPerBlock
        self.keyCount = keyCount
        self.firstVisible = firstVisible
    }

    /// Rows that a thread should take in one call.
    ///
    /// So many that a tile of keys serves them all while it is near, and so few that all threads have work. It changes no bit of the
    /// results.
    ///
    /// - Parameters:
    ///   - rows: Rows in all.
    ///   - heads: Heads of a call.
    ///   - calls: Calls that each of the rows is part of.
    ///   - threads: Threads that share them.
    /// - Returns: Rows, from 1.
    public static func rowsPerCall(rows: Int, heads: Int, calls: Int, threads: Int) -> Int {
        // The kernel takes 240 queries by a tile at a time, 24 of them by its keys before they go by its values.
        let step = max(1, 24 / max(1, heads))
        let wanted = rows * calls / max(1, 4 * threads)
        return max(step, min(240 / max(1, heads), wanted) / step * step)
    }
}

extension Kernels {
    /// Softmax-weighted sums of values.
    ///
    /// - Parameters:
    ///   - attention: The queries, keys and values.
    ///   - out: `[rowCount, headCount, headDimension]`.
    ///   - outStride: Elements from row to row.
    ///   - scratch: ``Kernels/attentionScratch(headDimension:)`` floats.
    @unsafe public func attend(
        _ attention: Attention,
        into out: UnsafeMutablePointer<Float>,
        outStride: Int,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let dimension = attention.layout.headDimension
        var call = unsafe dk_attention()
        unsafe call.q = attention.queries
        unsafe call.q_stride = attention.queryStride
        unsafe call.rows = attention.rowCount
        unsafe call.heads = attention.headCount
        unsafe call.blocks = attention.blocks.baseAddress
        unsafe call.block_keys = attention.positionsPerBlock
        unsafe call.format = attention.layout.format.tiles
        unsafe call.out = out
        unsafe call.out_stride = outStride
        unsafe call.keys = attention.keyCount
        unsafe call.head_dim = dimension
        unsafe call.scale = 1 / Float(dimension).squareRoot()
        unsafe call.first_visible = attention.firstVisible ?? attention.keyCount
        unsafe table.attend(&call, scratch)
    }
}
