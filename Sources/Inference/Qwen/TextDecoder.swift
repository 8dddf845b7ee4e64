internal import Generation
internal import Tensors
internal import Tokenization

/// The decoder of Qwen2, Qwen3 and Qwen3-VL: embedding, layers, norm, head.
struct TextDecoder: Sendable {
    let configuration: TextConfiguration
    let embedding: WeightRows
    let layers: [DecoderLayer]
    let finalNorm: [Float]
    let head: Linear
    let rotary: RotaryEmbedding

    /// How keys and values lie: in one format for all layers, the first one's.
    func cacheLayout(_ compute: Compute) -> KeyValueLayout {
        KeyValueLayout(
            layers: configuration.layerCount,
            heads: configuration.keyValueHeadCount,
            tiles: KeyValueTiles(
                format: layers.first.map { compute.keyValueFormat(beside: $0.query.weight) }
                    ?? .float32,
                headDimension: configuration.headDimension
            )
        )
    }

    /// Finds the decoder's weights; of all but norms and biases only where they lie.
    ///
    /// - Parameters:
    ///   - configuration: Sizes; also whether the head's weight is the embedding table.
    ///   - checkpoint: The weights.
    ///   - kernels: What widens norms and biases.
    /// - Throws: ``QwenFault``.
    init(
        _ configuration: ModelConfiguration,
        _ checkpoint: Checkpoint,
        _ kernels: Kernels
    ) throws(QwenFault) {
        let text = configuration.text
        let table = [text.vocabularySize, text.hiddenSize]
        self.configuration = text
        embedding = try checkpoint.rows(.embedding, table)
        var layers: [DecoderLayer] = []
        for index in 0..<text.layerCount {
            layers.append(try DecoderLayer(index, text, checkpoint, kernels))
        }
        self.layers = layers
        finalNorm = try checkpoint.vector(.finalNorm, text.hiddenSize, kernels)
        // Some files store a head beside a table that it is tied to: the table counts.
        let isTied = configuration.tiesHead ?? !checkpoint.has(.head)
        head = Linear(weight: isTied ? embedding : try checkpoint.rows(.head, table))
        rotary = RotaryEmbedding(text)
    }

    /// What most of the layers' products are of, by the count of weights.
    func arithmetic(_ compute: Compute) -> String {
        var weights: [String: Int] = [:]
        for linear in layers.flatMap(\.linears) {
            let word =
                switch linear.weight.form {
                case .packed(let form): form.rawValue
                case .rows where compute.factorForm(of: linear.weight) == .bfloat16:
                    Precision.bfloat16.rawValue
                case .rows: Precision.float32.rawValue
                }
            weights[word, default: 0] += linear.weight.rows * linear.weight.columns
        }
        return weights.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
            ?? Precision.float32.rawValue
    }

    /// Writes tokens' rows of the table to the residual stream.
    func embed(
        _ tokens: ArraySlice<TokenID>,
        _ buffers: DecoderBuffers,
        _ workspace: Workspace
    ) throws(MemoryFault) {
        try buffers.hidden.resize(rows: tokens.count, columns: configuration.hiddenSize)
        let hidden = buffers.hidden.contents
        let first = tokens.startIndex
        try unsafe workspace.forEachRow(
            tokens.count,
            width: configuration.hiddenSize,
            scratch: 0
        ) { row, _ in
            unsafe embedding.widenRow(
                Int(tokens[first + row]),
                into: hidden.row(row),
                kernels: workspace.compute.kernels
            )
        }
    }

    /// Norms a row of the residual stream as the head takes it.
    func normalise(
        _ hidden: UnsafePointer<Float>,
        into normed: UnsafeMutablePointer<Float>,
        _ kernels: Kernels
    ) {
        unsafe kernels.rmsNorm(
            into: normed,
            stride: finalNorm.count,
            from: hidden,
            stride: finalNorm.count,
            weight: finalNorm,
            rows: 1,
            epsilon: configuration.normEpsilon
        )
    }
}
