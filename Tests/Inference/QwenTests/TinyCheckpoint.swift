import Foundation
import Qwen
import SystemPackage
import Tensors

/// A model of random weights in a folder of its own, written as the published ones are.
final class TinyCheckpoint {
    enum Kind: CaseIterable { case sees, qwen3, qwen2 }

    /// How wide the layers are.
    struct Size {
        let hidden: Int
        let headDimension: Int
        let intermediate: Int
        let sections: [Int]
        let visionHidden: Int
        let visionIntermediate: Int
        /// As many numbers are added for each value.
        let draws: Int

        /// Less than a group of packed weights, and heads that begin and end within one.
        static let small = Size(
            hidden: 24,
            headDimension: 12,
            intermediate: 40,
            sections: [2, 2, 2],
            visionHidden: 16,
            visionIntermediate: 24,
            draws: 1
        )
        /// Several groups of packed weights, the last one not full, and heads that fill whole ones.
        static let wide = Size(
            hidden: 160,
            headDimension: 64,
            intermediate: 296,
            sections: [12, 10, 10],
            visionHidden: 128,
            visionIntermediate: 200,
            draws: 3
        )

        /// Of four heads.
        var queries: Int { 4 * headDimension }
        /// Of two heads.
        var keys: Int { 2 * headDimension }
    }

    let folder: FilePath
    var configuration: [String: Any]
    /// Shapes by published name.
    var tensors: [(name: String, shape: [Int])]
    /// How its values are spread.
    private let draws: Int

    static let vocabulary = 90
    static let image: Int32 = 80
    static let video: Int32 = 81

    init(_ kind: Kind, _ size: Size = .small) {
        draws = size.draws
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("docket-tiny-\(UUID().uuidString)").path
        folder = FilePath(path)
        var text: [String: Any] = [
            "hidden_size": size.hidden, "num_hidden_layers": 3, "num_attention_heads": 4,
            "num_key_value_heads": 2, "intermediate_size": size.intermediate,
            "vocab_size": Self.vocabulary, "rms_norm_eps": 1e-6, "rope_theta": 10_000,
            "max_position_embeddings": 700, "hidden_act": "silu", "head_dim": size.headDimension,
        ]
        let prefix: String
        switch kind {
        case .sees:
            prefix = "model.language_model."
            text["rope_scaling"] = [
                "rope_type": "default", "mrope_section": size.sections, "mrope_interleaved": true,
            ]
            configuration = [
                "model_type": "qwen3_vl",
                "architectures": ["Qwen3VLForConditionalGeneration"],
                "tie_word_embeddings": true, "text_config": text,
                "vision_config": [
                    "hidden_size": size.visionHidden, "depth": 3, "num_heads": 2,
                    "intermediate_size": size.visionIntermediate,
                    "hidden_act": "gelu_pytorch_tanh", "patch_size": 4, "temporal_patch_size": 2,
                    "spatial_merge_size": 2, "in_channels": 3, "num_position_embeddings": 25,
                    "deepstack_visual_indexes": [0, 2], "out_hidden_size": size.hidden,
                ] as [String: Any],
                "image_token_id": Int(Self.image), "video_token_id": Int(Self.video),
                "vision_start_token_id": 82, "vision_end_token_id": 83,
            ]
        case .qwen3, .qwen2:
            prefix = "model."
            text["model_type"] = kind == .qwen3 ? "qwen3" : "qwen2"
            text["architectures"] = [kind == .qwen3 ? "Qwen3ForCausalLM" : "Qwen2ForCausalLM"]
            text["tie_word_embeddings"] = false
            configuration = text
        }
        tensors = Self.decoder(prefix, size, qwen2: kind == .qwen2)
        if kind == .sees {
            tensors += Self.tower(size)
        } else {
            tensors.append(("lm_head.weight", [Self.vocabulary, size.hidden]))
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder.string) }

    private static func decoder(
        _ prefix: String,
        _ size: Size,
        qwen2: Bool
    ) -> [(String, [Int])] {
        let (hidden, wide) = (size.hidden, size.intermediate)
        let (queries, keys, head) = (size.queries, size.keys, size.headDimension)
        var tensors: [(String, [Int])] = [
            (prefix + "embed_tokens.weight", [vocabulary, hidden]),
            (prefix + "norm.weight", [hidden]),
        ]
        for layer in 0..<3 {
            let part = "\(prefix)layers.\(layer)."
            tensors += [
                (part + "input_layernorm.weight", [hidden]),
                (part + "post_attention_layernorm.weight", [hidden]),
                (part + "self_attn.q_proj.weight", [queries, hidden]),
                (part + "self_attn.k_proj.weight", [keys, hidden]),
                (part + "self_attn.v_proj.weight", [keys, hidden]),
                (part + "self_attn.o_proj.weight", [hidden, queries]),
                (part + "mlp.gate_proj.weight", [wide, hidden]),
                (part + "mlp.up_proj.weight", [wide, hidden]),
                (part + "mlp.down_proj.weight", [hidden, wide]),
            ]
            tensors +=
                qwen2
                ? [
                    (part + "self_attn.q_proj.bias", [queries]),
                    (part + "self_attn.k_proj.bias", [keys]),
                    (part + "self_attn.v_proj.bias", [keys]),
                ]
                : [
                    (part + "self_attn.q_norm.weight", [head]),
                    (part + "self_attn.k_norm.weight", [head]),
                ]
        }
        return tensors
    }

    private static func tower(_ size: Size) -> [(String, [Int])] {
        let prefix = "model.visual."
        let (seen, wide, merged) = (
            size.visionHidden, size.visionIntermediate, 4 * size.visionHidden
        )
        var tensors: [(String, [Int])] = [
            (prefix + "patch_embed.proj.weight", [seen, 3, 2, 4, 4]),
            (prefix + "patch_embed.proj.bias", [seen]), (prefix + "pos_embed.weight", [25, seen]),
        ]
        for block in 0..<3 {
            for (name, shape) in [
                ("norm1", [seen]), ("norm2", [seen]), ("attn.qkv", [3 * seen, seen]),
                ("attn.proj", [seen, seen]), ("mlp.linear_fc1", [wide, seen]),
                ("mlp.linear_fc2", [seen, wide]),
            ] {
                tensors += [
                    ("\(prefix)blocks.\(block).\(name).weight", shape),
                    ("\(prefix)blocks.\(block).\(name).bias", [shape[0]]),
                ]
            }
        }
        for (merger, norm) in [
            ("merger", seen), ("deepstack_merger_list.0", merged),
            ("deepstack_merger_list.1", merged),
        ] {
            for (name, shape) in [
                ("norm", [norm]), ("linear_fc1", [merged, merged]),
                ("linear_fc2", [size.hidden, merged]),
            ] {
                tensors += [
                    ("\(prefix)\(merger).\(name).weight", shape),
                    ("\(prefix)\(merger).\(name).bias", [shape[0]]),
                ]
            }
        }
        return tensors
    }

    // MARK: Writing and loading

    /// Values that depend on a tensor's name alone.
    ///
    /// As many numbers as there are draws are added for each: from three on they are spread as a trained model's are, which is what
    /// packing to 4 bits is for.
    static func values(_ name: String, _ count: Int, draws: Int = 1) -> [Float] {
        var state = name.utf8.reduce(UInt64(1469)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        let centre: Float = name.contains("norm") && name.hasSuffix("weight") ? 1 : 0
        let share = 1 / Float(draws)
        return (0..<count).map { _ in
            var value = centre
            for _ in 0..<draws {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                value += (Float(state >> 40) / Float(1 << 24) - 0.5) * share
            }
            return value
        }
    }

    func write(_ type: ElementType = .bfloat16) throws {
        try FileManager.default.createDirectory(
            atPath: folder.string,
            withIntermediateDirectories: true
        )
        try JSONSerialization.data(withJSONObject: configuration)
            .write(to: URL(fileURLWithPath: folder.appending("config.json").string))
        try TinyCheckpoint.safetensors(tensors, type, draws: draws)
            .write(to: URL(fileURLWithPath: folder.appending("model.safetensors").string))
    }

    static func safetensors(
        _ tensors: [(name: String, shape: [Int])],
        _ type: ElementType,
        draws: Int
    ) throws -> Data {
        var header: [String: Any] = [:]
        var bytes = Data()
        for tensor in tensors {
            let begin = bytes.count
            for value in values(tensor.name, tensor.shape.reduce(1, *), draws: draws) {
                if type == .bfloat16 {
                    let bits = UInt16(truncatingIfNeeded: value.bitPattern >> 16)
                    withUnsafeBytes(of: bits.littleEndian) { bytes.append(contentsOf: $0) }
                } else {
                    withUnsafeBytes(of: value.bitPattern.littleEndian) {
                        bytes.append(contentsOf: $0)
                    }
                }
            }
            header[tensor.name] = [
                "dtype": type.rawValue, "shape": tensor.shape,
                "data_offsets": [begin, bytes.count],
            ]
        }
        let json = try JSONSerialization.data(withJSONObject: header)
        var file = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) }
        file += json
        return file + bytes
    }

    func parsedConfiguration() throws -> ModelConfiguration {
        try ModelConfiguration(
            json: [UInt8](JSONSerialization.data(withJSONObject: configuration))
        )
    }

    /// The model as it is written.
    func model(
        _ precision: Precision = .float32,
        threads: Int = 2,
        chunkSize: Int = 1024,
        kernels: Kernels = .best
    ) throws -> QwenModel {
        try QwenModel(
            Checkpoint(text: SafetensorsDirectory(folder)),
            configuration: parsedConfiguration(),
            compute: Compute(
                kernels: kernels,
                pool: ThreadPool(threads: threads),
                precision: precision
            ),
            chunkSize: chunkSize
        )
    }

    /// A picture of patches that depend on a number.
    static func picture(_ seed: Int, time: Int = 1, rows: Int, columns: Int) -> PicturePatches {
        let grid = PatchGrid(time: time, rows: rows, columns: columns)
        return PicturePatches(
            grid: grid,
            patchWidth: 96,
            values: values("picture \(seed)", grid.patchCount * 96)
        )
    }

    /// Tokens that stand for nothing but themselves.
    static func text(_ count: Int, _ seed: Int = 0) -> [Int32] {
        (0..<count).map { Int32(($0 * 31 + seed * 17 + $0 * $0) % 79) }
    }

    /// Text, and to a model that sees a picture and a video of two groups of frames.
    ///
    /// - Parameters:
    ///   - model: What looks at the pictures.
    ///   - sees: Whether pictures are shown.
    ///   - tail: Tokens of text after them.
    /// - Returns: The prompt, its pictures encoded.
    /// - Throws: What encoding throws.
    static func prompt(_ model: QwenModel, sees: Bool = true, tail: Int) async throws -> QwenPrompt
    {
        var prompt = QwenPrompt(tokens: text(20))
        if sees {
            prompt.images = try await model.encode([picture(1, rows: 6, columns: 8)])
            prompt.videos = try await model.encode([picture(2, time: 2, rows: 4, columns: 4)])
            prompt.tokens += [82] + Array(repeating: image, count: 12) + [83, 7]
            for _ in 0..<2 {
                prompt.tokens += [82] + Array(repeating: video, count: 4) + [83, 9]
            }
        }
        prompt.tokens += text(tail, 3)
        return prompt
    }
}
