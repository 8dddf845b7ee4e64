import Foundation
import SystemPackage

@testable import Qwen

/// A folder of a model that a test writes; it goes with the test.
final class InspectedFolder {
    let path: FilePath

    init() throws {
        path = FilePath(FileManager.default.temporaryDirectory.path)
            .appending("docket-inspection-" + UUID().uuidString)
        try FileManager.default.createDirectory(
            atPath: path.string,
            withIntermediateDirectories: true
        )
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path.string)
    }

    @discardableResult
    func write(_ bytes: [UInt8], as name: String) throws -> FilePath {
        let file = path.appending(name)
        try Data(bytes).write(to: URL(filePath: file.string))
        return file
    }

    @discardableResult
    func write(_ text: String, as name: String) throws -> FilePath {
        try write(Array(text.utf8), as: name)
    }

    /// Writes the beginning of a file of weights and makes it as long as it should be: what lies after it takes no room.
    @discardableResult
    func writeSparse(header: String, headerBytes: Int, fileBytes: Int) throws -> FilePath {
        var bytes: [UInt8] = []
        for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: headerBytes >> (8 * shift))) }
        bytes += Array(header.utf8)
        bytes += Array(repeating: 0x20, count: headerBytes - header.utf8.count)
        let file = try write(bytes, as: "model.safetensors")
        let handle = try FileHandle(forWritingTo: URL(filePath: file.string))
        try handle.truncate(atOffset: UInt64(fileBytes))
        try handle.close()
        return file
    }

    func copy(_ other: FilePath) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: other.string) {
            try FileManager.default.copyItem(
                atPath: other.appending(name).string,
                toPath: path.appending(name).string
            )
        }
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: path.appending(name).string)
    }

    func text(_ name: String) throws -> String {
        try String(contentsOf: URL(filePath: path.appending(name).string), encoding: .utf8)
    }

    func configuration() throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: path.appending("config.json").string)))
    }
}

/// The sizes of Qwen3-VL-2B-Instruct as published.
enum PublishedModel {
    static let configuration = """
        {
          "architectures": ["Qwen3VLForConditionalGeneration"], "model_type": "qwen3_vl",
          "image_token_id": 151655, "video_token_id": 151656,
          "vision_start_token_id": 151652, "vision_end_token_id": 151653, "tie_word_embeddings": true,
          "text_config": {
            "model_type": "qwen3_vl_text", "hidden_size": 2048, "num_hidden_layers": 28,
            "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 128,
            "intermediate_size": 6144, "vocab_size": 151936, "rms_norm_eps": 1e-06,
            "rope_theta": 5000000, "max_position_embeddings": 262144, "attention_bias": false,
            "rope_scaling": {
              "mrope_section": [24, 20, 20], "mrope_interleaved": true, "rope_type": "default"
            },
            "hidden_act": "silu", "tie_word_embeddings": true,
            "bos_token_id": 151643, "eos_token_id": 151645
          },
          "vision_config": {
            "model_type": "qwen3_vl", "depth": 24, "hidden_size": 1024, "num_heads": 16,
            "intermediate_size": 4096, "hidden_act": "gelu_pytorch_tanh", "patch_size": 16,
            "temporal_patch_size": 2, "spatial_merge_size": 2, "in_channels": 3,
            "num_position_embeddings": 2304, "deepstack_visual_indexes": [5, 11, 17],
            "out_hidden_size": 2048
          }
        }
        """

    /// A header that lists all tensors of a model, one after the other, in bfloat16.
    static func header(of configuration: ModelConfiguration) -> String {
        let names = WeightNames.huggingFace(
            text: "model.language_model.",
            head: "lm_head.weight",
            vision: "model.visual."
        )
        var members: [String] = []
        var offset = 0
        for tensor in ExpectedTensor.all(of: configuration, names: names, hasHead: false) {
            let end = offset + tensor.count * 2
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            members.append(
                "\"\(tensor.name)\":{\"dtype\":\"BF16\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(offset),\(end)]}"
            )
            offset = end
        }
        return "{" + members.joined(separator: ",") + "}"
    }
}
