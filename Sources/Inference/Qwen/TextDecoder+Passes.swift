internal import Generation
internal import Tensors
internal import Tokenization

extension TextDecoder {
    /// Checks a prompt and cuts it into chunks.
    ///
    /// - Parameters:
    ///   - prompt: The prompt.
    ///   - content: What the sequence holds before it.
    ///   - model: Sizes.
    ///   - wanted: The tokens whose logits are wanted after it; nil for all.
    ///   - chunkSize: The most tokens of a chunk.
    /// - Returns: The chunks, none of which is computed.
    /// - Throws: ``GenerationFault``.
    func chunks(
        of prompt: QwenPrompt,
        after content: QwenState.Content,
        _ model: ModelConfiguration,
        wanted: [TokenID]?,
        chunkSize: Int
    ) throws(GenerationFault) -> PromptChunks {
        let tokens = prompt.tokens
        guard !tokens.isEmpty else { throw .emptyPrompt }
        try check(tokens)
        try checkRoom(content.cache.count + tokens.count)
        let pictures = prompt.images + prompt.videos
        var walk = PositionWalk(next: content.nextPosition)
        try walk.place(
            tokens,
            pictureTokens: model.pictureTokens,
            images: prompt.images.map(\.grid),
            videos: prompt.videos.map(\.grid),
            mergeSize: model.vision?.mergeSize ?? 1
        )
        try check(pictures, model)
        return PromptChunks(
            tokens: tokens,
            walk: walk,
            pictures: pictures,
            wanted: wanted,
            size: chunkSize,
            content: content
        )
    }

    /// Computes the next chunk of a prompt.
    ///
    /// - Returns: After the last chunk, the logits after the last token, one row; else nil.
    /// - Throws: ``GenerationFault``.
    func runNext(
        _ chunks: inout PromptChunks,
        _ buffers: DecoderBuffers,
        _ workspace: Workspace,
        _ observer: StageObserver?
    ) throws(GenerationFault) -> Logits? {
        let step = chunks.next()
        let logits = try rethrowing { () throws(any Error) in
            try run(step, &chunks.content.cache, buffers, workspace, observer)
        }
        if step.isLast, logits == nil { throw .logitsMiscounted(found: 0, expected: 1) }
        return logits
    }

    /// Feeds one or several tokens to each of several sequences.
    ///
    /// - Returns: The logits after each that is read.
    /// - Throws: ``GenerationFault``; the sequences are as they were then.
    func decode(
        _ runs: [TokenRun],
        into states: [QwenState],
        _ buffers: DecoderBuffers,
        _ workspace: Workspace
    ) throws(GenerationFault) -> Logits {
        let tokens = runs.flatMap(\.tokens)
        try check(tokens)
        var contents = states.map(\.content)
        for (content, run) in zip(contents, runs) {
            try checkRoom(content.cache.count + run.tokens.count)
        }
        let logits = try rethrowing { () throws(any Error) in
            var slices: [DecoderPass.Slice] = []
            var positions: [TokenPosition] = []
            for (index, run) in runs.enumerated() {
                try contents[index].cache.reserve(run.tokens.count)
                let rows = positions.count..<positions.count + run.tokens.count
                slices.append(DecoderPass.Slice(cache: contents[index].cache, rows: rows))
                positions += run.tokens.indices.map {
                    TokenPosition(repeating: Int32(contents[index].nextPosition + $0))
                }
            }
            try embed(tokens[...], buffers, workspace)
            try rotary.fill(cosine: buffers.cosine, sine: buffers.sine, positions: positions[...])
            try forward(DecoderPass(slices), buffers, workspace) { _ in }
            return try self.logits(
                rows: zip(slices, runs).flatMap { $0.rows.dropFirst($1.unread) },
                wanted: runs.flatMap { $0.wanted.dropFirst($0.unread) },
                buffers,
                workspace
            )
        }
        for (index, state) in states.enumerated() {
            let count = runs[index].tokens.count
            contents[index].cache.advance(count)
            contents[index].nextPosition += count
            contents[index].decodedCount += count
            state.content = contents[index]
        }
        return logits
    }

    // MARK: One pass

    private func run(
        _ step: PromptStep,
        _ cache: inout KeyValueCache,
        _ buffers: DecoderBuffers,
        _ workspace: Workspace,
        _ observer: StageObserver?
    ) throws -> Logits? {
        let count = step.tokens.count
        try cache.reserve(count)
        try embed(step.tokens, buffers, workspace)
        try rotary.fill(cosine: buffers.cosine, sine: buffers.sine, positions: step.positions)
        observer?.seeAngles("rope.cos", buffers.cosine)
        observer?.seeAngles("rope.sin", buffers.sine)
        let first = step.tokens.startIndex
        for visual in step.visual {
            let picture = step.pictures[visual.picture]
            let start = visual.feature * picture.width
            buffers.hidden.set(
                picture.embeddings[start..<start + picture.width],
                firstRow: visual.token - first
            )
        }
        observer?.see("hidden.0", buffers.hidden)
        let pass = DecoderPass([DecoderPass.Slice(cache: cache, rows: 0..<count)])
        try forward(pass, buffers, workspace) { layer in
            for visual in step.visual {
                let picture = step.pictures[visual.picture]
                guard layer < picture.deepstack.count else { continue }
                unsafe picture.deepstack[layer].withUnsafeBufferPointer { level in
                    guard let base = level.baseAddress else { return }
                    unsafe workspace.compute.kernels.add(
                        base + visual.feature * picture.width,
                        to: buffers.hidden.row(visual.token - first),
                        count: picture.width
                    )
                }
            }
            observer?.see("hidden.\(layer + 1)", buffers.hidden)
        }
        cache.advance(count)
        if let observer {
            let normed = try FloatMatrix(rows: count, columns: configuration.hiddenSize)
            for row in 0..<count {
                unsafe normalise(
                    buffers.hidden.row(row),
                    into: normed.row(row),
                    workspace.compute.kernels
                )
            }
            observer.see("final_norm", normed)
        }
        if let observer, let logitsFrom = observer.logitsFrom {
            let rows = Array(min(logitsFrom, count - 1)..<count)
            let wanted = [[TokenID]?](repeating: nil, count: rows.count)
            let logits = try self.logits(rows: rows, wanted: wanted, buffers, workspace)
            observer.receive(
                "logits",
                rows.count,
                logits.vocabularySize,
                rows.indices.flatMap { logits[$0].elements }
            )
        }
        guard step.isLast else { return nil }
        return try logits(rows: [count - 1], wanted: [step.wanted], buffers, workspace)
    }

    /// Takes rows through all layers; `afterLayer` may change the residual stream after each.
    private func forward(
        _ pass: DecoderPass,
        _ buffers: DecoderBuffers,
        _ workspace: Workspace,
        afterLayer: (Int) -> Void
    ) throws {
        for layer in layers {
            guard !Task.isCancelled else { throw GenerationFault.cancelled }
            try layer.forward(pass, buffers, workspace)
            afterLayer(layer.index)
        }
    }

    // MARK: What can be wrong

    private func check(_ tokens: [TokenID]) throws(GenerationFault) {
        guard let token = tokens.first(where: { $0 < 0 || $0 >= configuration.vocabularySize })
        else { return }
        throw .tokenOutOfRange(token: token, vocabularySize: configuration.vocabularySize)
    }

    private func check(_ pictures: [PictureFeatures], _ model: ModelConfiguration)
        throws(GenerationFault)
    {
        for picture in pictures {
            let tokens = picture.grid.tokenCount(mergeSize: model.vision?.mergeSize ?? 1)
            guard picture.width == configuration.hiddenSize, picture.tokenCount == tokens,
                picture.deepstack.count <= configuration.layerCount
            else { throw .pictureMismatch(tokens: tokens, features: picture.tokenCount) }
        }
    }

    private func checkRoom(_ needed: Int) throws(GenerationFault) {
        guard needed <= configuration.contextLength else {
            throw .contextExceeded(needed: needed, limit: configuration.contextLength)
        }
    }

    /// Words what a pass throws as generation does.
    private func rethrowing<Result>(_ body: () throws -> Result) throws(GenerationFault) -> Result {
        do {
            return try body()
        } catch let fault as MemoryFault {
            throw .outOfMemory(bytes: fault.byteCount)
        } catch let fault as GenerationFault {
            throw fault
        } catch {
            throw .cancelled
        }
    }
}

extension StageObserver {
    /// Shows cosines or sines for both halves of a head, which turn together.
    fileprivate func seeAngles(_ stage: String, _ matrix: FloatMatrix) {
        var values: [Float] = []
        for row in 0..<matrix.rows {
            let half = matrix.elements(rows: row..<row + 1)
            values += half + half
        }
        receive(stage, matrix.rows, 2 * matrix.columns, values)
    }
}
