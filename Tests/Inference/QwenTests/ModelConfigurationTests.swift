import Foundation
import Qwen
import Testing

@Suite struct ModelConfigurationTests {
    /// Sets a value deep in a configuration; nil takes the key away.
    private static func changed(
        _ kind: TinyCheckpoint.Kind,
        _ path: String,
        _ value: Any?
    ) throws -> ModelConfiguration {
        let checkpoint = TinyCheckpoint(kind)
        let keys = path.split(separator: ".").map(String.init)
        if keys.count == 2 {
            var inner = try #require(checkpoint.configuration[keys[0]] as? [String: Any])
            inner[keys[1]] = value
            checkpoint.configuration[keys[0]] = inner
        } else {
            checkpoint.configuration[keys[0]] = value
        }
        return try checkpoint.parsedConfiguration()
    }

    @Test func `sizes of a model that sees are read`() throws {
        let model = try TinyCheckpoint(.sees).parsedConfiguration()
        #expect(model.family == .qwen3VL)
        #expect(model.tiesHead == true)
        #expect(model.text.headDimension == 12)
        #expect(model.text.groupSize == 2)
        #expect(model.text.rotarySections == [2, 2, 2])
        #expect(model.text.hasHeadNorms)
        #expect(!model.text.hasProjectionBias)
        #expect(model.vision?.positionSide == 5)
        #expect(model.vision?.patchWidth == 96)
        #expect(model.vision?.mergedSize == 64)
        #expect(model.vision?.deepstackBlocks == [0, 2])
        #expect(model.pictureTokens?.image == TinyCheckpoint.image)
    }

    @Test func `the spelling of Transformers 5 gives the same configuration`() throws {
        let checkpoint = TinyCheckpoint(.sees)
        let old = try checkpoint.parsedConfiguration()
        var text = try #require(checkpoint.configuration["text_config"] as? [String: Any])
        text["rope_theta"] = nil
        text["rope_scaling"] = nil
        text["rope_parameters"] = [
            "rope_theta": 10_000.0, "rope_type": "default", "mrope_section": [2, 2, 2],
            "mrope_interleaved": true,
        ]
        text["dtype"] = "bfloat16"
        text["layer_types"] = ["full_attention", "full_attention", "full_attention"]
        checkpoint.configuration["text_config"] = text
        var vision = try #require(checkpoint.configuration["vision_config"] as? [String: Any])
        vision["model_type"] = "qwen3_vl_vision"
        vision["rope_parameters"] = ["rope_theta": 10_000.0, "rope_type": "axial"]
        checkpoint.configuration["vision_config"] = vision
        #expect(try checkpoint.parsedConfiguration() == old)
    }

    @Test func `a Qwen2 without head_dim divides its width by its heads`() throws {
        let model = try Self.changed(.qwen2, "head_dim", nil)
        #expect(model.text.headDimension == 6)
        #expect(model.text.hasProjectionBias)
        #expect(!model.text.hasHeadNorms)
        #expect(model.text.rotarySections == nil)
    }

    @Test func `one end token or several are read`() throws {
        #expect(try Self.changed(.qwen3, "eos_token_id", 7).endTokens == [7])
        #expect(try Self.changed(.qwen3, "eos_token_id", [7, 9]).endTokens == [7, 9])
        #expect(try Self.changed(.qwen3, "eos_token_id", nil).endTokens == [])
    }

    @Test(arguments: ["llama", "qwen3_vl_moe", "qwen2_vl", "qwen2_5_vl", "qwen3_moe", "bert"])
    func `another architecture is refused by its name`(name: String) {
        #expect(
            throws: QwenFault.unsupportedArchitecture(
                found: name,
                supported: ["qwen3_vl", "qwen3", "qwen2"]
            )
        ) { try Self.changed(.qwen3, "model_type", name) }
    }

    @Test func `a model that rates texts is refused`() {
        #expect(
            throws: QwenFault.unsupportedArchitecture(
                found: "Qwen3ForSequenceClassification",
                supported: ["qwen3_vl", "qwen3", "qwen2"]
            )
        ) { try Self.changed(.qwen3, "architectures", ["Qwen3ForSequenceClassification"]) }
    }

    struct Refusal: CustomTestStringConvertible {
        let kind: TinyCheckpoint.Kind
        let path: String
        let json: String
        var testDescription: String { "\(path) = \(json)" }
        var value: Any? {
            try? JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
        }
    }

    @Test(arguments: [
        Refusal(kind: .qwen3, path: "hidden_act", json: "\"gelu\""),
        Refusal(kind: .qwen2, path: "use_sliding_window", json: "true"),
        Refusal(kind: .qwen2, path: "layer_types", json: "[\"sliding_attention\"]"),
        Refusal(kind: .qwen3, path: "rope_scaling", json: "{\"type\": \"yarn\", \"factor\": 4}"),
        Refusal(kind: .qwen3, path: "rope_scaling", json: "{\"rope_type\": \"linear\"}"),
        Refusal(
            kind: .qwen3,
            path: "rope_parameters",
            json: "{\"rope_type\": \"dynamic\", \"rope_theta\": 1}"
        ),
        Refusal(kind: .qwen3, path: "quantization_config", json: "{\"quant_method\": \"awq\"}"),
        Refusal(kind: .sees, path: "vision_config.hidden_act", json: "\"silu\""),
        Refusal(kind: .sees, path: "vision_config.in_channels", json: "1"),
        Refusal(kind: .sees, path: "vision_config.rope_parameters", json: "{\"rope_theta\": 500}"),
    ])
    func `what is not run is refused, not ignored`(refusal: Refusal) {
        do throws {
            _ = try Self.changed(refusal.kind, refusal.path, refusal.value)
            Issue.record("accepted")
        } catch QwenFault.unsupportedValue(let key, _, _) {
            let name = refusal.path.split(separator: ".").last.map(String.init) ?? ""
            let isRope = name.hasPrefix("rope")
            #expect(isRope ? key.contains("rope") : key.hasSuffix(name))
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test(arguments: [
        Refusal(kind: .qwen3, path: "hidden_size", json: "0"),
        Refusal(kind: .qwen3, path: "hidden_size", json: "-24"),
        Refusal(kind: .qwen3, path: "hidden_size", json: "9223372036854775807"),
        Refusal(kind: .qwen3, path: "hidden_size", json: "\"wide\""),
        Refusal(kind: .qwen3, path: "num_hidden_layers", json: "100000000"),
        Refusal(kind: .qwen3, path: "num_attention_heads", json: "0"),
        Refusal(kind: .qwen3, path: "num_key_value_heads", json: "3"),
        Refusal(kind: .qwen3, path: "num_key_value_heads", json: "0"),
        Refusal(kind: .qwen3, path: "head_dim", json: "13"),
        Refusal(kind: .qwen3, path: "vocab_size", json: "-1"),
        Refusal(kind: .qwen3, path: "rms_norm_eps", json: "-1"),
        Refusal(kind: .qwen3, path: "rope_theta", json: "0"),
        Refusal(kind: .qwen3, path: "max_position_embeddings", json: "0"),
        Refusal(kind: .qwen3, path: "eos_token_id", json: "-4"),
        Refusal(kind: .sees, path: "image_token_id", json: "90"),
        Refusal(kind: .sees, path: "video_token_id", json: "80"),
        Refusal(kind: .sees, path: "vision_config.num_heads", json: "3"),
        Refusal(kind: .sees, path: "vision_config.num_heads", json: "8"),
        Refusal(kind: .sees, path: "vision_config.num_position_embeddings", json: "24"),
        Refusal(kind: .sees, path: "vision_config.deepstack_visual_indexes", json: "[3]"),
        Refusal(kind: .sees, path: "vision_config.deepstack_visual_indexes", json: "[1, 1]"),
        Refusal(kind: .sees, path: "vision_config.out_hidden_size", json: "16"),
        Refusal(kind: .sees, path: "vision_config.patch_size", json: "0"),
        Refusal(kind: .sees, path: "vision_config.spatial_merge_size", json: "-2"),
        Refusal(
            kind: .sees,
            path: "text_config.rope_scaling",
            json: "{\"rope_type\": \"default\", \"mrope_section\": [24, 20, 20]}"
        ),
    ])
    func `sizes that no model has are refused by their key`(refusal: Refusal) {
        do {
            _ = try Self.changed(refusal.kind, refusal.path, refusal.value)
            Issue.record("accepted")
        } catch QwenFault.impossibleValue(let key, _, _) {
            let name = String(refusal.path.split(separator: ".").last ?? "")
            let related = ["num_key_value_heads", "rope_scaling", "num_heads"].contains(name)
            #expect(related || key.contains(name), "\(key)")
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test(arguments: ["hidden_size", "num_attention_heads", "vocab_size", "rope_theta"])
    func `a size that is missing is asked for by its key`(key: String) {
        #expect(throws: QwenFault.missingValue(key: key)) { try Self.changed(.qwen3, key, nil) }
    }

    @Test(arguments: [
        "", "{", "[]", "7", "\"text\"", "{\"model_type\": 3}", "\u{0}",
        "{\"model_type\": \"qwen3\", \"hidden_size\": 1e300}",
    ])
    func `what is no configuration is refused`(text: String) {
        #expect(throws: QwenFault.self) { try ModelConfiguration(json: Array(text.utf8)) }
    }

    // MARK: generation_config.json

    @Test func `end tokens come from the generation file before the configuration`() throws {
        let model = try Self.changed(.qwen3, "eos_token_id", 7)
        let file = """
            {"eos_token_id": [5, 6], "bos_token_id": 4, "pad_token_id": 3, "do_sample": true,
             "temperature": "hot", "top_p": 0.8, "top_k": null, "repetition_penalty": 1.1}
            """
        let generation = try GenerationConfiguration(json: Array(file.utf8), configuration: model)
        #expect(generation.endTokens == [5, 6])
        let silent = try GenerationConfiguration(json: Array("{}".utf8), configuration: model)
        #expect(silent.endTokens == [7])
        #expect(GenerationConfiguration(model).endTokens == [7])
    }
}
