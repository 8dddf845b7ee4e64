import Foundation
import Generation
import Qwen
import SystemPackage
import Tensors
import Testing
import Tokenization
import VisionLanguage

/// The fixtures' tiny checkpoints, and what the reference computes from them.
enum TinyModel {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "fixtures/models")

    static func load(_ name: String, precision: Precision = .float32) throws -> QuestionAnswering {
        try QuestionAnswering(
            .checkpoint(FilePath(folder.appending(path: "checkpoints/\(name)").path)),
            compute: Compute(pool: ThreadPool(threads: 1), precision: precision)
        )
    }

    /// A recorded question: its prompt's tokens and the 32 that are likeliest one after the other.
    struct Case {
        let prompt: [TokenID]
        let answer: [TokenID]

        init(_ path: String) throws {
            let data = try Data(
                contentsOf: TinyModel.folder.appending(path: "goldens/cases/\(path).json")
            )
            let object = try #require(
                try JSONSerialization.jsonObject(with: data) as? [String: Any]
            )
            let generate = try #require(object["generate"] as? [String: Any])
            prompt = try #require(object["input_ids"] as? [Int]).map { TokenID($0) }
            answer = try #require(generate["ids"] as? [Int]).map { TokenID($0) }
        }

        /// The recording goes on after an end-of-text token; answers do not.
        func answer(until ends: Set<TokenID>) -> [TokenID] {
            Array(answer.prefix { !ends.contains($0) })
        }
    }

    /// A picture's recorded pixels.
    static func picture(_ name: String) throws -> RGBPicture {
        let (shape, bytes) = try tensor("\(name).rgb", of: "images/images.safetensors")
        return RGBPicture(width: shape[1], height: shape[0], pixels: bytes)
    }

    /// The recorded patches of the video of five frames: three groups of 4 x 4.
    static func video() throws -> PicturePatches {
        let (shape, bytes) = try tensor(
            "video.pixel_values",
            of: "vision/qwen3-vl-tiny.safetensors"
        )
        let values = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        return PicturePatches(
            grid: PatchGrid(time: 3, rows: 4, columns: 4),
            patchWidth: shape[1],
            values: values
        )
    }

    private static func tensor(
        _ name: String,
        of path: String
    ) throws -> (shape: [Int], bytes: [UInt8]) {
        let file = try SafetensorsFile(FilePath(folder.appending(path: "goldens/\(path)").path))
        let stored = try #require(file.storedTensors.first { $0.name == name })
        let bytes = try Data(contentsOf: URL(filePath: stored.file.string))
        return (stored.shape, Array(bytes[stored.offset..<stored.offset + stored.byteCount]))
    }
}

extension QuestionAnswering {
    /// The whole answer to a question.
    func whole(
        _ question: Question,
        _ options: GenerationOptions = GenerationOptions(maxTokens: 32)
    ) async throws -> (prompt: [TokenID], answer: Answer) {
        let prepared = try await prepare(question)
        for try await event in answer(to: prepared, options: options) {
            if case .end(let answer) = event { return (prepared.prompt.tokens, answer) }
        }
        throw CancellationError()
    }

    func view(_ name: String) throws -> View {
        View(picture: try #require(preprocessor).patches(for: TinyModel.picture(name)))
    }
}
