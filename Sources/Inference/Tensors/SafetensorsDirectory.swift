internal import Glibc
public import SystemPackage

/// A model folder's weights: `model.safetensors`, or shards with their index.
public struct SafetensorsDirectory: WeightSource {
    /// The folder.
    public let path: FilePath
    /// All tensors of all files, in the order of their names.
    public let storedTensors: [StoredTensor]
    private let places: [String: Int]
    private let files: [FilePath: MappedFile]

    /// The index that a sharded model has.
    public static let indexName = "model.safetensors.index.json"
    /// The file that a model in one piece has.
    public static let singleName = "model.safetensors"

    /// Maps a folder's files of weights and checks them.
    ///
    /// An index decides where it exists; files that it does not list are consulted for tensors that it does not list,
    /// because some re-published models carry an index that omits a shard.
    ///
    /// - Parameter path: The folder.
    /// - Throws: ``WeightFault``.
    public init(_ path: FilePath) throws(WeightFault) {
        let layout = try SafetensorsLayout(path)
        if let shard = layout.missing.first { throw .missingShard(folder: path, shard: shard) }
        var collected = Collected()
        for name in layout.listed {
            try collected.add(SafetensorsFile(path.appending(name)), isListed: true)
        }
        if let index = layout.index {
            for (tensor, shard) in index.shards where collected.places[tensor] == nil {
                throw .tensorInNoShard(index: index.path, tensor: tensor, shard: shard)
            }
        }
        for name in layout.unlisted {
            // Not ours to judge: an adapter, a half-removed copy. What it would have given is missed by name.
            guard let file = try? SafetensorsFile(path.appending(name)) else { continue }
            try collected.add(file, isListed: false)
        }
        self.path = path
        files = collected.files
        storedTensors = collected.tensors.sorted { $0.name < $1.name }
        var places: [String: Int] = [:]
        places.reserveCapacity(storedTensors.count)
        for (place, tensor) in storedTensors.enumerated() { places[tensor.name] = place }
        self.places = places
    }

    /// Finds a tensor.
    ///
    /// - Parameter name: The name in the files.
    /// - Returns: Where it lies, or nil when there is none of that name.
    /// - Throws: ``WeightFault/unsupportedType(file:tensor:type:)``.
    public func tensor(named name: String) throws(WeightFault) -> WeightTensor? {
        guard let place = places[name], let file = files[storedTensors[place].file] else {
            return nil
        }
        return try storedTensors[place].weight(in: file)
    }

    /// Tensors of several files, each name once.
    private struct Collected {
        var tensors: [StoredTensor] = []
        var places: [String: Int] = [:]
        var files: [FilePath: MappedFile] = [:]

        mutating func add(_ file: SafetensorsFile, isListed: Bool) throws(WeightFault) {
            files[file.path] = file.header.file
            for tensor in file.storedTensors {
                if let place = places[tensor.name] {
                    guard isListed else { continue }
                    throw .tensorInTwoShards(
                        tensor: tensor.name,
                        first: tensors[place].file,
                        second: tensor.file
                    )
                }
                places[tensor.name] = tensors.count
                tensors.append(tensor)
            }
        }
    }
}

/// Which files of a folder hold its weights.
public struct SafetensorsLayout: Sendable {
    /// The index, where there is one.
    public let index: SafetensorsIndex?
    /// Files that must be read, in order, missing ones included.
    public let listed: [String]
    /// Files beside an index that it does not list.
    public let unlisted: [String]
    /// Those of ``listed`` that are not in the folder.
    public let missing: [String]

    /// Looks a folder through.
    ///
    /// - Parameter folder: The folder.
    /// - Throws: ``WeightFault``: it cannot be read, has no weights, or its index is none.
    public init(_ folder: FilePath) throws(WeightFault) {
        let names = try weightFileNames(in: folder)
        var index: SafetensorsIndex?
        if names.all.contains(SafetensorsDirectory.indexName) {
            index = try SafetensorsIndex(folder.appending(SafetensorsDirectory.indexName))
        }
        let listed: [String]
        if let index {
            listed = index.shardNames
        } else if names.safetensors.contains(SafetensorsDirectory.singleName) {
            listed = [SafetensorsDirectory.singleName]
        } else {
            listed = Self.completed(names.safetensors)
        }
        guard !listed.isEmpty else { throw .noWeights(folder: folder) }
        let needed = Set(listed)
        self.index = index
        self.listed = listed
        unlisted = index == nil ? [] : names.safetensors.filter { !needed.contains($0) }
        missing = listed.filter { !names.all.contains($0) }
    }

    /// All shards of a series of which some are there, `model-00001-of-00003.safetensors`; without such names, the
    /// names as they are.
    private static func completed(_ names: [String]) -> [String] {
        for name in names {
            if let shard = ShardName(name, suffix: ".safetensors") { return shard.allNames }
        }
        return names
    }
}

/// Lists a folder's files.
private func weightFileNames(
    in folder: FilePath
) throws(WeightFault) -> (all: Set<String>, safetensors: [String]) {
    guard let stream = unsafe folder.withPlatformString({ unsafe opendir($0) }) else {
        throw .unreadable(file: folder, errno: Errno(rawValue: errno))
    }
    defer { unsafe closedir(stream) }
    var all: Set<String> = []
    while let entry = unsafe readdir(stream) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                unsafe String(validatingCString: $0)
            }
        }
        if let name { all.insert(name) }
    }
    return (all, all.filter { $0.hasSuffix(".safetensors") && !$0.hasPrefix(".") }.sorted())
}
