public import Tensors
internal import Tokenization

extension ModelConfiguration {
    /// Reads the configuration that a GGUF file's metadata, and its tensors' shapes, give.
    ///
    /// - Parameters:
    ///   - text: The file of the decoder: architecture `qwen3vl`, `qwen3` or `qwen2`.
    ///   - vision: The file of the vision tower (`mmproj`), where there is one; without it a model that could see
    ///     has ``vision`` nil.
    /// - Throws: ``QwenFault``: another architecture, a value that is missing, not run or cannot be, or two files that
    ///   are not halves of one model.
    public init(gguf text: GGUFFile, vision: GGUFFile?) throws(QwenFault) {
        let keys = try GGUFKeys(text.metadata)
        family = keys.family
        self.text = try TextConfiguration(keys, weights: text)
        let stored = Set(text.storedTensors.map(\.name))
        tiesHead = !stored.contains("output.weight")
        let places = text.metadata.places(
            of: Self.endTexts + Self.pictureTexts,
            in: GGUFKeys.tokens
        )
        beginToken = try keys.token("tokenizer.ggml.bos_token_id")
        endTokens = try Self.endTokens(keys, places)
        if family == .qwen3VL {
            let ids = try Self.pictureTexts.map { text throws(QwenFault) in
                guard let place = places[text], let id = TokenID(exactly: place) else {
                    throw .missingValue(key: "\(GGUFKeys.tokens): \(text)")
                }
                return id
            }
            pictureTokens = PictureTokens(
                image: ids[0],
                video: ids[1],
                visionStart: ids[2],
                visionEnd: ids[3]
            )
        }
        if family == .qwen3VL, let vision {
            let tower = try VisionConfiguration(gguf: vision)
            guard tower.outputSize == self.text.hiddenSize else {
                throw .unrelatedFiles(
                    first: text.path,
                    second: vision.path,
                    key: "\(keys.prefix).embedding_length"
                )
            }
            if let count = try keys.integer("n_deepstack_layers"),
                count != tower.deepstackBlocks.count
            {
                throw .unrelatedFiles(
                    first: text.path,
                    second: vision.path,
                    key: "\(keys.prefix).n_deepstack_layers"
                )
            }
            self.vision = tower
        }
        try checkSizes()
    }

    /// Texts of the tokens that end an answer in Qwen's vocabularies; files name only one of them.
    private static let endTexts = ["<|im_end|>", "<|endoftext|>"]
    /// Texts of the tokens of ``PictureTokens``, in its order.
    private static let pictureTexts = [
        "<|image_pad|>", "<|video_pad|>", "<|vision_start|>", "<|vision_end|>",
    ]

    private static func endTokens(
        _ keys: GGUFKeys,
        _ places: [String: Int]
    ) throws(QwenFault) -> [TokenID] {
        var tokens: [TokenID] = []
        for key in ["tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id"] {
            if let token = try keys.token(key), !tokens.contains(token) { tokens.append(token) }
        }
        for text in endTexts {
            guard let place = places[text], let token = TokenID(exactly: place) else { continue }
            if !tokens.contains(token) { tokens.append(token) }
        }
        return tokens
    }
}

/// The keys of a text file, whose prefix is its architecture.
struct GGUFKeys {
    let metadata: GGUFMetadata
    /// The architecture as the file spells it.
    let prefix: String
    let family: ModelFamily

    /// The array of all tokens' texts.
    static let tokens = "tokenizer.ggml.tokens"

    private static let families: [String: ModelFamily] = [
        "qwen3vl": .qwen3VL, "qwen3": .qwen3, "qwen2": .qwen2,
    ]

    init(_ metadata: GGUFMetadata) throws(QwenFault) {
        let supported = Self.families.keys.sorted()
        let name: String?
        do { name = try metadata.text("general.architecture") } catch { throw .weights(error) }
        guard let name else { throw .missingValue(key: "general.architecture") }
        guard let family = Self.families[name] else {
            throw .unsupportedArchitecture(found: name, supported: supported)
        }
        self.metadata = metadata
        prefix = name
        self.family = family
    }

    func integer(_ key: String) throws(QwenFault) -> Int? {
        do { return try metadata.integer("\(prefix).\(key)") } catch { throw .weights(error) }
    }

    func needed(_ key: String) throws(QwenFault) -> Int {
        guard let value = try integer(key) else { throw .missingValue(key: "\(prefix).\(key)") }
        return value
    }

    func neededNumber(_ key: String) throws(QwenFault) -> Double {
        do {
            guard let value = try metadata.number("\(prefix).\(key)") else {
                throw QwenFault.missingValue(key: "\(prefix).\(key)")
            }
            return value
        } catch let fault as WeightFault {
            throw .weights(fault)
        } catch let fault as QwenFault {
            throw fault
        } catch {
            throw .missingValue(key: "\(prefix).\(key)")
        }
    }

    func token(_ key: String) throws(QwenFault) -> TokenID? {
        let value: Int?
        do { value = try metadata.integer(key) } catch { throw .weights(error) }
        guard let value else { return nil }
        guard let token = TokenID(exactly: value), token >= 0 else {
            throw .impossibleValue(key: key, found: "\(value)", expected: "a token's number")
        }
        return token
    }
}

extension TextConfiguration {
    init(_ keys: GGUFKeys, weights: GGUFFile) throws(QwenFault) {
        hiddenSize = try keys.needed("embedding_length")
        layerCount = try keys.needed("block_count")
        headCount = try keys.needed("attention.head_count")
        keyValueHeadCount = try keys.integer("attention.head_count_kv") ?? headCount
        intermediateSize = try keys.needed("feed_forward_length")
        contextLength = try keys.needed("context_length")
        normEpsilon = Float(try keys.neededNumber("attention.layer_norm_rms_epsilon"))
        rotaryBase = try keys.neededNumber("rope.freq_base")
        headDimension =
            try keys.integer("attention.key_length")
            ?? (headCount > 0 ? hiddenSize / headCount : 0)
        if let width = try keys.integer("attention.value_length"), width != headDimension {
            throw .unsupportedValue(
                key: "\(keys.prefix).attention.value_length",
                found: "\(width)",
                supported: "the same as key_length, \(headDimension)"
            )
        }
        let scaling: String?
        do { scaling = try keys.metadata.text("\(keys.prefix).rope.scaling.type") } catch {
            throw .weights(error)
        }
        guard scaling == nil || scaling == "none" else {
            throw .unsupportedValue(
                key: "\(keys.prefix).rope.scaling.type",
                found: scaling ?? "",
                supported: "none"
            )
        }
        let table = weights.storedTensors.first { $0.name == "token_embd.weight" }
        let tokenCount = keys.metadata.count(GGUFKeys.tokens)
        guard
            let rows = table.flatMap({ $0.shape.count == 2 ? $0.shape[0] : nil }) ?? tokenCount
        else { throw .missingValue(key: GGUFKeys.tokens) }
        vocabularySize = rows
        let stored = Set(weights.storedTensors.map(\.name))
        hasProjectionBias = keys.family == .qwen2 || stored.contains("blk.0.attn_q.bias")
        hasOutputBias = stored.contains("blk.0.attn_output.bias")
        hasHeadNorms = keys.family != .qwen2
        guard keys.family == .qwen3VL else { return }
        let sections: [Int]?
        do {
            sections = try keys.metadata.integers("\(keys.prefix).rope.dimension_sections")
        } catch {
            throw .weights(error)
        }
        guard let sections, sections.count == 3 || (sections.count == 4 && sections[3] == 0) else {
            throw .impossibleValue(
                key: "\(keys.prefix).rope.dimension_sections",
                found: sections.map { "\($0.prefix(8))" } ?? "nothing",
                expected: "three numbers and a zero"
            )
        }
        rotarySections = Array(sections[..<3])
    }
}
