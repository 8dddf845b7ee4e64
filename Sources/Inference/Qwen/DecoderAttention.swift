internal import Tensors

extension DecoderLayer {
    /// Queries of one slice that look at one head of keys and values.
    private struct Unit {
        let slice: Int
        let keyHead: Int
        /// Rows of the slice, from 0.
        let rows: Range<Int>
    }

    /// Rows whose queries one thread takes at a time: as many as the kernel turns a tile of keys for.
    private static let rowsPerUnit = 256

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
        let attended = try buffers.attended.prepare(
            rows: pass.rowCount,
            for: [output],
            compute: compute
        )
        let queries = buffers.queries.contents
        var units: [Unit] = []
        for (index, slice) in pass.slices.enumerated() {
            // Later rows see more: the longest work comes first, so that no thread is left with it at the end.
            let starts = stride(from: 0, to: slice.rows.count, by: Self.rowsPerUnit).reversed()
            for start in starts {
                let rows = start..<min(slice.rows.count, start + Self.rowsPerUnit)
                for head in 0..<configuration.keyValueHeadCount {
                    units.append(Unit(slice: index, keyHead: head, rows: rows))
                }
            }
        }
        let dimension = configuration.headDimension
        let outFloats = (max(Self.rowsPerUnit, configuration.groupSize) * dimension + 15) / 16 * 16
        let scratch = outFloats + Kernels.attentionScratch(headDimension: dimension)
        try unsafe workspace.run(parts: units.count, scratch: scratch) { part, memory in
            let unit = units[part]
            let slice = pass.slices[unit.slice]
            unsafe slice.cache.withHead(layer: index, head: unit.keyHead) { keys, values in
                let firstRow = slice.rows.lowerBound + unit.rows.lowerBound
                var attention = unsafe Attention(
                    queries: queries.row(firstRow),
                    queryStride: queries.stride,
                    queryCount: unit.rows.count,
                    keys: keys,
                    values: values,
                    keyStride: dimension,
                    keysPerBlock: KeyValueLayout.blockPositions,
                    keyCount: slice.firstPosition + unit.rows.upperBound,
                    headDimension: dimension,
                    firstVisible: slice.firstPosition + unit.rows.lowerBound
                )
                let firstHead = unit.keyHead * configuration.groupSize
                let rounded = compute.factorForm(of: query.weight) != .float32
                func attend(head: Int, width: Int) {
                    unsafe attention.queries = UnsafePointer(
                        queries.row(firstRow) + head * dimension
                    )
                    unsafe compute.kernels.attend(
                        attention,
                        rounded: rounded,
                        into: memory,
                        scratch: memory + outFloats
                    )
                    for row in 0..<unit.rows.count {
                        unsafe attended.store(
                            memory + row * width,
                            row: firstRow + row,
                            column: head * dimension,
                            count: width,
                            kernels: compute.kernels
                        )
                    }
                }
                if unit.rows.count == 1 {
                    // One row: its heads are the queries, so that keys and values are read once for all of them.
                    attention.queryStride = dimension
                    attention.queryCount = configuration.groupSize
                    attention.firstVisible = nil
                    attend(head: firstHead, width: configuration.groupSize * dimension)
                } else {
                    for head in firstHead..<firstHead + configuration.groupSize {
                        attend(head: head, width: dimension)
                    }
                }
            }
        }
        return attended
    }
}

extension KeyValueCache {
    /// Lends the blocks of one head's keys and values.
    func withHead(
        layer: Int,
        head: Int,
        _ body: (
            UnsafeBufferPointer<UnsafePointer<Float>?>,
            UnsafeBufferPointer<UnsafePointer<Float>?>
        ) -> Void
    ) {
        unsafe withUnsafeTemporaryAllocation(
            of: UnsafePointer<Float>?.self,
            capacity: 2 * blocks.count
        ) { pointers in
            for (index, block) in blocks.enumerated() {
                let keys = unsafe block.pointer(layer: layer, head: head, values: false)
                let values = unsafe block.pointer(layer: layer, head: head, values: true)
                unsafe pointers.initializeElement(at: index, to: UnsafePointer(keys))
                unsafe pointers.initializeElement(
                    at: blocks.count + index,
                    to: UnsafePointer(values)
                )
            }
            unsafe body(
                UnsafeBufferPointer(rebasing: pointers[..<blocks.count]),
                UnsafeBufferPointer(rebasing: pointers[blocks.count...])
            )
        }
    }
}
