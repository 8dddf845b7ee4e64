internal import Generation
internal import Tensors
internal import Tokenization

extension TextDecoder {
    /// Computes a prompt in chunks and moves the sequence on.
    ///
    /// - Returns: The logits after the last token.
    /// - Throws: ``GenerationFault``; the sequence is as it was then.
    func prefill(
        _ prompt: QwenPrompt,
        into state: QwenState,
        _ model: ModelConfiguration,
        chunkSize: Int,
        _ buffers: DecoderBuffers,
        _ workspace: Workspace,
        _ observer: StageObserver?
    ) throws(GenerationFault) -> [Float] {
        var content = state.content
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
        var result: [Float] = []
        var firstVisual = 0
        // Chunks of one size: a short one at the end would read all weights for few tokens.
        let chunks = (tokens.count + chunkSize - 1) / chunkSize
        for chunk in 0..<chunks {
            let range = chunk * tokens.count / chunks..<(chunk + 1) * tokens.count / chunks
            var endVisual = firstVisual
            while endVisual < walk.visual.count, walk.visual[endVisual].token < range.upperBound {
                endVisual += 1
            }
            let step = PromptStep(
                tokens: tokens[range],
                positions: walk.positions[range],
                visual: walk.visual[firstVisual..<endVisual],
                pictures: pictures,
                logitsFrom: observer?.logitsFrom.map { min($0, tokens.count - 1) }
                    ?? (chunk == chunks - 1 ? tokens.count - 1 : tokens.count)
            )
            firstVisual = endVisual
            let logits = try rethrowing { () throws(any Error) in
                try run(step, &content.cache, buffers, workspace, observer)
            }
            if let logits, logits.rows > 0 {
                result = logits.elements(rows: logits.rows - 1..<logits.rows)
            }
        }
        content.nextPosition = walk.next
        state.content = content
        return result
    }

    /// Feeds one token to each of several sequences.
    ///
    /// - Returns: The logits after each.
    /// - Throws: ``GenerationFault``; the sequences are as they were then.
    func decode(
        _ tokens: [TokenID],
        into states: [QwenState],
        _ buffers: DecoderBuffers,
        _ workspace: Workspace
    ) throws(GenerationFault) -> [[Float]] {
        guard !tokens.isEmpty else { return [] }
        try check(tokens)
        var contents = states.map(\.content)
        for content in contents { try checkRoom(content.cache.count + 1) }
        let logits = try rethrowing { () throws(any Error) in
            for index in contents.indices { try contents[index].cache.reserve(1) }
            let pass = DecoderPass(
                contents.indices.map {
                    DecoderPass.Slice(cache: contents[$0].cache, rows: $0..<$0 + 1)
                }
            )
            let positions = contents.map {
                TokenPosition(repeating: Int32($0.nextPosition))
            }
            try embed(tokens[...], buffers, workspace)
            try rotary.fill(cosine: buffers.cosine, sine: buffers.sine, positions: positions[...])
            try forward(pass, buffers, workspace) { _ in }
            return try self.logits(rows: Array(0..<tokens.count), buffers, workspace)
        }
        for (index, state) in states.enumerated() {
            contents[index].cache.advance(1)
            contents[index].nextPosition += 1
            state.content = contents[index]
        }
        return (0..<tokens.count).map { logits.elements(rows: $0..<$0 + 1) }
    }

    // MARK: One pass

    /// A chunk of a prompt.
    private struct PromptStep {
        let tokens: ArraySlice<TokenID>
        let positions: ArraySlice<TokenPosition>
        let visual: ArraySlice<VisualToken>
        let pictures: [PictureFeatures]
        /// The first token of the prompt whose logits are wanted.
        let logitsFrom: Int
    }

    private func run(
        _ step: PromptStep,
        _ cache: inout KeyValueCache,
        _ buffers: DecoderBuffers,
        _ workspace: Workspace,
        _ observer: StageObserver?
    ) throws -> FloatMatrix? {
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
        let wanted = Array(max(0, step.logitsFrom - first)..<max(count, step.logitsFrom - first))
        guard !wanted.isEmpty else { return nil }
        let result = try self.logits(rows: wanted, buffers, workspace)
        observer?.see("logits", result)
        return result
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
