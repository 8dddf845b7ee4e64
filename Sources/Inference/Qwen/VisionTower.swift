internal import Generation
internal import Tensors

/// The half of Qwen3-VL that sees: patches in, features for the decoder out.
struct VisionTower: Sendable {
    let configuration: VisionConfiguration
    let patchEmbedding: Linear
    let positions: VisionPositions
    let blocks: [VisionBlock]
    let merger: PatchMerger
    /// Mergers by the block after which they take features, in the order of the blocks.
    let deepstack: [(block: Int, merger: PatchMerger)]

    /// Patches that go through the tower together, pictures being whole: enough to make good use of each weight that is read.
    private static let patchesPerGroup = 4096

    /// Finds the tower's weights; of all but norms and biases only where they lie.
    ///
    /// - Parameters:
    ///   - configuration: Sizes.
    ///   - checkpoint: The weights.
    ///   - kernels: What widens norms and biases.
    /// - Throws: ``QwenFault``.
    init(
        _ configuration: VisionConfiguration,
        _ checkpoint: Checkpoint,
        _ kernels: Kernels
    ) throws(QwenFault) {
        let hidden = configuration.hiddenSize
        self.configuration = configuration
        patchEmbedding = Linear(
            weight: try checkpoint.patchKernel(configuration),
            bias: try checkpoint.vector(.patchBias, hidden, kernels)
        )
        positions = VisionPositions(
            configuration: configuration,
            table: try checkpoint.rows(
                .positions,
                [configuration.positionSide * configuration.positionSide, hidden]
            )
        )
        var blocks: [VisionBlock] = []
        for index in 0..<configuration.depth {
            blocks.append(try VisionBlock(index, configuration, checkpoint, kernels))
        }
        self.blocks = blocks
        merger = try PatchMerger(configuration, normsJoined: false, checkpoint, kernels) {
            .merger($0)
        }
        var deepstack: [(block: Int, merger: PatchMerger)] = []
        for (index, block) in configuration.deepstackBlocks.enumerated() {
            let merger = try PatchMerger(configuration, normsJoined: true, checkpoint, kernels) {
                .deepstack(index: index, block: block, $0)
            }
            deepstack.append((block, merger))
        }
        self.deepstack = deepstack.sorted { $0.block < $1.block }
    }

    /// Computes the features of pictures and videos.
    ///
    /// - Parameters:
    ///   - pictures: Their patches.
    ///   - buffers: Matrices to use.
    ///   - workspace: What arithmetic runs on.
    ///   - observer: Sees each stage of all pictures together.
    /// - Returns: One for each picture.
    /// - Throws: ``GenerationFault``: cancelled, patches of another size than the tower's, or out of memory.
    func encode(
        _ pictures: [PicturePatches],
        _ buffers: VisionBuffers,
        _ workspace: Workspace,
        observer: StageObserver?
    ) throws(GenerationFault) -> [PictureFeatures] {
        for picture in pictures { try check(picture) }
        var features: [PictureFeatures] = []
        var group: [PicturePatches] = []
        for (index, picture) in pictures.enumerated() {
            group.append(picture)
            let patches = group.reduce(0) { $0 + $1.grid.patchCount }
            let isLast = index == pictures.count - 1
            guard isLast || (observer == nil && patches >= Self.patchesPerGroup) else { continue }
            features += try encode(group: group, buffers, workspace, observer)
            group = []
        }
        return features
    }

    private func check(_ picture: PicturePatches) throws(GenerationFault) {
        let (grid, side) = (picture.grid, configuration.mergeSize)
        guard picture.patchWidth == configuration.patchWidth, grid.patchCount > 0,
            grid.rows.isMultiple(of: side), grid.columns.isMultiple(of: side)
        else {
            throw .pictureMismatch(
                tokens: configuration.patchWidth,
                features: picture.patchWidth
            )
        }
    }

    private func encode(
        group: [PicturePatches],
        _ buffers: VisionBuffers,
        _ workspace: Workspace,
        _ observer: StageObserver?
    ) throws(GenerationFault) -> [PictureFeatures] {
        do {
            let segments = try embed(group, buffers, workspace, observer)
            var levels: [FloatMatrix] = []
            for (index, block) in blocks.enumerated() {
                guard !Task.isCancelled else { throw GenerationFault.cancelled }
                try block.forward(segments: segments, buffers, workspace)
                observer?.see("block.\(index)", buffers.hidden)
                if let tap = deepstack.first(where: { $0.block == index }) {
                    let level = try tap.merger.merge(buffers, workspace)
                    observer?.see("deepstack.\(levels.count)", level)
                    levels.append(level)
                }
            }
            let merged = try merger.merge(buffers, workspace)
            observer?.see("merger", merged)
            return split(group, merged, levels)
        } catch let fault as MemoryFault {
            throw .outOfMemory(bytes: fault.byteCount)
        } catch let fault as GenerationFault {
            throw fault
        } catch {
            throw .cancelled
        }
    }

    /// Multiplies patches with the kernel, adds their positions, computes their angles.
    ///
    /// - Returns: The rows of each picture or group of frames.
    private func embed(
        _ group: [PicturePatches],
        _ buffers: VisionBuffers,
        _ workspace: Workspace,
        _ observer: StageObserver?
    ) throws(MemoryFault) -> [Range<Int>] {
        let kernels = workspace.compute.kernels
        var segments: [Range<Int>] = []
        var coordinates: [(row: Int, column: Int)] = []
        var rowGrids: [PatchGrid] = []
        try buffers.hidden.resize(
            rows: group.reduce(0) { $0 + $1.grid.patchCount },
            columns: configuration.hiddenSize
        )
        let hidden = buffers.hidden.contents
        for picture in group {
            let first = coordinates.count
            for rows in VisionSlabs.of(picture.grid.patchCount) {
                try embed(picture, rows, into: hidden, firstRow: first, buffers, workspace)
            }
            let places = positions.coordinates(picture.grid)
            for _ in 0..<picture.grid.time {
                segments.append(coordinates.count..<coordinates.count + places.count)
                coordinates += places
                rowGrids += repeatElement(picture.grid, count: places.count)
            }
        }
        observer?.see("patch_embed", buffers.hidden)
        let width = configuration.hiddenSize
        try unsafe workspace.forEachRow(hidden.rows, width: 4 * width, scratch: width) {
            row,
            memory in
            unsafe positions.add(
                coordinates[row],
                of: rowGrids[row],
                to: hidden.row(row),
                scratch: memory,
                kernels: kernels
            )
        }
        observer?.see("embedded", buffers.hidden)
        try positions.fill(cosine: buffers.cosine, sine: buffers.sine, coordinates: coordinates)
        return segments
    }

    /// Multiplies some patches of a picture with the kernel.
    private func embed(
        _ picture: PicturePatches,
        _ rows: Range<Int>,
        into hidden: MatrixRows<Float>,
        firstRow: Int,
        _ buffers: VisionBuffers,
        _ workspace: Workspace
    ) throws(MemoryFault) {
        let (values, width) = (picture.values, picture.patchWidth)
        let input = try unsafe workspace.fill(
            buffers.input,
            rows: rows.count,
            for: [patchEmbedding]
        ) { row, patch in
            let start = (rows.lowerBound + row) * width
            for column in 0..<width { unsafe patch[column] = values[start + column] }
        }
        try workspace.multiply([
            MatrixProduct(input, patchEmbedding) { tile in
                tile.write(to: hidden, firstRow: firstRow + rows.lowerBound)
            }
        ])
    }

    private func split(
        _ group: [PicturePatches],
        _ merged: FloatMatrix,
        _ levels: [FloatMatrix]
    ) -> [PictureFeatures] {
        var first = 0
        return group.map { picture in
            let tokens = picture.grid.tokenCount(mergeSize: configuration.mergeSize)
            let rows = first..<first + tokens
            first += tokens
            return PictureFeatures(
                grid: picture.grid,
                tokenCount: tokens,
                width: configuration.outputSize,
                embeddings: merged.elements(rows: rows),
                deepstack: levels.map { $0.elements(rows: rows) }
            )
        }
    }
}

extension StageObserver {
    /// Shows a matrix.
    func see(_ stage: String, _ matrix: FloatMatrix) {
        receive(stage, matrix.rows, matrix.columns, matrix.elements(rows: 0..<matrix.rows))
    }
}
