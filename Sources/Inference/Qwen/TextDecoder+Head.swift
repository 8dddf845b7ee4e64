internal import Generation
internal import Tensors
internal import Tokenization

extension TextDecoder {
    /// Norms some rows of the residual stream and multiplies them with the head.
    ///
    /// - Parameters:
    ///   - rows: Which rows.
    ///   - wanted: For each of them the tokens whose logits are wanted; nil for all.
    ///   - buffers: The residual stream after the last layer.
    ///   - workspace: What arithmetic runs on.
    /// - Returns: A row for each, in their order; minus infinity where the head was not read.
    /// - Throws: ``MemoryFault``, ``GenerationFault/outOfMemory(bytes:)``.
    func logits(
        rows: [Int],
        wanted: [[TokenID]?],
        _ buffers: DecoderBuffers,
        _ workspace: Workspace
    ) throws -> Logits {
        let kernels = workspace.compute.kernels
        let hidden = buffers.hidden.contents
        let result = try Logits(rows: rows.count, vocabularySize: configuration.vocabularySize)
        let outputs = HeadOutputs.wanted(wanted, of: configuration.vocabularySize)
        if outputs != nil {
            for row in 0..<rows.count {
                unsafe result.row(row).update(
                    repeating: -.infinity,
                    count: configuration.vocabularySize
                )
            }
        }
        let input = try unsafe workspace.fill(buffers.normed, rows: rows.count, for: [head]) {
            row,
            normed in
            unsafe normalise(hidden.row(rows[row]), into: normed, kernels)
        }
        try workspace.multiply([
            MatrixProduct(input, head, outputs: outputs) { tile in
                unsafe tile.forEachRow { row, values in
                    unsafe (result.row(row) + tile.columns.lowerBound)
                        .update(from: values, count: tile.columns.count)
                }
            }
        ])
        return result
    }
}

/// Which outputs of the head are computed.
enum HeadOutputs {
    /// The panels that hold tokens that some row wants; the head is read once for all rows.
    ///
    /// - Parameters:
    ///   - wanted: For each row its tokens; nil for all.
    ///   - vocabularySize: Outputs of the head.
    /// - Returns: Ranges of whole panels, upwards; nil for all outputs.
    static func wanted(_ wanted: [[TokenID]?], of vocabularySize: Int) -> [Range<Int>]? {
        var panels: Set<Int> = []
        for tokens in wanted {
            guard let tokens else { return nil }
            for token in tokens where token >= 0 && token < vocabularySize {
                panels.insert(Int(token) / PackedForm.panelRows)
            }
        }
        var ranges: [Range<Int>] = []
        for panel in panels.sorted() {
            let start = panel * PackedForm.panelRows
            let end = min(vocabularySize, start + PackedForm.panelRows)
            if let last = ranges.last, last.upperBound == start {
                ranges[ranges.count - 1] = last.lowerBound..<end
            } else {
                ranges.append(start..<end)
            }
        }
        return ranges
    }
}
