import Foundation
import SystemPackage
@testable import Qwen
import Tensors
import Tokenization

/// A checkpoint of the folder, loaded as a user's would be.
struct EngineUnderTest {
    let name: String
    let model: QwenModel
    let tokenizer: Tokenizer
    let template: ChatTemplate
    let preprocessor: PicturePreprocessor

    /// - Parameters:
    ///   - name: Its folder's name.
    ///   - folder: Where that is.
    ///   - precision: What factors are rounded to.
    ///   - format: What weights are rounded to first; nil leaves them as they are.
    /// - Throws: What is wrong with its files.
    init(
        _ name: String,
        in folder: GoldenFolder,
        precision: Precision,
        format: WeightFormat? = nil
    ) throws {
        let directory = folder.checkpoints.appending(name)
        let file = { (file: String) in
            (try? Data(contentsOf: URL(fileURLWithPath: directory.appending(file).string)))
                .map { [UInt8]($0) }
        }
        let configuration = try ModelConfiguration(json: file("config.json") ?? [])
        let weights = try SafetensorsDirectory(directory)
        self.name = name
        model = try QwenModel(
            Checkpoint(text: format.map { try RewrittenWeights(weights, as: $0) } ?? weights),
            configuration: configuration,
            compute: Compute(precision: precision)
        )
        tokenizer = try Tokenizer(directory: directory)
        template = ChatTemplate(tokenizer, family: configuration.family.chatFamily)
        preprocessor = PicturePreprocessor(
            try file("preprocessor_config.json")
                .map { try PictureSettings(json: $0, defaults: .stillPictures) } ?? .stillPictures,
            videoSettings: try file("video_preprocessor_config.json")
                .map { try PictureSettings(json: $0, defaults: .videos) } ?? .videos
        )
    }
}

extension ModelFamily {
    fileprivate var chatFamily: ChatFamily {
        switch self {
        case .qwen3VL: .qwen3VL
        case .qwen3: .qwen3
        case .qwen2: .qwen2
        }
    }
}

/// Keeps what an observer sees.
final class Stages: @unchecked Sendable {
    // `@unchecked`: written by the model's thread while the one reader awaits it.
    private(set) var arrays: [String: [Float]] = [:]

    func observer(logitsFrom: Int? = nil) -> StageObserver {
        StageObserver(logitsFrom: logitsFrom) { stage, _, _, values in
            self.arrays[stage] = values
        }
    }
}
