internal import SystemPackage

/// A SHA-256 that tells models apart without reading all their weights.
///
/// Of each file of weights it takes all that stands before the tensors (names, types, shapes, in GGUF the tokenizer too) and the file's
/// length, of each tensor the first bytes: training changes a tensor from its first row on.
public struct WeightsDigest {
    /// Bytes of each tensor.
    private static let sampledBytes = 4096
    private var digest = SectionDigest()

    /// Begins with nothing.
    public init() {}

    /// Takes a file of settings.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - bytes: All of it.
    public mutating func add(_ name: String, _ bytes: [UInt8]) {
        note("\(name) \(bytes.count)")
        unsafe bytes.withUnsafeBytes { unsafe digest.update($0) }
    }

    /// Takes a model's weights.
    ///
    /// - Parameter source: The weights; tensors of types that are not run count by their place only.
    public mutating func add(_ source: any WeightSource) {
        var seen: Set<String> = []
        for stored in source.storedTensors {
            note(
                "\(stored.name) \(stored.typeName) \(stored.shape) \(stored.offset) \(stored.byteCount)"
            )
            guard let tensor = (try? source.tensor(named: stored.name)) ?? nil else { continue }
            if seen.insert(tensor.file.path.string).inserted {
                let first = source.storedTensors.reduce(tensor.file.count) {
                    $1.file == stored.file ? min($0, $1.offset) : $0
                }
                note("\(tensor.file.count)")
                unsafe digest.update(UnsafeRawBufferPointer(rebasing: tensor.file.bytes[..<first]))
            }
            unsafe tensor.withBytes { bytes in
                unsafe digest.update(
                    UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.sampledBytes))
                )
            }
        }
    }

    /// The digest of all that was taken, in lower-case hexadecimal.
    public var text: String { digest.text }

    /// A line before what is taken, so that no two ways of cutting give one digest.
    private mutating func note(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        unsafe bytes.withUnsafeBytes { unsafe digest.update($0) }
    }
}
