public import SystemPackage

/// A file of weights in the safetensors format, mapped, with every range checked.
public struct SafetensorsFile: WeightSource {
    /// What its header says.
    public let header: SafetensorsHeader
    private let indexes: [String: Int]

    /// The file.
    public var path: FilePath { header.file.path }
    /// All tensors, in the order of their names.
    public var storedTensors: [StoredTensor] { header.storedTensors }

    /// Maps a file and checks it: afterwards every tensor lies within it.
    ///
    /// - Parameter path: The file.
    /// - Throws: ``WeightFault``.
    public init(_ path: FilePath) throws(WeightFault) {
        try self.init(MappedFile(weights: path))
    }

    /// Checks a file that is mapped already.
    ///
    /// - Parameter file: The file.
    /// - Throws: ``WeightFault``.
    public init(_ file: MappedFile) throws(WeightFault) {
        let header = try SafetensorsHeader(file)
        try header.checkLength()
        self.header = header
        var indexes: [String: Int] = [:]
        indexes.reserveCapacity(header.storedTensors.count)
        for (index, tensor) in header.storedTensors.enumerated() { indexes[tensor.name] = index }
        self.indexes = indexes
    }

    /// Finds a tensor.
    ///
    /// - Parameter name: The name in the file.
    /// - Returns: Where it lies, or nil when there is none of that name.
    /// - Throws: ``WeightFault/unsupportedType(file:tensor:type:)``.
    public func tensor(named name: String) throws(WeightFault) -> WeightTensor? {
        guard let index = indexes[name] else { return nil }
        return try storedTensors[index].weight(in: header.file)
    }
}

extension SafetensorsHeader {
    /// Makes sure that the file is as long as its tensors say, no byte less or more.
    ///
    /// - Throws: ``WeightFault/truncated(file:needed:found:)`` or
    ///   ``WeightFault/unclaimedBytes(file:before:count:)``.
    public func checkLength() throws(WeightFault) {
        guard dataEnd <= file.count else {
            throw .truncated(file: file.path, needed: dataEnd, found: file.count)
        }
        guard dataEnd == file.count else {
            throw .unclaimedBytes(file: file.path, before: nil, count: file.count - dataEnd)
        }
    }
}

extension StoredTensor {
    /// The tensor as a weight, where it is of a type that the engine runs; `file` must be its own, checked.
    func weight(in file: MappedFile) throws(WeightFault) -> WeightTensor {
        guard let form else {
            throw .unsupportedType(file: self.file, tensor: name, type: typeName)
        }
        return WeightTensor(
            name: name,
            form: form,
            shape: shape,
            file: file,
            offset: offset,
            byteCount: byteCount
        )
    }
}

extension MappedFile {
    /// Maps a file of weights.
    convenience init(weights path: FilePath) throws(WeightFault) {
        do {
            try self.init(path)
        } catch {
            throw .unreadable(file: path, errno: error)
        }
    }
}
