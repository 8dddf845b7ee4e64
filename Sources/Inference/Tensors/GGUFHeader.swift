internal import SystemPackage

/// What a GGUF file says about itself, whether or not the data it announces is all there.
///
/// Source: the format's description, `ggml-org/ggml`, `docs/gguf.md`, version 3; version 2 differs in nothing that is
/// read here.
public struct GGUFHeader: Sendable {
    /// The file.
    public let file: MappedFile
    /// Values by key.
    public let metadata: GGUFMetadata
    /// All tensors, in the order of their names; sizes slowest first, as in PyTorch.
    public let storedTensors: [StoredTensor]
    /// Every tensor begins at a multiple of this.
    public let alignment: Int
    /// Where the data begins, in bytes from the file's start.
    public let dataStart: Int
    /// Where the last tensor ends, in bytes from the file's start.
    public let dataEnd: Int

    /// The most bytes that may come before the data; a vocabulary of 151,936 tokens takes six million.
    public static let longest = 256 << 20
    /// The most values of metadata; models have about forty.
    static let mostValues: UInt64 = 65_536
    /// The most tensors; a model of a hundred layers has about two thousand.
    static let mostTensors: UInt64 = 1_000_000
    /// The most bytes of a key or a name.
    static let longestName = 65_535
    /// How deep arrays may lie in arrays.
    static let deepestArray = 4

    /// Reads the header of a mapped file, and checks that tensors do not overlap.
    ///
    /// The file may end early; ``dataEnd`` tells how long it must be.
    ///
    /// - Parameter file: The file.
    /// - Throws: ``WeightFault``.
    public init(_ file: MappedFile) throws(WeightFault) {
        self.file = file
        let path = file.path
        var reader = GGUFReader(file)
        guard file.count >= 4, try reader.integer(UInt32.self) == 0x4655_4747 else {
            throw .notGGUF(file: path)
        }
        let version = try reader.integer(UInt32.self)
        guard version == 0 || version & 0xFFFF != 0 else { throw .bigEndianGGUF(file: path) }
        guard version == 2 || version == 3 else {
            throw .unsupportedGGUFVersion(file: path, version: version)
        }
        // Counts are signed in the format; as unsigned a negative one is too large.
        let tensorCount = try reader.integer(UInt64.self)
        let valueCount = try reader.integer(UInt64.self)
        try reader.check(.metadata, valueCount, eachAtLeast: 8 + 4 + 1, atMost: Self.mostValues)
        try reader.check(
            .tensors,
            tensorCount,
            eachAtLeast: 8 + 4 + 4 + 8,
            atMost: Self.mostTensors
        )

        var values: [String: GGUFValue] = [:]
        for _ in 0..<valueCount {
            let key = try reader.text(atMost: Self.longestName)
            let value = try reader.value(key: key)
            guard values.updateValue(value, forKey: key) == nil else {
                throw .duplicateKey(file: path, key: key)
            }
        }
        metadata = GGUFMetadata(file: path, values: values)
        let alignment = try metadata.integer("general.alignment") ?? 32
        guard alignment > 0, alignment <= 1 << 30, alignment & (alignment - 1) == 0 else {
            throw .unusableValue(file: path, key: "general.alignment")
        }
        self.alignment = alignment

        var infos: [GGUFTensorInfo] = []
        infos.reserveCapacity(Int(tensorCount))
        for _ in 0..<tensorCount { infos.append(try GGUFTensorInfo(&reader)) }
        let start = (reader.position + alignment - 1) & ~(alignment - 1)
        dataStart = start
        var tensors: [StoredTensor] = []
        tensors.reserveCapacity(infos.count)
        for info in infos {
            tensors.append(try info.stored(in: path, dataStart: start, alignment: alignment))
        }
        dataEnd = try Self.checkOverlaps(&tensors, file: path, from: start)
        tensors.sort { $0.name < $1.name }
        for (tensor, next) in zip(tensors, tensors.dropFirst()) where tensor.name == next.name {
            throw .duplicateTensor(file: path, tensor: tensor.name)
        }
        storedTensors = tensors
    }

    private static func checkOverlaps(
        _ tensors: inout [StoredTensor],
        file: FilePath,
        from start: Int
    ) throws(WeightFault) -> Int {
        tensors.sort { ($0.offset, $0.byteCount) < ($1.offset, $1.byteCount) }
        var end = start
        var last = ""
        for tensor in tensors {
            guard tensor.offset >= end else {
                throw .overlap(file: file, tensor: tensor.name, other: last)
            }
            end = tensor.offset + tensor.byteCount
            last = tensor.name
        }
        return end
    }
}

/// A tensor as the file lists it, not yet checked.
private struct GGUFTensorInfo {
    let name: String
    /// Slowest first.
    let shape: [Int]
    let type: UInt32
    let offset: UInt64

    init(_ reader: inout GGUFReader) throws(WeightFault) {
        name = try reader.text(atMost: GGUFHeader.longestName)
        let dimensions = try reader.integer(UInt32.self)
        guard dimensions <= 4 else {
            throw .impossibleCount(
                file: reader.path,
                what: .dimensions,
                count: UInt64(dimensions),
                limit: 4
            )
        }
        var shape: [Int] = []
        for _ in 0..<dimensions {
            let size = try reader.integer(UInt64.self)
            guard let size = Int(exactly: size) else {
                throw .impossibleCount(
                    file: reader.path,
                    what: .size,
                    count: size,
                    limit: UInt64(Int.max)
                )
            }
            shape.append(size)
        }
        self.shape = shape.reversed()
        type = try reader.integer(UInt32.self)
        offset = try reader.integer(UInt64.self)
    }

    func stored(
        in file: FilePath,
        dataStart: Int,
        alignment: Int
    ) throws(WeightFault) -> StoredTensor {
        guard let elements = SafetensorsHeader.product(shape) else {
            throw .sizeOverflow(file: file, tensor: name, shape: shape)
        }
        // A type that is not in the table has no known size; it is listed as empty and cannot be read.
        let known = GGUFTensorType(number: type)
        var byteCount = 0
        if let known {
            let row = shape.last ?? 1
            guard row % known.blockElements == 0 else {
                throw .partialBlock(
                    file: file,
                    tensor: name,
                    rowLength: row,
                    blockElements: known.blockElements
                )
            }
            let (bytes, overflow) = (elements / known.blockElements)
                .multipliedReportingOverflow(by: known.blockBytes)
            guard !overflow else { throw .sizeOverflow(file: file, tensor: name, shape: shape) }
            byteCount = bytes
        }
        guard offset % UInt64(alignment) == 0 else {
            throw .unalignedTensor(file: file, tensor: name, offset: offset, alignment: alignment)
        }
        guard let offset = Int(exactly: offset),
            case let (begin, beyond) = dataStart.addingReportingOverflow(offset), !beyond,
            !begin.addingReportingOverflow(byteCount).overflow
        else { throw .sizeOverflow(file: file, tensor: name, shape: shape) }
        return StoredTensor(
            name: name,
            typeName: known?.name ?? "ggml type \(type)",
            form: known?.elementType.map { .rows($0) },
            shape: shape,
            file: file,
            offset: begin,
            byteCount: byteCount
        )
    }
}
