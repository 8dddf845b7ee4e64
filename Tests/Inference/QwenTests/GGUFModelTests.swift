import Foundation
import Generation
import Qwen
import SystemPackage
import Tensors
import Testing

/// Models in GGUF beside what the reference computed from the same weights; `fixtures/models/gguf` says how they were made.
@Suite struct GGUFModelTests {
    private static let fixtures = FilePath(#filePath).removingLastComponent()
        .removingLastComponent().removingLastComponent().removingLastComponent()
        .appending("fixtures/models")

    private static func model(_ name: String, _ precision: Precision = .float32) throws -> QwenModel
    {
        let folder = fixtures.appending("gguf")
        let text = try GGUFFile(folder.appending("\(name).gguf"))
        let vision = try GGUFFile(folder.appending("\(name)-mmproj.gguf"))
        return try QwenModel(
            Checkpoint(text: text, vision: vision),
            configuration: ModelConfiguration(gguf: text, vision: vision),
            compute: Compute(pool: ThreadPool(threads: 2), precision: precision)
        )
    }

    private static func picture(_ name: String, _ model: QwenModel) throws -> PicturePatches {
        let file = try SafetensorsFile(fixtures.appending("goldens/images/images.safetensors"))
        let tensor = try #require(try file.tensor(named: "\(name).pixel_values"))
        let values = tensor.withBytes { bytes in
            (0..<bytes.count / 4).map {
                bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)
            }
        }
        // The fixture's pictures are square.
        let side = Int(Double(tensor.shape[0]).squareRoot())
        return PicturePatches(
            grid: PatchGrid(time: 1, rows: side, columns: side),
            patchWidth: tensor.shape[1],
            values: values
        )
    }

    @Test func `weights in blocks of every type give what the reference computes from them`()
        async throws
    {
        struct Recorded: Decodable {
            let images: [String]
            let input_ids: [Int32]
            let logits: [Float]
            let tokens: [Int]
        }
        let path = Self.fixtures.appending("gguf/qwen3-vl-wide-mixed.json")
        let recorded = try JSONDecoder().decode(
            Recorded.self,
            from: Data(contentsOf: URL(fileURLWithPath: path.string))
        )
        let model = try Self.model("qwen3-vl-wide-mixed")
        var prompt = QwenPrompt(tokens: recorded.input_ids)
        let pictures = try recorded.images.map { try Self.picture($0, model) }
        prompt.images = try await model.encode(pictures)
        let state = model.makeState()
        var logits = try await model.prefill(prompt, into: state)
        let worst = zip(logits, recorded.logits).map { abs($0 - $1) }.max()
        #expect(try #require(worst) < 1e-3)
        for expected in recorded.tokens {
            let best = try #require(logits.indices.max { logits[$0] < logits[$1] })
            #expect(best == expected)
            logits = try await model.decode([Int32(expected)], into: [state])[0]
        }
    }

    @Test(arguments: Precision.allCases)
    func `a model is the same in GGUF and in safetensors`(precision: Precision) async throws {
        let converted = try Self.model("qwen3-vl-tiny-bf16", precision)
        let folder = Self.fixtures.appending("checkpoints/qwen3-vl-tiny")
        let json = try Data(
            contentsOf: URL(fileURLWithPath: folder.appending("config.json").string)
        )
        let original = try QwenModel(
            Checkpoint(text: SafetensorsDirectory(folder)),
            configuration: ModelConfiguration(json: [UInt8](json)),
            compute: Compute(pool: ThreadPool(threads: 2), precision: precision)
        )
        #expect(converted.configuration.text == original.configuration.text)
        #expect(converted.configuration.vision == original.configuration.vision)
        #expect(converted.configuration.pictureTokens == original.configuration.pictureTokens)
        let picture = try Self.picture("exact", original)
        let (first, second) = try await (converted.encode([picture]), original.encode([picture]))
        #expect(first == second)
        let image = try #require(original.configuration.pictureTokens?.image)
        let tokens = [1, 2, 3] + Array(repeating: image, count: first[0].tokenCount) + [4, 5]
        let prompt = QwenPrompt(tokens: tokens, images: first)
        let logits = try await converted.prefill(prompt, into: converted.makeState())
        #expect(try await original.prefill(prompt, into: original.makeState()) == logits)
    }
}
