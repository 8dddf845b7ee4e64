internal import Tensors

/// A tensor that a model of some configuration must have.
struct ExpectedTensor {
    /// Its name as the file spells names.
    let name: String
    /// What it is for.
    let role: WeightRole
    /// Its shape; ``otherShape`` is accepted too.
    let shape: [Int]
    /// The patch kernel with channels last, as exports of MLX have it.
    var otherShape: [Int]?
    /// Whether it belongs to the vision tower.
    var isVision: Bool {
        if case .vision = role { true } else { false }
    }

    /// Elements; sizes of a checked configuration do not overflow.
    var count: Int { shape.reduce(1, *) }

    /// All tensors that a model needs, in the order of the forward pass.
    ///
    /// - Parameters:
    ///   - configuration: Sizes, checked.
    ///   - names: How the file spells names.
    ///   - hasHead: Whether the file has a head of its own, which decides where the configuration does not say.
    /// - Returns: Names and shapes.
    static func all(
        of configuration: ModelConfiguration,
        names: WeightNames,
        hasHead: Bool
    ) -> [ExpectedTensor] {
        var tensors: [ExpectedTensor] = []
        if let vision = configuration.vision { tensors += tower(vision, names) }
        let text = configuration.text
        func add(_ role: TextRole, _ shape: [Int]) {
            tensors.append(
                ExpectedTensor(name: names.name(role), role: .text(role), shape: shape)
            )
        }
        let table = [text.vocabularySize, text.hiddenSize]
        add(.embedding, table)
        for index in 0..<text.layerCount {
            for (role, shape) in layer(text) { add(.layer(index, role), shape) }
        }
        add(.finalNorm, [text.hiddenSize])
        if !(configuration.tiesHead ?? !hasHead) { add(.head, table) }
        return tensors
    }

    private static func layer(_ text: TextConfiguration) -> [(LayerRole, [Int])] {
        let (hidden, wide) = (text.hiddenSize, text.intermediateSize)
        let (queries, keys) = (text.queryWidth, text.keyWidth)
        var tensors: [(LayerRole, [Int])] = [
            (.inputNorm, [hidden]), (.queryWeight, [queries, hidden]),
            (.keyWeight, [keys, hidden]), (.valueWeight, [keys, hidden]),
            (.outputWeight, [hidden, queries]), (.feedForwardNorm, [hidden]),
            (.gateWeight, [wide, hidden]), (.upWeight, [wide, hidden]),
            (.downWeight, [hidden, wide]),
        ]
        if text.hasProjectionBias {
            tensors += [(.queryBias, [queries]), (.keyBias, [keys]), (.valueBias, [keys])]
        }
        if text.hasOutputBias { tensors.append((.outputBias, [hidden])) }
        if text.hasHeadNorms {
            tensors += [(.queryNorm, [text.headDimension]), (.keyNorm, [text.headDimension])]
        }
        return tensors
    }

    private static func tower(
        _ vision: VisionConfiguration,
        _ names: WeightNames
    ) -> [ExpectedTensor] {
        let (hidden, wide) = (vision.hiddenSize, vision.intermediateSize)
        var tensors: [ExpectedTensor] = []
        func add(
            _ role: VisionRole,
            _ shape: [Int],
            name: String? = nil,
            otherShape: [Int]? = nil
        ) {
            tensors.append(
                ExpectedTensor(
                    name: name ?? names.name(role),
                    role: .vision(role),
                    shape: shape,
                    otherShape: otherShape
                )
            )
        }

        let (channels, side) = (vision.channels, vision.patchSize)
        let frames = vision.temporalPatchSize
        if names == .gguf {
            for frame in 0..<frames {
                add(
                    .patchWeight,
                    [hidden, channels, side, side],
                    name: names.patchWeight(frame: frame)
                )
            }
        } else {
            add(
                .patchWeight,
                [hidden, channels, frames, side, side],
                otherShape: [hidden, frames, side, side, channels]
            )
        }
        add(.patchBias, [hidden])
        add(.positions, [vision.positionSide * vision.positionSide, hidden])
        for index in 0..<vision.depth {
            for (role, shape) in [
                (BlockRole.attentionNormWeight, [hidden]), (.attentionNormBias, [hidden]),
                (.projectionWeight, [3 * hidden, hidden]), (.projectionBias, [3 * hidden]),
                (.outputWeight, [hidden, hidden]), (.outputBias, [hidden]),
                (.feedForwardNormWeight, [hidden]), (.feedForwardNormBias, [hidden]),
                (.upWeight, [wide, hidden]), (.upBias, [wide]), (.downWeight, [hidden, wide]),
                (.downBias, [hidden]),
            ] { add(.block(index, role), shape) }
        }
        let merged = vision.mergedSize
        func merger(_ normed: Int) -> [(MergerRole, [Int])] {
            [
                (.normWeight, [normed]), (.normBias, [normed]), (.firstWeight, [merged, merged]),
                (.firstBias, [merged]), (.secondWeight, [vision.outputSize, merged]),
                (.secondBias, [vision.outputSize]),
            ]
        }
        for (role, shape) in merger(hidden) { add(.merger(role), shape) }
        for (index, block) in vision.deepstackBlocks.enumerated() {
            for (role, shape) in merger(merged) {
                add(.deepstack(index: index, block: block, role), shape)
            }
        }
        return tensors
    }
}
