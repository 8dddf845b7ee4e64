public import SystemPackage

/// A GGUF file, or all parts of one that was split, mapped, with every range checked.
public struct GGUFFile: WeightSource {
    /// The headers of all parts, in order; one for a file in one piece.
    public let headers: [GGUFHeader]
    /// All tensors, in the order of their names.
    public let storedTensors: [StoredTensor]
    private let places: [String: (header: Int, tensor: Int)]

    /// The file; the first part where there are several.
    public var path: FilePath { headers[0].file.path }
    /// Values by key, of the first part.
    public var metadata: GGUFMetadata { headers[0].metadata }

    /// Maps a file and checks it: afterwards every tensor lies within it.
    ///
    /// - Parameter path: The file; any part of one that was split.
    /// - Throws: ``WeightFault``.
    public init(_ path: FilePath) throws(WeightFault) {
        let header = try GGUFHeader(MappedFile(weights: path))
        var headers = [header]
        let parts = try header.partNames()
        if parts.count > 1 {
            let folder = path.removingLastComponent()
            headers = []
            var missing: [String] = []
            for part in parts {
                do {
                    headers.append(try GGUFHeader(MappedFile(weights: folder.appending(part))))
                } catch .unreadable(_, .noSuchFileOrDirectory) {
                    missing.append(part)
                }
            }
            guard missing.isEmpty else { throw .missingParts(file: path, parts: missing) }
        }
        try self.init(headers)
    }

    /// Checks a file in one piece that is mapped already.
    ///
    /// - Parameter file: The file.
    /// - Throws: ``WeightFault``.
    public init(_ file: MappedFile) throws(WeightFault) {
        try self.init([GGUFHeader(file)])
    }

    /// Lists what a file says that may end early: its tensors can be named, and none can be had.
    ///
    /// - Parameter header: Of the file, or of one part of a split file.
    public init(listing header: GGUFHeader) {
        self.init(listing: [header])
    }

    /// Lists what the headers of all parts of a file say: its tensors can be named, and none can be had.
    ///
    /// - Parameter headers: In order, at least one.
    public init(listing headers: [GGUFHeader]) {
        precondition(!headers.isEmpty)
        self.headers = headers
        storedTensors = headers.flatMap(\.storedTensors).sorted { $0.name < $1.name }
        places = [:]
    }

    private init(_ headers: [GGUFHeader]) throws(WeightFault) {
        var places: [String: (header: Int, tensor: Int)] = [:]
        var tensors: [StoredTensor] = []
        for (number, header) in headers.enumerated() {
            guard header.storedTensors.isEmpty || header.dataEnd <= header.file.count else {
                throw .truncated(
                    file: header.file.path,
                    needed: header.dataEnd,
                    found: header.file.count
                )
            }
            for (index, tensor) in header.storedTensors.enumerated() {
                let previous = places.updateValue((number, index), forKey: tensor.name)
                if let previous {
                    throw .tensorInTwoShards(
                        tensor: tensor.name,
                        first: headers[previous.header].file.path,
                        second: header.file.path
                    )
                }
            }
            tensors += header.storedTensors
        }
        if headers.count > 1 { tensors.sort { $0.name < $1.name } }
        self.headers = headers
        storedTensors = tensors
        self.places = places
    }

    /// Finds a tensor.
    ///
    /// - Parameter name: The name in the file.
    /// - Returns: Where it lies, or nil when there is none of that name.
    /// - Throws: ``WeightFault/unsupportedType(file:tensor:type:)``.
    public func tensor(named name: String) throws(WeightFault) -> WeightTensor? {
        guard let place = places[name] else { return nil }
        let header = headers[place.header]
        return try header.storedTensors[place.tensor].weight(in: header.file)
    }
}

extension GGUFHeader {
    /// The names of all files that this one is a part of; only its own when it was not split.
    ///
    /// - Returns: Plain file names in order.
    /// - Throws: ``WeightFault`` when the file says that it was split and is not named as parts are.
    public func partNames() throws(WeightFault) -> [String] {
        let own = file.path.lastComponent?.string ?? ""
        guard let count = try metadata.integer("split.count"), count > 1 else { return [own] }
        guard count <= ShardName.most else {
            throw .impossibleCount(
                file: file.path,
                what: .parts,
                count: UInt64(count),
                limit: UInt64(ShardName.most)
            )
        }
        guard let name = ShardName(own, suffix: ".gguf"), name.count == count else {
            throw .unusableValue(file: file.path, key: "split.count")
        }
        return name.allNames
    }
}
