import SystemPackage
import Tensors

/// Reads a file of weights, and all bytes of all its tensors.
func readSafetensors(_ bytes: [UInt8]) {
    guard let file = try? MappedFile(guarding: bytes, as: "fuzz.safetensors"),
        let weights = try? SafetensorsFile(file)
    else { return }
    precondition(weights.header.dataEnd == bytes.count)
    readAll(weights)
}

/// Touches every tensor that can be had.
func readAll(_ weights: some WeightSource) {
    for stored in weights.storedTensors {
        guard let tensor = try? weights.tensor(named: stored.name) else { continue }
        precondition(tensor.byteCount >= 0 && tensor.shape == stored.shape)
        unsafe tensor.withBytes { bytes in
            guard let first = bytes.first, let last = unsafe bytes.last else { return }
            blackHole &+= Int(first) &+ Int(last)
        }
    }
}

/// Keeps reads from being optimised away.
nonisolated(unsafe) var blackHole = 0
