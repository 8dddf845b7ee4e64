internal import Qwen
public import SystemPackage
public import Tensors
internal import Tokenization

/// Where a model's files are.
public enum ModelFiles: Sendable, Equatable {
    /// A folder in the published layout: `config.json`, a tokenizer, `*.safetensors`.
    case checkpoint(FilePath)
    /// A GGUF file, and the one that holds its vision tower.
    case gguf(FilePath, projector: FilePath?)
}

extension QuestionAnswering {
    /// Maps a model's weights and reads its tokenizer and settings.
    ///
    /// - Parameters:
    ///   - files: Where they are.
    ///   - compute: What arithmetic runs on.
    /// - Throws: ``AskFault``.
    public init(_ files: ModelFiles, compute: Compute) throws(AskFault) {
        switch files {
        case .checkpoint(let folder): try self.init(checkpoint: folder, compute: compute)
        case .gguf(let file, let projector):
            try self.init(gguf: file, projector: projector, compute: compute)
        }
    }

    // MARK: A folder

    private init(checkpoint folder: FilePath, compute: Compute) throws(AskFault) {
        let configuration: ModelConfiguration
        var generation: GenerationConfiguration
        let model: QwenModel
        let weights: SafetensorsDirectory
        do throws(QwenFault) {
            let file = folder.appending("config.json")
            guard let json = try Self.settings(file) else {
                throw .unreadable(file: file, errno: .noSuchFileOrDirectory)
            }
            configuration = try ModelConfiguration(json: json)
            generation = GenerationConfiguration(configuration)
            if let json = try Self.settings(folder.appending("generation_config.json")) {
                generation = try GenerationConfiguration(json: json, configuration: configuration)
            }
            do { weights = try SafetensorsDirectory(folder) } catch { throw .weights(error) }
            model = try QwenModel(
                Checkpoint(text: weights),
                configuration: configuration,
                compute: compute
            )
        } catch {
            throw .model(error)
        }
        let tokenizer: Tokenizer
        do { tokenizer = try Tokenizer(directory: folder) } catch { throw .tokenizer(error) }
        self.init(
            model: model,
            tokenizer: tokenizer,
            generation: generation,
            preprocessor: try Self.preprocessor(in: folder, for: configuration.vision),
            weightBytes: weights.storedTensors.reduce(0) { $0 + $1.byteCount }
        )
    }

    /// No model's settings are longer; published ones have a few kilobytes.
    private static let longestSettings = 16 << 20

    private static func settings(_ file: FilePath) throws(QwenFault) -> [UInt8]? {
        let mapped: MappedFile
        do {
            mapped = try MappedFile(file)
        } catch .noSuchFileOrDirectory {
            return nil
        } catch {
            throw .unreadable(file: file, errno: error)
        }
        guard mapped.count <= longestSettings else {
            throw .fileTooLong(file: file, byteCount: mapped.count, limit: longestSettings)
        }
        return unsafe Array(mapped.bytes)
    }

    private static func preprocessor(
        in folder: FilePath,
        for vision: VisionConfiguration?
    ) throws(AskFault) -> PicturePreprocessor {
        guard let vision else { return PicturePreprocessor() }
        func settings(
            _ name: String,
            _ usual: PictureSettings
        ) throws(AskFault) -> PictureSettings {
            let file = folder.appending(name)
            var settings = usual
            // What the file leaves out is as the tower needs it.
            settings.patchSize = vision.patchSize
            settings.temporalPatchSize = vision.temporalPatchSize
            settings.mergeSize = vision.mergeSize
            let json: [UInt8]?
            do { json = try Self.settings(file) } catch { throw .model(error) }
            guard let json else { return settings }
            do {
                settings = try PictureSettings(json: json, defaults: settings)
            } catch {
                throw .pictureSettings(error, file: file.string)
            }
            do { try settings.check(against: vision) } catch { throw .model(error) }
            return settings
        }
        return PicturePreprocessor(
            try settings("preprocessor_config.json", .stillPictures),
            videoSettings: try settings("video_preprocessor_config.json", .videos)
        )
    }

    // MARK: GGUF

    private init(gguf path: FilePath, projector: FilePath?, compute: Compute) throws(AskFault) {
        let configuration: ModelConfiguration
        let model: QwenModel
        let text: GGUFFile
        let vision: GGUFFile?
        var settings = (still: PictureSettings.stillPictures, video: PictureSettings.videos)
        do throws(QwenFault) {
            do {
                text = try GGUFFile(path)
                vision = try projector.map { path throws(WeightFault) in try GGUFFile(path) }
            } catch {
                throw .weights(error)
            }
            configuration = try ModelConfiguration(gguf: text, vision: vision)
            model = try QwenModel(
                Checkpoint(text: text, vision: vision),
                configuration: configuration,
                compute: compute
            )
            if configuration.vision != nil, let vision {
                settings.still = try PictureSettings(gguf: vision, defaults: .stillPictures)
                settings.video = try PictureSettings(gguf: vision, defaults: .videos)
            }
        } catch {
            throw .model(error)
        }
        let tokenizer: Tokenizer
        do { tokenizer = try Tokenizer(text) } catch { throw .tokenizer(error) }
        self.init(
            model: model,
            tokenizer: tokenizer,
            generation: GenerationConfiguration(configuration),
            preprocessor: PicturePreprocessor(settings.still, videoSettings: settings.video),
            weightBytes: (text.storedTensors + (vision?.storedTensors ?? []))
                .reduce(0) { $0 + $1.byteCount }
        )
    }
}
