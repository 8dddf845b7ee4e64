internal import Tensors

extension DecoderLayer {
    /// Queries of one slice that look at one head of keys and values.
    private struct Unit {
        let slice: Int
        let keyHead: Int
        /// Rows of the slice, from 0.
        let rows: Range<Int>
    }

    /// Lets each row's queries look at the keys up to its own.
    ///
    /// - Parameters:
    ///   - pass: Whose rows they are; their keys and values are in the caches.
    ///   - buffers: The queries.
    ///   - workspace: What arithmetic runs on.
    /// - Returns: What they see, `[rows, heads * headDimension]`.
    /// - Throws: ``MemoryFault``.
    func attend(
        _ pass: DecoderPass,
        _ buffers: DecoderBuffers,
        _ workspace: Workspace
    ) throws(MemoryFault) -> ActivationRows {
        let compute = workspace.compute
        // The heads that share keys and values are computed together: their queries, and their outputs, lie side by side.
        let (dimension, group) = (configuration.headDimension, configuration.groupSize)
        let width = group * dimension
        let attended = try buffers.attended.prepare(
            rows: pass.rowCount,
            for: [output],
            storesGroups: width.isMultiple(of: PackedForm.groupColumns),
            compute: compute
        )
        let queries = buffers.queries.contents
        let units = units(of: pass, threads: compute.pool.threadCount)
        let mostRows = units.map(\.rows.count).max() ?? 0
        let outFloats = (mostRows * width + 15) / 16 * 16
        let scratch = outFloats + Kernels.attentionScratch(headDimension: dimension)
        try unsafe workspace.run(parts: units.count, scratch: scratch) { part, memory in
            let unit = units[part]
            let slice = pass.slices[unit.slice]
            let firstRow = slice.rows.lowerBound + unit.rows.lowerBound
            let column = unit.keyHead * width
            unsafe slice.cache.withTiles(layer: index, head: unit.keyHead) { blocks in
                let attention = unsafe Attention(
                    queries: queries.row(firstRow) + column,
                    queryStride: queries.stride,
                    rowCount: unit.rows.count,
                    headCount: group,
                    blocks: blocks,
                    layout: slice.cache.layout.tiles,
                    positionsPerBlock: KeyValueLayout.blockPositions,
                    keyCount: slice.firstPosition + unit.rows.upperBound,
                    firstVisible: slice.firstPosition + unit.rows.lowerBound
                )
                unsafe compute.kernels.attend(
                    attention,
                    into: memory,
                    outStride: width,
                    scratch: memory + outFloats
                )
            }
            for row in 0..<unit.rows.count {
                unsafe attended.store(
                    memory + row * width,
                    row: firstRow + row,
                    column: column,
                    count: width,
                    kernels: compute.kernels
                )
            }
        }
        return attended
    }

    private func units(of pass: DecoderPass, threads: Int) -> [Unit] {
        var units: [Unit] = []
        for (index, slice) in pass.slices.enumerated() {
            let step = Attention.rowsPerCall(
                rows: slice.rows.count,
                heads: configuration.groupSize,
                calls: configuration.keyValueHeadCount,
                threads: threads
            )
            // Later rows see more: the longest work comes first, so that no thread is left with it at the end.
            for start in stride(from: 0, to: slice.rows.count, by: step).reversed() {
                let rows = start..<min(slice.rows.count, start + step)
                for head in 0..<configuration.keyValueHeadCount {
                    units.append(Unit(slice: index, keyHead: head, rows: rows))
                }
            }
        }
        return units
    }
}
