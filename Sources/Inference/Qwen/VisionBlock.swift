internal import Tensors

/// A block of the vision tower: attention within a picture, then a feed-forward network, each added to the residual stream.
///
/// Source: Dosovitskiy et al., ViT (2021), norms first; positions turn queries and keys in two dimensions.
struct VisionBlock: Sendable {
    let configuration: VisionConfiguration
    let attentionNorm: LayerNorm
    let projection: Linear
    let output: Linear
    let feedForwardNorm: LayerNorm
    let feedForward: FeedForward

    init(
        _ index: Int,
        _ configuration: VisionConfiguration,
        _ checkpoint: Checkpoint,
        _ kernels: Kernels
    ) throws(QwenFault) {
        func linear(
            _ weight: BlockRole,
            _ bias: BlockRole,
            _ outputs: Int,
            _ inputs: Int
        ) throws(QwenFault) -> Linear {
            try checkpoint.linear(
                .block(index, weight),
                bias: .block(index, bias),
                outputs: outputs,
                inputs: inputs,
                kernels
            )
        }
        func norm(_ weight: BlockRole, _ bias: BlockRole) throws(QwenFault) -> LayerNorm {
            LayerNorm(
                weight: try checkpoint.vector(
                    .block(index, weight),
                    configuration.hiddenSize,
                    kernels
                ),
                bias: try checkpoint.vector(.block(index, bias), configuration.hiddenSize, kernels),
                epsilon: configuration.normEpsilon
            )
        }
        let (hidden, wide) = (configuration.hiddenSize, configuration.intermediateSize)
        self.configuration = configuration
        attentionNorm = try norm(.attentionNormWeight, .attentionNormBias)
        projection = try linear(.projectionWeight, .projectionBias, 3 * hidden, hidden)
        output = try linear(.outputWeight, .outputBias, hidden, hidden)
        feedForwardNorm = try norm(.feedForwardNormWeight, .feedForwardNormBias)
        feedForward = FeedForward(
            activation: .tanh,
            first: try linear(.upWeight, .upBias, wide, hidden),
            second: try linear(.downWeight, .downBias, hidden, wide)
        )
    }

    /// Takes patches through the block.
    ///
    /// - Parameters:
    ///   - segments: The patches of each picture, or group of frames: they look only at one another.
    ///   - buffers: The residual stream, in and out, and the angles.
    ///   - workspace: What arithmetic runs on.
    /// - Throws: ``MemoryFault``.
    func forward(
        segments: [Range<Int>],
        _ buffers: VisionBuffers,
        _ workspace: Workspace
    ) throws(MemoryFault) {
        let slabs = VisionSlabs.of(buffers.hidden.rows)
        let segments = try self.segments(segments, buffers, workspace)
        for rows in slabs { try project(rows, segments, buffers, workspace) }
        let hidden = buffers.hidden.contents
        let kernels = workspace.compute.kernels
        for rows in slabs {
            let attended = try attend(rows, segments, buffers, workspace)
            try workspace.multiply([
                MatrixProduct(attended, output) { tile in
                    tile.add(to: hidden, firstRow: rows.lowerBound, kernels)
                }
            ])
            try expand(rows, buffers, workspace)
        }
    }

    private func expand(
        _ rows: Range<Int>,
        _ buffers: VisionBuffers,
        _ workspace: Workspace
    ) throws(MemoryFault) {
        let hidden = buffers.hidden.contents
        let kernels = workspace.compute.kernels
        let input = try unsafe workspace.fill(
            buffers.input,
            rows: rows.count,
            for: [feedForward.first]
        ) { row, normed in
            unsafe feedForwardNorm.apply(
                to: hidden.row(rows.lowerBound + row),
                into: normed,
                kernels
            )
        }
        try feedForward.forward(input, expanded: buffers.expanded, workspace) { tile in
            tile.add(to: hidden, firstRow: rows.lowerBound, kernels)
        }
    }
}

/// A norm of mean 0 and variance 1 with a learned scale and shift.
struct LayerNorm: Sendable {
    let weight: [Float]
    let bias: [Float]
    let epsilon: Float

    /// Norms a row.
    func apply(
        to row: UnsafePointer<Float>,
        into normed: UnsafeMutablePointer<Float>,
        _ kernels: Kernels
    ) {
        unsafe kernels.layerNorm(
            into: normed,
            from: row,
            weight: weight,
            bias: bias,
            epsilon: epsilon
        )
    }
}
