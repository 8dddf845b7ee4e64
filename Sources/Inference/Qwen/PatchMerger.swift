internal import Tensors

/// Makes one token of a square of patches: a norm, two linear layers with a GELU between them.
///
/// The main merger norms each patch and then joins them; those of DeepStack (Meng et al., 2024) join them and then norm the whole.
struct PatchMerger: Sendable {
    let configuration: VisionConfiguration
    let normsJoined: Bool
    let norm: LayerNorm
    let feedForward: FeedForward

    init(
        _ configuration: VisionConfiguration,
        normsJoined: Bool,
        _ checkpoint: Checkpoint,
        _ kernels: Kernels,
        role: (MergerRole) -> VisionRole
    ) throws(QwenFault) {
        let width = configuration.mergedSize
        let normed = normsJoined ? width : configuration.hiddenSize
        self.configuration = configuration
        self.normsJoined = normsJoined
        norm = LayerNorm(
            weight: try checkpoint.vector(role(.normWeight), normed, kernels),
            bias: try checkpoint.vector(role(.normBias), normed, kernels),
            epsilon: configuration.normEpsilon
        )
        feedForward = FeedForward(
            activation: .erf,
            first: try checkpoint.linear(
                role(.firstWeight),
                bias: role(.firstBias),
                outputs: width,
                inputs: width,
                kernels
            ),
            second: try checkpoint.linear(
                role(.secondWeight),
                bias: role(.secondBias),
                outputs: configuration.outputSize,
                inputs: width,
                kernels
            )
        )
    }

    /// Merges all patches of the residual stream.
    ///
    /// - Parameters:
    ///   - buffers: The residual stream, `[patches, hidden]`, which stays.
    ///   - workspace: What arithmetic runs on.
    /// - Returns: `[tokens, outputSize]`.
    /// - Throws: ``MemoryFault``.
    func merge(_ buffers: VisionBuffers, _ workspace: Workspace) throws(MemoryFault) -> FloatMatrix
    {
        let tokens = buffers.hidden.rows / configuration.patchesPerToken
        let features = try FloatMatrix(rows: tokens, columns: configuration.outputSize)
        for tokens in VisionSlabs.of(tokens, most: 1024) {
            try merge(tokens, into: features.contents, buffers, workspace)
        }
        return features
    }

    private func merge(
        _ tokens: Range<Int>,
        into features: MatrixRows<Float>,
        _ buffers: VisionBuffers,
        _ workspace: Workspace
    ) throws(MemoryFault) {
        let kernels = workspace.compute.kernels
        let hidden = buffers.hidden.contents
        let (patches, width) = (configuration.patchesPerToken, configuration.hiddenSize)
        let input = try unsafe workspace.fill(
            buffers.input,
            rows: tokens.count,
            for: [feedForward.first]
        ) {
            token,
            joined in
            for patch in 0..<patches {
                let row = unsafe hidden.row((tokens.lowerBound + token) * patches + patch)
                let place = unsafe joined + patch * width
                if normsJoined {
                    unsafe place.update(from: row, count: width)
                } else {
                    unsafe norm.apply(to: row, into: place, kernels)
                }
            }
            if normsJoined { unsafe norm.apply(to: joined, into: joined, kernels) }
        }
        try feedForward.forward(input, expanded: buffers.expanded, workspace) { tile in
            tile.write(to: features, firstRow: tokens.lowerBound)
        }
    }
}
