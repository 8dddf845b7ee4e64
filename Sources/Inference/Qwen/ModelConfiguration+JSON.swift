internal import Tokenization

extension ModelConfiguration {
    /// Reads a `config.json`.
    ///
    /// - Parameter json: Its text, as versions 4.57 or 5.x of Transformers write it.
    /// - Throws: ``QwenFault``: not a configuration, another architecture, or a value that is not run or cannot be.
    public init(json: [UInt8]) throws(QwenFault) {
        let file = try ConfigurationFile.decode(ConfigurationFile.self, from: json)
        let family = try Self.family(file)
        let text: ConfigurationFile.Text
        if family == .qwen3VL {
            guard let nested = file.text_config else { throw .missingValue(key: "text_config") }
            text = nested
        } else {
            text = try ConfigurationFile.decode(ConfigurationFile.Text.self, from: json)
        }
        try Self.refuseWhatIsNotRun(text)
        self.family = family
        self.text = try TextConfiguration(text, family: family)
        tiesHead = file.tie_word_embeddings ?? text.tie_word_embeddings
        beginToken = try Self.tokens("bos_token_id", text.bos_token_id).first
        endTokens = try Self.tokens("eos_token_id", text.eos_token_id)
        if family == .qwen3VL {
            guard let tower = file.vision_config else { throw .missingValue(key: "vision_config") }
            vision = try VisionConfiguration(tower)
            pictureTokens = PictureTokens(
                image: try Self.token("image_token_id", file.image_token_id),
                video: try Self.token("video_token_id", file.video_token_id),
                visionStart: try Self.token("vision_start_token_id", file.vision_start_token_id),
                visionEnd: try Self.token("vision_end_token_id", file.vision_end_token_id)
            )
        }
        try checkSizes()
    }

    private static func family(_ file: ConfigurationFile) throws(QwenFault) -> ModelFamily {
        let supported = ModelFamily.allCases.map(\.rawValue)
        guard let name = file.model_type ?? file.architectures?.first else {
            throw .missingValue(key: "model_type")
        }
        let byArchitecture: [String: ModelFamily] = [
            "Qwen3VLForConditionalGeneration": .qwen3VL,
            "Qwen3ForCausalLM": .qwen3,
            "Qwen2ForCausalLM": .qwen2,
        ]
        guard let family = ModelFamily(rawValue: name) ?? byArchitecture[name] else {
            throw .unsupportedArchitecture(found: name, supported: supported)
        }
        // A model of this type with another head on top, one that rates or classifies, does not speak.
        if let architecture = file.architectures?.first, byArchitecture[architecture] != family {
            throw .unsupportedArchitecture(found: architecture, supported: supported)
        }
        return family
    }

    private static func refuseWhatIsNotRun(_ text: ConfigurationFile.Text) throws(QwenFault) {
        if let activation = text.hidden_act, activation != "silu" {
            throw .unsupportedValue(key: "hidden_act", found: activation, supported: "silu")
        }
        if text.use_sliding_window == true {
            throw .unsupportedValue(key: "use_sliding_window", found: "true", supported: "false")
        }
        if let other = text.layer_types?.first(where: { $0 != "full_attention" }) {
            throw .unsupportedValue(key: "layer_types", found: other, supported: "full_attention")
        }
        if let quantization = text.quantization_config {
            throw .unsupportedValue(
                key: "quantization_config",
                found: quantization.quant_method ?? "a method without a name",
                supported: "bfloat16, float16 or float32 weights, or a GGUF file"
            )
        }
    }

    private static func token(_ key: String, _ value: Int?) throws(QwenFault) -> TokenID {
        guard let value else { throw .missingValue(key: key) }
        guard let token = TokenID(exactly: value), token >= 0 else {
            throw .impossibleValue(key: key, found: "\(value)", expected: "a token's number")
        }
        return token
    }

    private static func tokens(
        _ key: String,
        _ values: ConfigurationFile.OneOrMany?
    ) throws(QwenFault) -> [TokenID] {
        var tokens: [TokenID] = []
        for value in values?.values ?? [] { tokens.append(try token(key, value)) }
        return tokens
    }
}

extension TextConfiguration {
    /// Takes the decoder's keys; what can be left out is what the reference leaves out.
    init(_ text: ConfigurationFile.Text, family: ModelFamily) throws(QwenFault) {
        func needed(_ key: String, _ value: Int?) throws(QwenFault) -> Int {
            guard let value else { throw .missingValue(key: key) }
            return value
        }
        hiddenSize = try needed("hidden_size", text.hidden_size)
        layerCount = try needed("num_hidden_layers", text.num_hidden_layers)
        headCount = try needed("num_attention_heads", text.num_attention_heads)
        keyValueHeadCount = text.num_key_value_heads ?? headCount
        intermediateSize = try needed("intermediate_size", text.intermediate_size)
        vocabularySize = try needed("vocab_size", text.vocab_size)
        if let dimension = text.head_dim {
            headDimension = dimension
        } else if family == .qwen2 {
            headDimension = headCount > 0 ? hiddenSize / headCount : 0
        } else {
            headDimension = 128
        }
        normEpsilon = Float(text.rms_norm_eps ?? 1e-6)
        contextLength = text.max_position_embeddings ?? 32_768
        hasProjectionBias = family == .qwen2 || text.attention_bias == true
        hasOutputBias = family != .qwen2 && text.attention_bias == true
        hasHeadNorms = family != .qwen2

        let rope = text.rope_parameters ?? text.rope_scaling
        let kind = rope?.rope_type ?? rope?.type ?? "default"
        guard kind == "default" else {
            throw .unsupportedValue(key: "rope_type", found: kind, supported: "default")
        }
        if let factor = rope?.partial_rotary_factor, factor != 1 {
            throw .unsupportedValue(
                key: "partial_rotary_factor",
                found: "\(factor)",
                supported: "1"
            )
        }
        guard let base = rope?.rope_theta ?? text.rope_theta else {
            throw .missingValue(key: "rope_theta")
        }
        rotaryBase = base
        guard family == .qwen3VL else { return }
        if rope?.mrope_interleaved == false {
            throw .unsupportedValue(key: "mrope_interleaved", found: "false", supported: "true")
        }
        rotarySections = rope?.mrope_section ?? [24, 20, 20]
    }
}

extension VisionConfiguration {
    /// Takes the tower's keys; what can be left out is what the reference leaves out.
    init(_ tower: ConfigurationFile.Vision) throws(QwenFault) {
        func needed(_ key: String, _ value: Int?) throws(QwenFault) -> Int {
            guard let value else { throw .missingValue(key: "vision_config.\(key)") }
            return value
        }
        if let activation = tower.hidden_act, activation != "gelu_pytorch_tanh" {
            throw .unsupportedValue(
                key: "vision_config.hidden_act",
                found: activation,
                supported: "gelu_pytorch_tanh"
            )
        }
        // The reference has 10000 in code; newer files repeat it.
        if let base = tower.rope_parameters?.rope_theta, base != VisionPositions.rotaryBase {
            throw .unsupportedValue(
                key: "vision_config.rope_parameters.rope_theta",
                found: "\(base)",
                supported: "\(VisionPositions.rotaryBase)"
            )
        }
        hiddenSize = try needed("hidden_size", tower.hidden_size)
        depth = try needed("depth", tower.depth)
        headCount = try needed("num_heads", tower.num_heads)
        intermediateSize = try needed("intermediate_size", tower.intermediate_size)
        patchSize = tower.patch_size ?? 16
        temporalPatchSize = tower.temporal_patch_size ?? 2
        mergeSize = tower.spatial_merge_size ?? 2
        channels = tower.in_channels ?? 3
        deepstackBlocks = tower.deepstack_visual_indexes ?? []
        outputSize = try needed("out_hidden_size", tower.out_hidden_size)
        let positions = try needed("num_position_embeddings", tower.num_position_embeddings)
        positionSide = try Self.side(ofSquare: positions, key: "num_position_embeddings")
    }

    /// The side of a square table.
    ///
    /// - Throws: ``QwenFault/impossibleValue(key:found:expected:)`` where there is none.
    static func side(ofSquare count: Int, key: String) throws(QwenFault) -> Int {
        let side = Int(Double(max(0, min(count, 1 << 30))).squareRoot())
        guard side > 0, side * side == count else {
            throw .impossibleValue(
                key: "vision_config.\(key)",
                found: "\(count)",
                expected: "a square"
            )
        }
        return side
    }
}
