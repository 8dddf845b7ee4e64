internal import CKernels

/// One head's queries and what they look at, as the attention kernel reads them.
@safe public struct Attention {
    /// `[queryCount, headDimension]`, rows `queryStride` apart.
    @unsafe public var queries: UnsafePointer<Float>
    /// Elements from query to query.
    public var queryStride: Int
    /// Queries.
    public var queryCount: Int
    /// Blocks of keys, `[keysPerBlock, headDimension]` each, rows `keyStride` apart.
    @unsafe public var keys: UnsafeBufferPointer<UnsafePointer<Float>?>
    /// Blocks of values, likewise.
    @unsafe public var values: UnsafeBufferPointer<UnsafePointer<Float>?>
    /// Elements from key to key, and from value to value.
    public var keyStride: Int
    /// Keys of a full block.
    public var keysPerBlock: Int
    /// Keys in all blocks.
    public var keyCount: Int
    /// Elements of a query, a key, a value.
    public var headDimension: Int
    /// Query i sees keys `0...firstVisible + i`; nil lets every query see all.
    public var firstVisible: Int?
    /// Multiplies products of queries and keys.
    public var scale: Float

    /// Keys of a full block are a multiple of this, where there are several blocks.
    public static var blockMultiple: Int { Int(DK_BLOCK_KEYS) }

    /// Describes one head's attention.
    @unsafe public init(
        queries: UnsafePointer<Float>,
        queryStride: Int,
        queryCount: Int,
        keys: UnsafeBufferPointer<UnsafePointer<Float>?>,
        values: UnsafeBufferPointer<UnsafePointer<Float>?>,
        keyStride: Int,
        keysPerBlock: Int,
        keyCount: Int,
        headDimension: Int,
        firstVisible: Int?
    ) {
        unsafe self.queries = queries
        self.queryStride = queryStride
        self.queryCount = queryCount
        unsafe self.keys = keys
        unsafe self.values = values
        self.keyStride = keyStride
        self.keysPerBlock = keysPerBlock
        self.keyCount = keyCount
        self.headDimension = headDimension
        self.firstVisible = firstVisible
        scale = 1 / Float(headDimension).squareRoot()
    }
}

extension Kernels {
    /// Softmax-weighted sums of values for one head's queries.
    ///
    /// - Parameters:
    ///   - attention: The queries, keys and values.
    ///   - rounded: Whether factors are rounded to bfloat16.
    ///   - out: `[queryCount, headDimension]` without gaps.
    ///   - scratch: ``Kernels/attentionScratch(headDimension:)`` floats.
    @unsafe public func attend(
        _ attention: Attention,
        rounded: Bool,
        into out: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        var call = unsafe dk_attention()
        unsafe call.q = attention.queries
        unsafe call.q_stride = attention.queryStride
        unsafe call.queries = attention.queryCount
        unsafe call.k = attention.keys.baseAddress
        unsafe call.v = attention.values.baseAddress
        unsafe call.block_keys = attention.keysPerBlock
        unsafe call.k_stride = attention.keyStride
        unsafe call.v_stride = attention.keyStride
        unsafe call.out = out
        unsafe call.out_stride = attention.headDimension
        unsafe call.keys = attention.keyCount
        unsafe call.head_dim = attention.headDimension
        unsafe call.scale = attention.scale
        unsafe call.first_visible = attention.firstVisible ?? attention.keyCount
        if rounded {
            unsafe table.attend_bf16(&call, scratch)
        } else {
            unsafe table.attend(&call, scratch)
        }
    }
}
