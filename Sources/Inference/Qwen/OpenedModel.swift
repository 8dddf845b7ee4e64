public import SystemPackage
public import Tensors
public import Tokenization

/// A model's files, opened: settings read, weights mapped and named, nothing computed.
///
/// It is the same whether the model is a folder, a GGUF file or a packed file.
public struct OpenedModel: Sendable {
    /// The folder or file; the decoder's in GGUF.
    public let path: FilePath
    /// Sizes and constants.
    public let configuration: ModelConfiguration
    /// The weights by what they are for.
    public let checkpoint: Checkpoint
    /// What ends its answers.
    public let generation: GenerationConfiguration
    /// How pictures are made ready for it.
    public let pictures: PictureSettings
    /// How videos are.
    public let videos: PictureSettings
    /// Its tokens.
    public let tokenizer: Tokenizer
    /// How its weights are stored.
    public let storage: Storage

    /// How a model's weights are stored.
    public enum Storage: Sendable {
        /// Files of safetensors in a folder.
        case safetensors(SafetensorsDirectory)
        /// A GGUF file, and the one of the vision tower.
        case gguf(GGUFFile, vision: GGUFFile?)
        /// A packed file.
        case packed(PackedFile)
    }

    /// Bytes of all weights in their files.
    public var weightBytes: Int {
        let vision: [StoredTensor] =
            if case .gguf(_, let vision?) = storage { vision.storedTensors } else { [] }
        return (checkpoint.text.storedTensors + vision).reduce(0) { $0 + $1.byteCount }
    }

    // MARK: Opening

    /// Opens a folder in the published layout: `config.json`, a tokenizer, `*.safetensors`.
    ///
    /// - Parameter folder: The folder.
    /// - Throws: ``ModelFault``.
    public init(folder: FilePath) throws(ModelFault) {
        let files = SettingsFiles(folder: folder)
        let configuration = try Self.configuration(files)
        let weights: SafetensorsDirectory
        do { weights = try SafetensorsDirectory(folder) } catch { throw .model(.weights(error)) }
        try self.init(
            files,
            configuration,
            Checkpoint(text: weights),
            storage: .safetensors(weights)
        )
    }

    /// Opens a GGUF file.
    ///
    /// - Parameters:
    ///   - path: The file of the decoder.
    ///   - projector: That of the vision tower, where there is one.
    /// - Throws: ``ModelFault``.
    public init(gguf path: FilePath, projector: FilePath?) throws(ModelFault) {
        let text: GGUFFile
        let vision: GGUFFile?
        do {
            text = try GGUFFile(path)
            vision = try projector.map { path throws(WeightFault) in try GGUFFile(path) }
        } catch {
            throw .model(.weights(error))
        }
        try self.init(
            gguf: text,
            vision,
            Checkpoint(text: text, vision: vision),
            storage: .gguf(text, vision: vision)
        )
    }

    /// Opens a packed file.
    ///
    /// - Parameter path: The file.
    /// - Throws: ``ModelFault``.
    public init(packed path: FilePath) throws(ModelFault) {
        do { try self.init(PackedFile(path)) } catch let fault as WeightFault {
            throw .model(.weights(fault))
        } catch let fault as ModelFault {
            throw fault
        } catch {
            throw .model(.malformedConfiguration)
        }
    }

    /// Opens a packed file that is mapped already.
    ///
    /// - Parameter packed: The file.
    /// - Throws: ``ModelFault``.
    public init(_ packed: PackedFile) throws(ModelFault) {
        let checkpoint = Checkpoint(text: packed)
        switch packed.contents.source.format {
        case .safetensors:
            let files: SettingsFiles
            do { files = try SettingsFiles(packed) } catch { throw .model(error) }
            try self.init(
                files,
                try Self.configuration(files),
                checkpoint,
                storage: .packed(packed)
            )
        case .gguf:
            let headers: PackedHeaders
            do { headers = try PackedHeaders(packed) } catch { throw .model(.weights(error)) }
            try self.init(gguf: headers.text, headers.vision, checkpoint, storage: .packed(packed))
        }
    }

    private init(
        _ files: SettingsFiles,
        _ configuration: ModelConfiguration,
        _ checkpoint: Checkpoint,
        storage: Storage
    ) throws(ModelFault) {
        path = files.path
        self.configuration = configuration
        self.checkpoint = checkpoint
        self.storage = storage
        do throws(QwenFault) {
            if let json = try files.bytes("generation_config.json") {
                generation = try GenerationConfiguration(json: json, configuration: configuration)
            } else {
                generation = GenerationConfiguration(configuration)
            }
        } catch {
            throw .model(error)
        }
        pictures = try Self.settings(
            "preprocessor_config.json",
            .stillPictures,
            files,
            configuration.vision
        )
        videos = try Self.settings(
            "video_preprocessor_config.json",
            .videos,
            files,
            configuration.vision
        )
        do { tokenizer = try files.makeTokenizer() } catch { throw .tokenizer(error) }
    }

    private init(
        gguf text: GGUFFile,
        _ vision: GGUFFile?,
        _ checkpoint: Checkpoint,
        storage: Storage
    ) throws(ModelFault) {
        path = checkpoint.text.path
        self.checkpoint = checkpoint
        self.storage = storage
        do throws(QwenFault) {
            configuration = try ModelConfiguration(gguf: text, vision: vision)
            generation = GenerationConfiguration(configuration)
            if configuration.vision != nil, let vision {
                pictures = try PictureSettings(gguf: vision, defaults: .stillPictures)
                videos = try PictureSettings(gguf: vision, defaults: .videos)
            } else {
                pictures = .stillPictures
                videos = .videos
            }
        } catch {
            throw .model(error)
        }
        do { tokenizer = try Tokenizer(text) } catch { throw .tokenizer(error) }
    }

    // MARK: Settings

    private static func configuration(
        _ files: SettingsFiles
    ) throws(ModelFault) -> ModelConfiguration {
        do throws(QwenFault) {
            guard let json = try files.bytes("config.json") else {
                throw .unreadable(file: files.file("config.json"), errno: .noSuchFileOrDirectory)
            }
            return try ModelConfiguration(json: json)
        } catch {
            throw .model(error)
        }
    }

    /// Settings for pictures, of which everything may be left out.
    private static func settings(
        _ name: String,
        _ usual: PictureSettings,
        _ files: SettingsFiles,
        _ vision: VisionConfiguration?
    ) throws(ModelFault) -> PictureSettings {
        guard let vision else { return usual }
        var settings = usual
        // What the file leaves out is as the tower needs it.
        settings.patchSize = vision.patchSize
        settings.temporalPatchSize = vision.temporalPatchSize
        settings.mergeSize = vision.mergeSize
        let json: [UInt8]?
        do { json = try files.bytes(name) } catch { throw .model(error) }
        guard let json else { return settings }
        do {
            settings = try PictureSettings(json: json, defaults: settings)
        } catch {
            throw .pictureSettings(error, file: files.file(name).string)
        }
        do { try settings.check(against: vision) } catch { throw .model(error) }
        return settings
    }
}
