import Qwen
import SystemPackage
import Tensors
import Tokenization

/// Reads a GGUF file as text model and as vision tower: metadata, tensors, configuration, tokenizer, model.
func readGGUF(_ bytes: [UInt8]) {
    guard let mapped = try? MappedFile(guarding: bytes, as: "fuzz.gguf"),
        let file = try? GGUFFile(mapped)
    else { return }
    readAll(file)
    for (key, value) in file.metadata.values {
        guard case .array(let array) = value else { continue }
        blackHole &+= array.texts()?.count ?? 0
        blackHole &+= array.integers()?.count ?? 0
        blackHole &+= array.numbers()?.count ?? 0
        blackHole &+= array.flags()?.count ?? 0
        blackHole &+= file.metadata.places(of: ["<|im_end|>", ""], in: key).count
    }
    if let tower = try? VisionConfiguration(gguf: file) { blackHole &+= tower.depth }
    blackHole &+= (try? PictureSettings(gguf: file, defaults: .stillPictures))?.patchSize ?? 0
    if let tokenizer = try? Tokenizer(file) { use(tokenizer) }
    if let configuration = try? ModelConfiguration(gguf: file, vision: nil) {
        blackHole &+= configuration.text.layerCount
        let model = try? QwenModel(Checkpoint(text: file), configuration: configuration)
        blackHole &+= model?.vocabularySize ?? 0
    }
}
