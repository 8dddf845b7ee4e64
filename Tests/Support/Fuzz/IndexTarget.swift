import SystemPackage
import Tensors

/// Reads the index of a sharded model.
func readIndex(_ bytes: [UInt8]) {
    guard let file = try? MappedFile(guarding: bytes, as: "model.safetensors.index.json"),
        let index = try? SafetensorsIndex(file)
    else { return }
    for name in index.shardNames {
        precondition(!name.isEmpty && name != ".." && !name.utf8.contains(UInt8(ascii: "/")))
    }
}
