internal import FoundationEssentials
internal import WebAccess

/// `model.safetensors.index.json`: which file of several holds each tensor.
struct ShardIndex: Decodable {
    static let fileName = "model.safetensors.index.json"

    private let weightMap: [String: String]

    private enum CodingKeys: String, CodingKey { case weightMap = "weight_map" }

    /// The files that it names, sorted.
    var files: [String] { Set(weightMap.values).sorted() }

    /// Reads it.
    ///
    /// - Throws: ``ModelStoreFault/wrongForm(file:detail:)`` for what is no such index;
    ///   ``ModelStoreFault/unsafeName(_:)`` for a name that leads elsewhere.
    static func read(_ bytes: [UInt8]) throws(ModelStoreFault) -> ShardIndex {
        guard let index = try? JSONDecoder().decode(ShardIndex.self, from: Data(bytes)) else {
            throw .wrongForm(file: fileName, detail: "no `weight_map` of tensors to files")
        }
        for file in index.files
        where !RemoteFile.isSafe(file) || file.contains("/") || !file.hasSuffix(".safetensors") {
            throw .unsafeName(PlainWords.of(file))
        }
        return index
    }
}
