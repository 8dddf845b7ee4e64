import Qwen

/// Reads a `config.json`.
func readConfiguration(_ bytes: [UInt8]) {
    guard let configuration = try? ModelConfiguration(json: bytes) else { return }
    // What is accepted may be computed with.
    let text = configuration.text
    blackHole &+= text.vocabularySize * text.hiddenSize
    blackHole &+= text.layerCount * (text.queryWidth + 2 * text.keyWidth) * text.hiddenSize
    blackHole &+= text.groupSize
    if let vision = configuration.vision {
        blackHole &+= vision.mergedSize * vision.mergedSize + vision.patchWidth * vision.hiddenSize
        blackHole &+= vision.headDimension
    }
}
