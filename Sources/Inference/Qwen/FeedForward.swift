internal import Tensors

/// Two linear layers with a Gaussian error linear unit between them.
struct FeedForward: Sendable {
    /// The two forms of the unit that Qwen3-VL's tower has.
    enum Activation {
        /// By a hyperbolic tangent: in the blocks.
        case tanh
        /// By the error function: in the mergers.
        case erf
    }

    let activation: Activation
    /// `[wide, in]`.
    let first: Linear
    /// `[out, wide]`.
    let second: Linear

    /// Takes rows through both layers.
    ///
    /// - Parameters:
    ///   - input: Made for ``first``.
    ///   - expanded: What is between the layers.
    ///   - workspace: What arithmetic runs on.
    ///   - finish: What becomes of a tile of the results.
    /// - Throws: ``MemoryFault``.
    func forward(
        _ input: ActivationRows,
        expanded: Activations,
        _ workspace: Workspace,
        finish: @escaping (ProductTile) -> Void
    ) throws(MemoryFault) {
        let kernels = workspace.compute.kernels
        let rows = try expanded.prepare(
            rows: input.rows,
            for: [second],
            storesGroups: true,
            compute: workspace.compute
        )
        try workspace.multiply([
            MatrixProduct(input, first, columnMultiple: rows.groupColumns) { tile in
                let count = tile.rows.count * tile.columns.count
                switch activation {
                case .tanh: unsafe kernels.geluTanh(tile.values, count: count)
                case .erf: unsafe kernels.geluErf(tile.values, count: count)
                }
                tile.store(in: rows, kernels)
            }
        ])
        try workspace.multiply([MatrixProduct(rows, second, finish: finish)])
    }
}
