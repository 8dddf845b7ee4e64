public import SystemPackage
internal import Tensors

/// What a model is, found without loading it: sizes, and a name for its content.
public struct ModelCard: Sendable {
    /// Sizes and constants.
    public let configuration: ModelConfiguration
    /// Bytes of all weights in their files.
    public let weightBytes: Int
    /// SHA-256 of what decides its answers, in lower-case hexadecimal: settings, tokenizer, and of the weights their places and the
    /// beginning of each; of a packed file the table of contents, which names the SHA-256 of everything.
    public let identity: String

    /// Looks at a folder in the published layout.
    ///
    /// - Parameter folder: The folder.
    /// - Throws: ``ModelFault``.
    public init(folder: FilePath) throws(ModelFault) {
        let files = SettingsFiles(folder: folder)
        var digest = WeightsDigest()
        do throws(QwenFault) {
            guard let json = try files.bytes("config.json") else {
                throw .unreadable(file: files.file("config.json"), errno: .noSuchFileOrDirectory)
            }
            configuration = try ModelConfiguration(json: json)
            for (name, bytes) in try files.all() { digest.add(name, bytes) }
        } catch {
            throw .model(error)
        }
        let weights: SafetensorsDirectory
        do { weights = try SafetensorsDirectory(folder) } catch { throw .model(.weights(error)) }
        digest.add(weights)
        weightBytes = Self.byteCount(weights)
        identity = digest.text
    }

    /// Looks at a GGUF file.
    ///
    /// - Parameters:
    ///   - path: The file of the decoder.
    ///   - projector: That of the vision tower, where there is one.
    /// - Throws: ``ModelFault``.
    public init(gguf path: FilePath, projector: FilePath?) throws(ModelFault) {
        let (text, vision): (GGUFFile, GGUFFile?)
        do {
            text = try GGUFFile(path)
            vision = try projector.map { path throws(WeightFault) in try GGUFFile(path) }
        } catch {
            throw .model(.weights(error))
        }
        do {
            configuration = try ModelConfiguration(gguf: text, vision: vision)
        } catch {
            throw .model(error)
        }
        var digest = WeightsDigest()
        digest.add(text)
        if let vision { digest.add(vision) }
        weightBytes = Self.byteCount(text) + (vision.map(Self.byteCount) ?? 0)
        identity = digest.text
    }

    /// Looks at a packed file.
    ///
    /// - Parameter path: The file.
    /// - Throws: ``ModelFault``.
    public init(packed path: FilePath) throws(ModelFault) {
        let packed: PackedFile
        do { packed = try PackedFile(path) } catch { throw .model(.weights(error)) }
        do throws(QwenFault) {
            switch packed.contents.source.format {
            case .safetensors:
                guard let json = try SettingsFiles(packed).bytes("config.json") else {
                    throw .missingValue(key: "config.json")
                }
                configuration = try ModelConfiguration(json: json)
            case .gguf:
                let headers: PackedHeaders
                do { headers = try PackedHeaders(packed) } catch { throw .weights(error) }
                configuration = try ModelConfiguration(gguf: headers.text, vision: headers.vision)
            }
        } catch {
            throw .model(error)
        }
        weightBytes = Self.byteCount(packed)
        identity = packed.identity
    }

    private static func byteCount(_ weights: any WeightSource) -> Int {
        weights.storedTensors.reduce(0) { $0 + $1.byteCount }
    }
}
