public import Tensors

/// A model's weights by what they are for, each checked against the configuration.
public struct Checkpoint: Sendable {
    let text: any WeightSource
    let vision: any WeightSource
    let names: WeightNames
    private let known: Set<String>

    /// Finds out how the names are spelled.
    ///
    /// - Parameters:
    ///   - text: The weights of the decoder, or of the whole model.
    ///   - vision: Those of the vision tower where they are in a file of their own.
    public init(text: any WeightSource, vision: (any WeightSource)? = nil) {
        let tower = vision ?? text
        let known = Set(text.storedTensors.map(\.name))
        self.text = text
        self.vision = tower
        self.known = known
        if known.contains(WeightNames.gguf.name(.embedding)) {
            names = .gguf
            return
        }
        let (prefix, head) =
            WeightNames.textPrefixes.first { known.contains($0.0 + "embed_tokens.weight") }
            ?? WeightNames.textPrefixes[0]
        let seen = Set(tower.storedTensors.map(\.name))
        names = .huggingFace(
            text: prefix,
            head: head,
            vision: WeightNames.visionPrefixes.first {
                seen.contains($0 + "patch_embed.proj.weight")
            } ?? WeightNames.visionPrefixes[0]
        )
    }

    // MARK: The decoder's

    func has(_ role: TextRole) -> Bool {
        known.contains(names.name(role))
    }

    func rows(_ role: TextRole, _ shape: [Int]) throws(QwenFault) -> WeightRows {
        WeightRows(try Self.tensor(names.name(role), shape, in: text))
    }

    func vector(_ role: TextRole, _ count: Int, _ kernels: Kernels) throws(QwenFault) -> [Float] {
        try rows(role, [count]).widened(kernels: kernels)
    }

    func linear(
        _ weight: TextRole,
        bias: TextRole? = nil,
        outputs: Int,
        inputs: Int,
        _ kernels: Kernels
    ) throws(QwenFault) -> Linear {
        let rows = try rows(weight, [outputs, inputs])
        guard let bias else { return Linear(weight: rows) }
        return Linear(weight: rows, bias: try vector(bias, outputs, kernels))
    }

    // MARK: The tower's

    func rows(_ role: VisionRole, _ shape: [Int]) throws(QwenFault) -> WeightRows {
        WeightRows(try Self.tensor(names.name(role), shape, in: vision))
    }

    func vector(_ role: VisionRole, _ count: Int, _ kernels: Kernels) throws(QwenFault) -> [Float] {
        try rows(role, [count]).widened(kernels: kernels)
    }

    func linear(
        _ weight: VisionRole,
        bias: VisionRole,
        outputs: Int,
        inputs: Int,
        _ kernels: Kernels
    ) throws(QwenFault) -> Linear {
        Linear(
            weight: try rows(weight, [outputs, inputs]),
            bias: try vector(bias, outputs, kernels)
        )
    }

    // MARK: Any

    static func tensor(
        _ name: String,
        _ shape: [Int],
        in source: any WeightSource
    ) throws(QwenFault) -> WeightTensor {
        let tensor = try find(name, in: source)
        guard let tensor else {
            throw .missingTensor(source: source.path, tensor: name, expected: shape)
        }
        guard tensor.shape == shape else {
            throw .wrongShape(
                source: source.path,
                tensor: name,
                found: tensor.shape,
                expected: shape
            )
        }
        return tensor
    }

    static func find(
        _ name: String,
        in source: any WeightSource
    ) throws(QwenFault) -> WeightTensor? {
        do {
            return try source.tensor(named: name)
        } catch {
            throw .weights(error)
        }
    }
}
