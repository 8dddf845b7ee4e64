import Foundation
import SystemPackage

/// A folder of checkpoints and of what the reference computes from them.
struct GoldenFolder {
    let path: FilePath

    var checkpoints: FilePath { path.appending("checkpoints") }
    var goldens: FilePath { path.appending("goldens") }

    /// Reads a JSON file of the recordings.
    func read<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
        let data = try Data(contentsOf: URL(fileURLWithPath: goldens.appending(name).string))
        return try JSONDecoder().decode(type, from: data)
    }

    /// The names in one of its folders, sorted; empty when there is no such folder.
    func names(in folder: FilePath, ending suffix: String = "") -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []
        return all.filter { $0.hasSuffix(suffix) }.sorted()
    }
}

/// `manifest.json`: what there is.
struct Manifest: Decodable {
    let checkpoint_sha256: [String: String]
    let cases: [String: [String: CaseFacts]]

    struct CaseFacts: Decodable {
        let min_margin: Double
    }
}

/// `tolerance.json`: how far results may be off.
struct ToleranceFile: Decodable {
    let stages: [String: [String: Stage]]

    struct Stage: Decodable {
        let tensors: Int
        let suggested_atol_float32: Double
        let bfloat16_max_error: Double
    }
}

/// One of `cases/CHECKPOINT/*.json`.
struct GoldenCase: Decodable {
    let prompt: String
    let images: [String]?
    let messages: [Message]?
    let video: Video?
    let image_grid_thw: [[Int]]?
    let video_grid_thw: [[Int]]?
    let input_ids: [Int32]
    let position_ids: [[Int]]?
    let rope_delta: Int?
    let logits_from: Int
    let generate: Generated

    struct Video: Decodable {
        let fps: Double
        let frames_indices: [Int]
    }

    struct Generated: Decodable {
        let ids: [Int32]
        let top5: [Top]
        let min_margin: Double
        let text: String
    }

    struct Top: Decodable {
        let ids: [Int32]
        let logits: [Double]
    }
}

/// A message of a recorded conversation.
struct Message: Decodable {
    let role: String
    let content: Content

    enum Content: Decodable {
        case text(String)
        case parts([Part])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .text(text)
            } else {
                self = .parts(try container.decode([Part].self))
            }
        }
    }

    struct Part: Decodable {
        let type: String
        let text: String?
    }
}
