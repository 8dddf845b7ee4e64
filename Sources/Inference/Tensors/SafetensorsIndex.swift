public import SystemPackage

/// Which tensor lies in which shard: `model.safetensors.index.json`.
public struct SafetensorsIndex: Sendable {
    /// The file.
    public let path: FilePath
    /// The shard of each tensor: plain file names.
    public let shards: [String: String]

    /// The most bytes that are read of an index; one of a thousand layers has under two million.
    public static let longest = 100_000_000

    /// The shards' names, each once, in order.
    public var shardNames: [String] { Set(shards.values).sorted() }

    /// Reads an index.
    ///
    /// - Parameter path: The file.
    /// - Throws: ``WeightFault``.
    public init(_ path: FilePath) throws(WeightFault) {
        try self.init(MappedFile(weights: path))
    }

    /// Reads an index that is mapped already.
    ///
    /// - Parameter file: The file.
    /// - Throws: ``WeightFault``.
    public init(_ file: MappedFile) throws(WeightFault) {
        let path = file.path
        guard file.count <= Self.longest else {
            throw .headerTooLong(
                file: path,
                byteCount: UInt64(file.count),
                limit: Self.longest
            )
        }
        var json = SafetensorsJSON(file, 0..<file.count)
        var shards: [String: String]?
        try json.object { key, json throws(WeightFault) in
            guard key == "weight_map" else {
                try json.skipValue()
                return
            }
            guard shards == nil else { throw json.fault(.duplicateKey) }
            shards = try Self.weightMap(&json, path: path)
        }
        try json.finish()
        guard let shards else { throw json.fault(.syntax) }
        self.path = path
        self.shards = shards
    }

    private static func weightMap(
        _ json: inout SafetensorsJSON,
        path: FilePath
    ) throws(WeightFault) -> [String: String] {
        var map: [String: String] = [:]
        var names: [String: String] = [:]
        try json.object { tensor, json throws(WeightFault) in
            let shard = try json.text()
            // One copy of each name: a hundred thousand tensors lie in a handful of shards.
            let name: String
            if let known = names[shard] {
                name = known
            } else {
                guard isPlainName(shard) else {
                    throw .shardOutsideFolder(index: path, shard: shard)
                }
                names[shard] = shard
                name = shard
            }
            guard map.updateValue(name, forKey: tensor) == nil else {
                throw .duplicateTensor(file: path, tensor: tensor)
            }
        }
        return map
    }

    private static func isPlainName(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && name.utf8.count <= 255
            && name.utf8.allSatisfy { $0 != UInt8(ascii: "/") && $0 >= 0x20 }
    }
}
