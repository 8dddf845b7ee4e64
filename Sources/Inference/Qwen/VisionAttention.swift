internal import Tensors

/// Cuts the patches of a large picture into parts, so that what a block holds of them in between stays small.
enum VisionSlabs {
    /// Patches that go through a step together: enough to make good use of each weight that is read.
    private static let most = 2048

    /// Parts of about one size.
    ///
    /// - Parameters:
    ///   - rows: All rows.
    ///   - most: Rows of a part at most.
    /// - Returns: The parts in order.
    static func of(_ rows: Int, most: Int = most) -> [Range<Int>] {
        let count = (rows + most - 1) / most
        return (0..<count).map { $0 * rows / count..<($0 + 1) * rows / count }
    }
}

extension VisionBlock {
    /// Patches whose queries one thread takes at a time.
    private static let rowsPerUnit = 128

    /// Computes queries, keys and values, turns queries and keys, and puts each head's rows together.
    func project(
        _ rows: Range<Int>,
        _ buffers: VisionBuffers,
        _ workspace: Workspace
    ) throws(MemoryFault) {
        let kernels = workspace.compute.kernels
        let (dimension, heads) = (configuration.headDimension, configuration.headCount)
        let hidden = buffers.hidden.contents
        let patches = hidden.rows
        let input = try unsafe workspace.fill(
            buffers.input,
            rows: rows.count,
            for: [projection]
        ) { row, normed in
            unsafe attentionNorm.apply(
                to: hidden.row(rows.lowerBound + row),
                into: normed,
                kernels
            )
        }
        try buffers.heads.resize(rows: 3 * heads * patches, columns: dimension)
        let destination = buffers.heads.contents
        let (cosine, sine) = (buffers.cosine.contents, buffers.sine.contents)
        try workspace.multiply([
            MatrixProduct(input, projection, columnMultiple: dimension) { tile in
                let firstPlane = tile.columns.lowerBound / dimension
                let planes = tile.columns.count / dimension
                // Values, the last third, stay as they are.
                let turned = min(planes, max(0, 2 * heads - firstPlane))
                unsafe tile.forEachRow { index, values in
                    let row = rows.lowerBound + index
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

    /// Lets some patches look at all of their own segments.
    func attend(
        _ slab: Range<Int>,
        _ segments: [Range<Int>],
        _ buffers: VisionBuffers,
        _ workspace: Workspace
    ) throws(MemoryFault) -> ActivationRows {
        let compute = workspace.compute
        let (dimension, heads) = (configuration.headDimension, configuration.headCount)
        let patches = buffers.hidden.rows
        let planes = buffers.heads.contents
        let rounded = compute.factorForm(of: projection.weight) != .float32
        let attended = try buffers.attended.prepare(
            rows: slab.count,
            for: [output],
            compute: compute
        )
        var units: [(segment: Range<Int>, rows: Range<Int>, head: Int)] = []
        for segment in segments where segment.overlaps(slab) {
            let rows = segment.clamped(to: slab)
            for head in 0..<heads {
                for start in stride(
                    from: rows.lowerBound,
                    to: rows.upperBound,
                    by: Self.rowsPerUnit
                ) {
                    let rows = start..<min(rows.upperBound, start + Self.rowsPerUnit)
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
                    row: row - slab.lowerBound,
                    column: unit.head * dimension,
                    count: dimension,
                    kernels: compute.kernels
                )
            }
        }
        return attended
    }
}
