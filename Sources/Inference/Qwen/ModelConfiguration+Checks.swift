extension ModelConfiguration {
    /// Refuses sizes that no model has, alone or beside one another.
    ///
    /// After this no product of sizes overflows. The limits are several times what the largest published models have.
    ///
    /// - Throws: ``QwenFault/impossibleValue(key:found:expected:)`` or ``QwenFault/unsupportedValue(key:found:supported:)``.
    func checkSizes() throws(QwenFault) {
        try text.checkSizes()
        guard let vision, let pictureTokens else { return }
        try vision.checkSizes()
        guard vision.outputSize == text.hiddenSize else {
            throw .impossibleValue(
                key: "vision_config.out_hidden_size",
                found: "\(vision.outputSize)",
                expected: "\(text.hiddenSize), the decoder's hidden_size"
            )
        }
        guard vision.deepstackBlocks.count <= text.layerCount else {
            throw .impossibleValue(
                key: "vision_config.deepstack_visual_indexes",
                found: "\(vision.deepstackBlocks.count) indexes",
                expected: "no more than the decoder's \(text.layerCount) layers"
            )
        }
        guard pictureTokens.image != pictureTokens.video else {
            throw .impossibleValue(
                key: "video_token_id",
                found: "\(pictureTokens.video)",
                expected: "another number than image_token_id"
            )
        }
        for (key, token) in [
            ("image_token_id", pictureTokens.image), ("video_token_id", pictureTokens.video),
            ("vision_start_token_id", pictureTokens.visionStart),
            ("vision_end_token_id", pictureTokens.visionEnd),
        ] where Int(token) >= text.vocabularySize {
            throw .impossibleValue(
                key: key,
                found: "\(token)",
                expected: "below vocab_size, \(text.vocabularySize)"
            )
        }
    }
}

private func check(_ key: String, _ value: Int, _ range: ClosedRange<Int>) throws(QwenFault) {
    guard range.contains(value) else {
        throw .impossibleValue(
            key: key,
            found: "\(value)",
            expected: "\(range.lowerBound) to \(range.upperBound)"
        )
    }
}

private func check(
    _ key: String,
    _ value: Int,
    isMultipleOf divisor: Int,
    _ divisorKey: String
) throws(QwenFault) {
    guard value.isMultiple(of: divisor) else {
        throw .impossibleValue(
            key: key,
            found: "\(value)",
            expected: "a multiple of \(divisorKey), \(divisor)"
        )
    }
}

extension TextConfiguration {
    func checkSizes() throws(QwenFault) {
        try check("hidden_size", hiddenSize, 1...(1 << 16))
        try check("num_hidden_layers", layerCount, 1...1024)
        try check("num_attention_heads", headCount, 1...1024)
        try check("num_key_value_heads", keyValueHeadCount, 1...1024)
        try check("head_dim", headDimension, 2...1024)
        try check("intermediate_size", intermediateSize, 1...(1 << 20))
        try check("vocab_size", vocabularySize, 1...(1 << 22))
        try check("max_position_embeddings", contextLength, 1...(1 << 26))
        try check(
            "num_attention_heads",
            headCount,
            isMultipleOf: keyValueHeadCount,
            "num_key_value_heads"
        )
        try check("head_dim", headDimension, isMultipleOf: 2, "2")
        guard normEpsilon >= 0, normEpsilon < 1 else {
            throw .impossibleValue(
                key: "rms_norm_eps",
                found: "\(normEpsilon)",
                expected: "0 to 1"
            )
        }
        guard rotaryBase >= 1, rotaryBase <= 1e15 else {
            throw .impossibleValue(
                key: "rope_theta",
                found: "\(rotaryBase)",
                expected: "1 to 1e15"
            )
        }
        guard let rotarySections else { return }
        let half = headDimension / 2
        guard rotarySections.count == 3,
            rotarySections.allSatisfy({ (0...half).contains($0) }),
            rotarySections.reduce(0, +) == half
        else {
            throw .impossibleValue(
                key: "mrope_section",
                found: "\(rotarySections)",
                expected: "three numbers that sum to half of head_dim, \(half)"
            )
        }
    }
}

extension VisionConfiguration {
    func checkSizes() throws(QwenFault) {
        try check("vision_config.hidden_size", hiddenSize, 4...(1 << 14))
        try check("vision_config.depth", depth, 1...1024)
        try check("vision_config.num_heads", headCount, 1...1024)
        try check("vision_config.intermediate_size", intermediateSize, 1...(1 << 18))
        try check("vision_config.patch_size", patchSize, 1...256)
        try check("vision_config.temporal_patch_size", temporalPatchSize, 1...16)
        try check("vision_config.spatial_merge_size", mergeSize, 1...16)
        try check("vision_config.num_position_embeddings", positionSide, 1...4096)
        try check("vision_config.out_hidden_size", outputSize, 1...(1 << 16))
        try check(
            "vision_config.hidden_size",
            hiddenSize,
            isMultipleOf: headCount,
            "vision_config.num_heads"
        )
        // Half of a head turns with the row, half with the column, and angles come in pairs.
        try check("vision_config.hidden_size / num_heads", headDimension, isMultipleOf: 4, "4")
        guard channels == 3 else {
            throw .unsupportedValue(
                key: "vision_config.in_channels",
                found: "\(channels)",
                supported: "3"
            )
        }
        guard normEpsilon >= 0, normEpsilon < 1 else {
            throw .impossibleValue(
                key: "layer_norm_epsilon",
                found: "\(normEpsilon)",
                expected: "0 to 1"
            )
        }
        guard deepstackBlocks.allSatisfy({ (0..<depth).contains($0) }),
            Set(deepstackBlocks).count == deepstackBlocks.count
        else {
            throw .impossibleValue(
                key: "vision_config.deepstack_visual_indexes",
                found: "\(deepstackBlocks)",
                expected: "different numbers from 0 to \(depth - 1)"
            )
        }
    }
}
