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

/// The patches of a picture, or of a group of frames, that look only at one another.
struct VisionSegment {
    /// Its patches among all.
    let rows: Range<Int>
    /// Its first tile among those of a head: each segment has tiles of its own.
    let firstTile: Int

    /// Gives segments their tiles, one after the other.
    ///
    /// - Parameters:
    ///   - ranges: The patches of each.
    ///   - tiles: How tiles lie.
    /// - Returns: The segments, and the tiles that a head needs for all of them.
    static func of(
        _ ranges: [Range<Int>],
        _ tiles: KeyValueTiles
    ) -> (segments: [VisionSegment], tileCount: Int) {
        var tileCount = 0
        let segments = ranges.map { rows in
            defer { tileCount += tiles.tileCount(positions: rows.count) }
            return VisionSegment(rows: rows, firstTile: tileCount)
        }
        return (segments, tileCount)
    }
}

extension VisionBlock {
    private func tiles(_ compute: Compute) -> KeyValueTiles {
        KeyValueTiles(
            format: compute.keyValueFormat(beside: projection.weight),
            headDimension: configuration.headDimension
        )
    }

    /// Makes room for the queries, keys and values of all patches, which slab after slab writes.
    ///
    /// - Parameters:
    ///   - ranges: The patches of each picture, or group of frames.
    ///   - buffers: The residual stream.
    ///   - workspace: What arithmetic runs on.
    /// - Returns: Where each segment's tiles lie.
    /// - Throws: ``MemoryFault``.
    func segments(
        _ ranges: [Range<Int>],
        _ buffers: VisionBuffers,
        _ workspace: Workspace
    ) throws(MemoryFault) -> [VisionSegment] {
        let layout = tiles(workspace.compute)
        let (dimension, heads) = (configuration.headDimension, configuration.headCount)
        let (segments, tileCount) = VisionSegment.of(ranges, layout)
        try buffers.queries.resize(rows: buffers.hidden.rows, columns: heads * dimension)
        try buffers.tiles.resize(rows: heads, columns: tileCount * layout.tileBytes)
        return segments
    }

    /// Computes queries, keys and values, turns queries and keys, and lays keys and values down as attention reads them.
    func project(
        _ rows: Range<Int>,
        _ segments: [VisionSegment],
        _ buffers: VisionBuffers,
        _ workspace: Workspace
    ) throws(MemoryFault) {
        let kernels = workspace.compute.kernels
        let (dimension, heads) = (configuration.headDimension, configuration.headCount)
        let hidden = buffers.hidden.contents
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
        let layout = tiles(workspace.compute)
        let (queries, keep) = (buffers.queries.contents, buffers.tiles.contents)
        let (cosine, sine) = (buffers.cosine.contents, buffers.sine.contents)
        try workspace.multiply([
            MatrixProduct(input, projection, columnMultiple: dimension) { tile in
                let firstPlane = tile.columns.lowerBound / dimension
                let planes = firstPlane..<firstPlane + tile.columns.count / dimension
                // Values, the last third, stay as they are.
                let turned = planes.clamped(to: 0..<2 * heads).count
                let asked = planes.clamped(to: 0..<heads).count
                unsafe tile.forEachRow { index, values in
                    let row = rows.lowerBound + index
                    unsafe kernels.rotateHalves(
                        values,
                        heads: turned,
                        headDimension: dimension,
                        cosine: cosine.row(row),
                        sine: sine.row(row)
                    )
                    guard asked > 0 else { return }
                    unsafe (queries.row(row) + tile.columns.lowerBound)
                        .update(from: values, count: asked * dimension)
                }
                let patches =
                    rows.lowerBound + tile.rows.lowerBound..<rows.lowerBound + tile.rows.upperBound
                for plane in planes where plane >= heads {
                    for segment in segments where segment.rows.overlaps(patches) {
                        let some = segment.rows.clamped(to: patches)
                        let start = (some.lowerBound - patches.lowerBound) * tile.columns.count
                        unsafe kernels.write(
                            plane < 2 * heads ? .keys : .values,
                            tile.values + start + (plane - firstPlane) * dimension,
                            stride: tile.columns.count,
                            count: some.count,
                            into: keep.row(plane % heads) + segment.firstTile * layout.tileBytes,
                            at: some.lowerBound - segment.rows.lowerBound,
                            layout
                        )
                    }
                }
            }
        ])
    }

    /// Heads of neighbouring columns and some rows of a segment.
    private struct Unit {
        let segment: VisionSegment
        let rows: Range<Int>
        let heads: Range<Int>
    }

    /// Lets some patches look at all of their own segments.
    func attend(
        _ slab: Range<Int>,
        _ segments: [VisionSegment],
        _ buffers: VisionBuffers,
        _ workspace: Workspace
    ) throws(MemoryFault) -> ActivationRows {
        let compute = workspace.compute
        let dimension = configuration.headDimension
        let layout = tiles(compute)
        // Heads that fill a group of columns go together: a group can be rounded only when it is whole.
        let group = PackedForm.groupColumns
        let together =
            group.isMultiple(of: dimension)
            ? min(configuration.headCount, group / dimension) : 1
        let attended = try buffers.attended.prepare(
            rows: slab.count,
            for: [output],
            storesGroups: (together * dimension).isMultiple(of: group),
            compute: compute
        )
        let units = units(
            of: segments,
            slab,
            headsTogether: together,
            threads: compute.pool.threadCount
        )
        let (queries, kept) = (buffers.queries.contents, buffers.tiles.contents)
        let mostRows = units.map(\.rows.count).max() ?? 0
        let outFloats = (mostRows * together * dimension + 15) / 16 * 16
        let scratch = outFloats + Kernels.attentionScratch(headDimension: dimension)
        try unsafe workspace.run(parts: units.count, scratch: scratch) { part, memory in
            let unit = units[part]
            let width = unit.heads.count * dimension
            for (index, head) in unit.heads.enumerated() {
                var tiles: UnsafeRawPointer? = unsafe UnsafeRawPointer(
                    kept.row(head) + unit.segment.firstTile * layout.tileBytes
                )
                unsafe withUnsafePointer(to: &tiles) { blocks in
                    let attention = unsafe Attention(
                        queries: queries.row(unit.rows.lowerBound) + head * dimension,
                        queryStride: queries.stride,
                        rowCount: unit.rows.count,
                        headCount: 1,
                        blocks: UnsafeBufferPointer(start: blocks, count: 1),
                        layout: layout,
                        positionsPerBlock: unit.segment.rows.count,
                        keyCount: unit.segment.rows.count,
                        firstVisible: nil
                    )
                    unsafe compute.kernels.attend(
                        attention,
                        into: memory + index * dimension,
                        outStride: width,
                        scratch: memory + outFloats
                    )
                }
            }
            for (index, row) in unit.rows.enumerated() {
                unsafe attended.store(
                    memory + index * width,
                    row: row - slab.lowerBound,
                    column: unit.heads.lowerBound * dimension,
                    count: width,
                    kernels: compute.kernels
                )
            }
        }
        return attended
    }

    private func units(
        of segments: [VisionSegment],
        _ slab: Range<Int>,
        headsTogether: Int,
        threads: Int
    ) -> [Unit] {
        let heads = configuration.headCount
        let step = Attention.rowsPerCall(
            rows: slab.count,
            heads: 1,
            calls: (heads + headsTogether - 1) / headsTogether,
            threads: threads
        )
        var units: [Unit] = []
        for segment in segments where segment.rows.overlaps(slab) {
            let rows = segment.rows.clamped(to: slab)
            for head in stride(from: 0, to: heads, by: headsTogether) {
                for start in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
                    units.append(
                        Unit(
                            segment: segment,
                            rows: start..<min(rows.upperBound, start + step),
                            heads: head..<min(heads, head + headsTogether)
                        )
                    )
                }
            }
        }
        return units
    }
}
