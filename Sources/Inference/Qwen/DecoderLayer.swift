internal import Tensors

/// A layer of the decoder: causal attention, then a gated feed-forward network, each added to the residual stream.
///
/// Queries of several heads share a head of keys and values (Ainslie et al., GQA, 2023); the feed-forward network is SwiGLU
/// (Shazeer, 2020); norms come first (RMSNorm, Zhang and Sennrich, 2019).
struct DecoderLayer: Sendable {
    let index: Int
    let configuration: TextConfiguration
    let inputNorm: [Float]
    let query: Linear
    let key: Linear
    let value: Linear
    /// Norms of each head, `[headDimension]`, in families that have them.
    let queryNorm: [Float]?
    let keyNorm: [Float]?
    let output: Linear
    let feedForwardNorm: [Float]
    let gate: Linear
    let up: Linear
    let down: Linear

    init(
        _ index: Int,
        _ configuration: TextConfiguration,
        _ checkpoint: Checkpoint,
        _ kernels: Kernels
    ) throws(QwenFault) {
        func linear(
            _ weight: LayerRole,
            _ bias: LayerRole?,
            _ outputs: Int,
            _ inputs: Int
        ) throws(QwenFault) -> Linear {
            try checkpoint.linear(
                .layer(index, weight),
                bias: bias.map { .layer(index, $0) },
                outputs: outputs,
                inputs: inputs,
                kernels
            )
        }
        func vector(_ role: LayerRole, _ count: Int) throws(QwenFault) -> [Float] {
            try checkpoint.vector(.layer(index, role), count, kernels)
        }
        let hidden = configuration.hiddenSize
        let (queries, keys) = (configuration.queryWidth, configuration.keyWidth)
        let hasBias = configuration.hasProjectionBias
        self.index = index
        self.configuration = configuration
        inputNorm = try vector(.inputNorm, hidden)
        query = try linear(.queryWeight, hasBias ? .queryBias : nil, queries, hidden)
        key = try linear(.keyWeight, hasBias ? .keyBias : nil, keys, hidden)
        value = try linear(.valueWeight, hasBias ? .valueBias : nil, keys, hidden)
        output = try linear(
            .outputWeight,
            configuration.hasOutputBias ? .outputBias : nil,
            hidden,
            queries
        )
        queryNorm =
            configuration.hasHeadNorms ? try vector(.queryNorm, configuration.headDimension) : nil
        keyNorm =
            configuration.hasHeadNorms ? try vector(.keyNorm, configuration.headDimension) : nil
        feedForwardNorm = try vector(.feedForwardNorm, hidden)
        gate = try linear(.gateWeight, nil, configuration.intermediateSize, hidden)
        up = try linear(.upWeight, nil, configuration.intermediateSize, hidden)
        down = try linear(.downWeight, nil, hidden, configuration.intermediateSize)
    }

    /// All its products' layers.
    var linears: [Linear] { [query, key, value, output, gate, up, down] }

    /// Takes the rows through the layer.
    ///
    /// - Parameters:
    ///   - pass: Whose rows they are; their keys and values are written to the caches.
    ///   - buffers: The residual stream, in and out, and the angles.
    ///   - workspace: What arithmetic runs on.
    /// - Throws: ``MemoryFault``.
    func forward(
        _ pass: DecoderPass,
        _ buffers: DecoderBuffers,
        _ workspace: Workspace
    ) throws(MemoryFault) {
        let attentionInput = try normalise(
            buffers,
            inputNorm,
            for: [query, key, value],
            workspace
        )
        try project(attentionInput, pass, buffers, workspace)
        let attended = try attend(pass, buffers, workspace)
        try addToResidual(attended, output, buffers, workspace)

        let input = try normalise(buffers, feedForwardNorm, for: [gate, up], workspace)
        let expanded = try expand(input, buffers, workspace)
        try addToResidual(expanded, down, buffers, workspace)
    }

    private func normalise(
        _ buffers: DecoderBuffers,
        _ weight: [Float],
        for linears: [Linear],
        _ workspace: Workspace
    ) throws(MemoryFault) -> ActivationRows {
        let hidden = buffers.hidden.contents
        let kernels = workspace.compute.kernels
        return try unsafe workspace.fill(buffers.normed, rows: hidden.rows, for: linears) {
            row,
            normed in
            unsafe kernels.rmsNorm(
                into: normed,
                stride: weight.count,
                from: hidden.row(row),
                stride: weight.count,
                weight: weight,
                rows: 1,
                epsilon: configuration.normEpsilon
            )
        }
    }

    /// Computes queries, keys and values; norms and turns queries and keys.
    private func project(
        _ input: ActivationRows,
        _ pass: DecoderPass,
        _ buffers: DecoderBuffers,
        _ workspace: Workspace
    ) throws(MemoryFault) {
        let kernels = workspace.compute.kernels
        let dimension = configuration.headDimension
        try buffers.queries.resize(rows: pass.rowCount, columns: configuration.queryWidth)
        let queries = buffers.queries.contents
        let (cosine, sine) = (buffers.cosine.contents, buffers.sine.contents)
        func turn(_ tile: ProductTile, norm: [Float]?) {
            let heads = tile.columns.count / dimension
            if let norm {
                unsafe kernels.rmsNorm(
                    into: tile.values,
                    stride: dimension,
                    from: tile.values,
                    stride: dimension,
                    weight: norm,
                    rows: tile.rows.count * heads,
                    epsilon: configuration.normEpsilon
                )
            }
            unsafe tile.forEachRow { row, values in
                unsafe kernels.rotateHalves(
                    values,
                    heads: heads,
                    headDimension: dimension,
                    cosine: cosine.row(row),
                    sine: sine.row(row)
                )
            }
        }
        func keep(_ part: KeyValuePart, _ tile: ProductTile) {
            pass.store(part, tile, layer: index, headDimension: dimension, kernels)
        }
        try workspace.multiply([
            MatrixProduct(input, query, columnMultiple: dimension) { tile in
                turn(tile, norm: queryNorm)
                tile.write(to: queries)
            },
            MatrixProduct(input, key, columnMultiple: dimension) { tile in
                turn(tile, norm: keyNorm)
                keep(.keys, tile)
            },
            MatrixProduct(input, value, columnMultiple: dimension) { tile in
                keep(.values, tile)
            },
        ])
    }

    private func expand(
        _ input: ActivationRows,
        _ buffers: DecoderBuffers,
        _ workspace: Workspace
    ) throws(MemoryFault) -> ActivationRows {
        let kernels = workspace.compute.kernels
        let expanded = try buffers.expanded.prepare(
            rows: input.rows,
            for: [down],
            storesGroups: true,
            compute: workspace.compute
        )
        try workspace.multiply([
            MatrixProduct(input, gate, with: up, columnMultiple: expanded.groupColumns) { tile in
                unsafe kernels.siluMultiply(
                    tile.values,
                    by: tile.partnerValues,
                    count: tile.rows.count * tile.columns.count
                )
                tile.store(in: expanded, kernels)
            }
        ])
        return expanded
    }

    private func addToResidual(
        _ input: ActivationRows,
        _ linear: Linear,
        _ buffers: DecoderBuffers,
        _ workspace: Workspace
    ) throws(MemoryFault) {
        let kernels = workspace.compute.kernels
        let hidden = buffers.hidden.contents
        try workspace.multiply([
            MatrixProduct(input, linear) { tile in
                tile.add(to: hidden, firstRow: 0, kernels)
            }
        ])
    }
}
