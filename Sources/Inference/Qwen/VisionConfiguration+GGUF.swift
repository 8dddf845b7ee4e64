public import Tensors

extension VisionConfiguration {
    /// Reads the configuration that an `mmproj` file's metadata, and its tensors' shapes, give.
    ///
    /// - Parameter file: The file of the vision tower.
    /// - Throws: ``QwenFault``: another architecture, or a value that is missing, not run or cannot be.
    public init(gguf file: GGUFFile) throws(QwenFault) {
        do {
            try self.init(file.metadata, shapes: Self.shapes(file))
        } catch let fault as WeightFault {
            throw .weights(fault)
        } catch let fault as QwenFault {
            throw fault
        } catch {
            throw .malformedConfiguration
        }
    }

    /// Shapes of the tensors that tell what no key does.
    private static func shapes(_ file: GGUFFile) -> [String: [Int]] {
        var shapes: [String: [Int]] = [:]
        for tensor in file.storedTensors where !tensor.name.hasPrefix("v.blk.") {
            shapes[tensor.name] = tensor.shape
        }
        return shapes
    }

    private init(_ keys: GGUFMetadata, shapes: [String: [Int]]) throws {
        guard try keys.text("general.architecture") == "clip" else {
            throw QwenFault.unsupportedArchitecture(
                found: try keys.text("general.architecture") ?? "",
                supported: ["clip"]
            )
        }
        let projector =
            try keys.text("clip.projector_type") ?? keys.text("clip.vision.projector_type")
        guard projector == "qwen3vl_merger" else {
            throw QwenFault.unsupportedValue(
                key: "clip.projector_type",
                found: projector ?? "nothing",
                supported: "qwen3vl_merger"
            )
        }
        if try keys.flag("clip.use_gelu") == false || keys.flag("clip.use_silu") == true {
            throw QwenFault.unsupportedValue(
                key: "clip.use_gelu",
                found: "false",
                supported: "true"
            )
        }
        func needed(_ key: String) throws -> Int {
            guard let value = try keys.integer("clip.vision.\(key)") else {
                throw QwenFault.missingValue(key: "clip.vision.\(key)")
            }
            return value
        }
        hiddenSize = try needed("embedding_length")
        depth = try needed("block_count")
        headCount = try needed("attention.head_count")
        intermediateSize = try needed("feed_forward_length")
        patchSize = try needed("patch_size")
        mergeSize = try keys.integer("clip.vision.spatial_merge_size") ?? 2
        channels = 3
        // No key counts frames of a patch or positions: the tensors do.
        var frames = 0
        while frames < 16, shapes[WeightNames.gguf.patchWeight(frame: frames)] != nil {
            frames += 1
        }
        temporalPatchSize = max(frames, 1)
        guard let table = shapes["v.position_embd.weight"], let positions = table.first else {
            throw QwenFault.missingValue(key: "v.position_embd.weight")
        }
        positionSide = try Self.side(ofSquare: positions, key: "v.position_embd.weight")
        let flags = try keys.flags("clip.vision.is_deepstack_layers") ?? []
        deepstackBlocks = flags.indices.filter { flags[$0] }
        if let features = shapes["mm.2.weight"]?.first {
            outputSize = features
        } else {
            outputSize = try needed("projection_dim")
        }
        normEpsilon = Float(try keys.number("clip.vision.attention.layer_norm_epsilon") ?? 1e-6)
    }
}

extension PictureSettings {
    /// Takes what an `mmproj` file says about pictures; the rest is as in the published models.
    ///
    /// - Parameters:
    ///   - file: The file of the vision tower.
    ///   - defaults: ``stillPictures`` or ``videos``.
    /// - Throws: ``QwenFault``: a value that cannot be.
    public init(gguf file: GGUFFile, defaults: PictureSettings) throws(QwenFault) {
        let tower = try VisionConfiguration(gguf: file)
        try tower.checkSizes()
        self = defaults
        patchSize = tower.patchSize
        temporalPatchSize = tower.temporalPatchSize
        mergeSize = tower.mergeSize
        func channels(
            _ key: String,
            _ fallback: [Double],
            mayBeZero: Bool
        ) throws(QwenFault) -> [Double] {
            let values: [Double]?
            do { values = try file.metadata.numbers("clip.vision.\(key)") } catch {
                throw .weights(error)
            }
            guard let values else { return fallback }
            guard values.count == 3, values.allSatisfy({ $0.isFinite && (mayBeZero || $0 > 0) })
            else {
                throw .impossibleValue(
                    key: "clip.vision.\(key)",
                    found: "\(values.prefix(4))",
                    expected: mayBeZero ? "three numbers" : "three numbers above zero"
                )
            }
            return values
        }
        mean = try channels("image_mean", defaults.mean, mayBeZero: true)
        standardDeviation = try channels(
            "image_std",
            defaults.standardDeviation,
            mayBeZero: false
        )
    }
}
