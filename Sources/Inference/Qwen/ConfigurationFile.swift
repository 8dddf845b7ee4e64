internal import FoundationEssentials

/// `config.json` as upstream spells it, in the versions 4.57 and 5.x of Transformers.
///
/// Text-only models have the keys of `text_config` at the top.
struct ConfigurationFile: Decodable {
    var model_type: String?
    var architectures: [String]?
    var tie_word_embeddings: Bool?
    var image_token_id: Int?
    var video_token_id: Int?
    var vision_start_token_id: Int?
    var vision_end_token_id: Int?
    var text_config: Text?
    var vision_config: Vision?

    /// The decoder's keys.
    struct Text: Decodable {
        var model_type: String?
        var hidden_size: Int?
        var num_hidden_layers: Int?
        var num_attention_heads: Int?
        var num_key_value_heads: Int?
        var head_dim: Int?
        var intermediate_size: Int?
        var vocab_size: Int?
        var rms_norm_eps: Double?
        var rope_theta: Double?
        var rope_scaling: Rope?
        var rope_parameters: Rope?
        var max_position_embeddings: Int?
        var attention_bias: Bool?
        var hidden_act: String?
        var use_sliding_window: Bool?
        var layer_types: [String]?
        var tie_word_embeddings: Bool?
        var bos_token_id: OneOrMany?
        var eos_token_id: OneOrMany?
        var quantization_config: Quantization?
    }

    /// What a quantised checkpoint of a kind that is not run says.
    struct Quantization: Decodable {
        var quant_method: String?
    }

    /// How positions turn; `type` is the spelling of old versions.
    struct Rope: Decodable {
        var rope_type: String?
        var type: String?
        var rope_theta: Double?
        var mrope_section: [Int]?
        var mrope_interleaved: Bool?
        var partial_rotary_factor: Double?
    }

    /// The tower's keys.
    struct Vision: Decodable {
        var hidden_size: Int?
        var depth: Int?
        var num_heads: Int?
        var intermediate_size: Int?
        var hidden_act: String?
        var patch_size: Int?
        var temporal_patch_size: Int?
        var spatial_merge_size: Int?
        var in_channels: Int?
        var num_position_embeddings: Int?
        var deepstack_visual_indexes: [Int]?
        var out_hidden_size: Int?
        var rope_parameters: VisionRope?
    }

    /// How the tower's positions turn, in 5.x.
    struct VisionRope: Decodable {
        var rope_theta: Double?
        var rope_type: String?
    }

    /// A number or a list of numbers.
    struct OneOrMany: Decodable {
        var values: [Int]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let one = try? container.decode(Int.self) {
                values = [one]
            } else {
                values = try container.decode([Int].self)
            }
        }
    }

    /// Reads the text of a file of settings.
    ///
    /// - Parameters:
    ///   - type: What it should be.
    ///   - json: The text.
    /// - Returns: Its keys.
    /// - Throws: ``QwenFault`` that names the key where it can.
    static func decode<File: Decodable>(
        _ type: File.Type,
        from json: [UInt8]
    ) throws(QwenFault) -> File {
        do {
            return try JSONDecoder().decode(type, from: Data(json))
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(
            _,
            let context
        )
        {
            throw .impossibleValue(
                key: key(context.codingPath),
                found: "a value of another type",
                expected: "the type of the published files"
            )
        } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
            throw .impossibleValue(
                key: key(context.codingPath),
                found: "a number out of range",
                expected: "the type of the published files"
            )
        } catch {
            throw .malformedConfiguration
        }
    }

    private static func key(_ path: [any CodingKey]) -> String {
        path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
}
