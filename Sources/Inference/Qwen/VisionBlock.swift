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
    let up: Linear
    let down: Linear

    /// Patches whose queries one thread takes at a time.
    private static let rowsPerUnit = 128
    /// Patches that go through the feed-forward network together: what it holds in between is four times as wide as a patch.
    private static let rowsPerSlab = 2048

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
        up = try linear(.upWeight, .upBias, wide, hidden)
        down = try linear(.downWeight, .downBias, hidden, wide)
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
        let hidden = buffers.hidden.contents
        let kernels = workspace.compute.kernels
        let input = try unsafe workspace.fill(buffers.input, rows: hidden.rows, for: [projection]) {
            row,
            normed in
            unsafe attentionNorm.apply(to: hidden.row(row), into: normed, kernels)
        }
        try project(input, buffers, workspace)
        let attended = try attend(segments, buffers, workspace)
        try workspace.multiply([
            MatrixProduct(attended, output) { tile in
                tile.add(to: hidden, firstRow: 0, kernels)
            }
        ])
        for start in stride(from: 0, to: hidden.rows, by: Self.rowsPerSlab) {
            let rows = start..<min(hidden.rows, start + Self.rowsPerSlab)
            try feedForward(rows, buffers, workspace)
        }
    }

    /// Computes queries, keys and values, turns queries and keys, and puts each head's rows together.
    private func project(
        _ input: ActivationRows,
        _ buffers: VisionBuffers,
        _ workspace: Workspace
    ) throws(MemoryFault) {
        let kernels = workspace.compute.kernels
        let (dimension, heads) = (configuration.headDimension, configuration.headCount)
        let patches = input.rows
        try buffers.heads.resize(rows: 3 * heads * patches, columns: dimension)
        let destination = buffers.heads.contents
        let (cosine, sine) = (buffers.cosine.contents, buffers.sine.contents)
        try workspace.multiply([
            MatrixProduct(input, projection, columnMultiple: dimension) { tile in
                let firstPlane = tile.columns.lowerBound / dimension
                let planes = tile.columns.count / dimension
                // Values, the last third, stay as they are.
                let turned = min(planes, max(0, 2 * heads - firstPlane))
                unsafe tile.forEachRow { row, values in
                    unsafe kernels.rotateHalves(
                        values,
                        heads: turned,
                        headDimension: dimension,
                        cosine: cosine.row(row),
                        sine: sine.row(row)
                    )
                    for plane in 0..<planes {
                        unsafe destination.row((firstPlane + plane) * patches + row)
                            .update(from: values + plane * dimension, count: dimension)
                    }
                }
            }
        ])
    }

    /// Lets the patches of each segment look at one another.
    private func attend(
        _ segments: [Range<Int>],
        _ buffers: VisionBuffers,
        _ workspace: Workspace
    ) throws(MemoryFault) -> ActivationRows {
        let compute = workspace.compute
        let (dimension, heads) = (configuration.headDimension, configuration.headCount)
        let patches = buffers.hidden.rows
        let planes = buffers.heads.contents
        let rounded = compute.roundsFactors(of: projection.weight)
        let attended = try buffers.attended.prepare(
            rows: patches,
            for: [output],
            compute: compute
        )
        var units: [(segment: Range<Int>, rows: Range<Int>, head: Int)] = []
        for segment in segments {
            for head in 0..<heads {
                for start in stride(
                    from: segment.lowerBound,
                    to: segment.upperBound,
                    by: Self.rowsPerUnit
                ) {
                    let rows = start..<min(segment.upperBound, start + Self.rowsPerUnit)
                    units.append((segment, rows, head))
                }
            }
        }
        let outFloats = (Self.rowsPerUnit * dimension + 15) / 16 * 16
        let scratch = outFloats + Kernels.attentionScratch(headDimension: dimension)
        try unsafe workspace.run(parts: units.count, scratch: scratch) { part, memory in
            let unit = units[part]
            func plane(_ third: Int, _ row: Int) -> UnsafePointer<Float> {
                unsafe UnsafePointer(planes.row((third * heads + unit.head) * patches + row))
            }
            var key: UnsafePointer<Float>? = unsafe plane(1, unit.segment.lowerBound)
            var value: UnsafePointer<Float>? = unsafe plane(2, unit.segment.lowerBound)
            unsafe withUnsafePointer(to: &key) { keys in
                unsafe withUnsafePointer(to: &value) { values in
                    let attention = unsafe Attention(
                        queries: plane(0, unit.rows.lowerBound),
                        queryStride: planes.stride,
                        queryCount: unit.rows.count,
                        keys: UnsafeBufferPointer(start: keys, count: 1),
                        values: UnsafeBufferPointer(start: values, count: 1),
                        keyStride: planes.stride,
                        keysPerBlock: unit.segment.count,
                        keyCount: unit.segment.count,
                        headDimension: dimension,
                        firstVisible: nil
                    )
                    unsafe compute.kernels.attend(
                        attention,
                        rounded: rounded,
                        into: memory,
                        scratch: memory + outFloats
                    )
                }
            }
            for (index, row) in unit.rows.enumerated() {
                unsafe attended.store(
                    memory + index * dimension,
                    row: row,
                    column: unit.head * dimension,
                    count: dimension,
                    kernels: compute.kernels
                )
            }
        }
        return attended
    }

    private func feedForward(
        _ rows: Range<Int>,
        _ buffers: VisionBuffers,
        _ workspace: Workspace
    ) throws(MemoryFault) {
        let hidden = buffers.hidden.contents
        let compute = workspace.compute
        let kernels = compute.kernels
        let input = try unsafe workspace.fill(buffers.input, rows: rows.count, for: [up]) {
            row,
            normed in
            unsafe feedForwardNorm.apply(
                to: hidden.row(rows.lowerBound + row),
                into: normed,
                kernels
            )
        }
        let expanded = try buffers.expanded.prepare(
            rows: rows.count,
            for: [down],
            compute: compute
        )
        try workspace.multiply([
            MatrixProduct(input, up) { tile in
                unsafe kernels.geluTanh(tile.values, count: tile.rows.count * tile.columns.count)
                tile.store(in: expanded, kernels)
            }
        ])
        try workspace.multiply([
            MatrixProduct(expanded, down) { tile in
                tile.add(to: hidden, firstRow: rows.lowerBound, kernels)
            }
        ])
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

extension ProductTile {
    /// Adds the tile to its place in a matrix.
    func add(to matrix: MatrixRows<Float>, firstRow: Int, _ kernels: Kernels) {
        unsafe forEachRow { row, values in
            unsafe kernels.add(
                values,
                to: matrix.row(firstRow + row) + columns.lowerBound,
                count: columns.count
            )
        }
    }

    /// Writes the tile to its place in what goes into another product.
    func store(in activations: ActivationRows, _ kernels: Kernels) {
        unsafe forEachRow { row, values in
            unsafe activations.store(
                values,
                row: row,
                column: columns.lowerBound,
                count: columns.count,
                kernels: kernels
            )
        }
    }
}
