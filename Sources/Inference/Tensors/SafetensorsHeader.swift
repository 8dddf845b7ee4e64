internal import SystemPackage

/// What a safetensors file says about itself, whether or not the data it announces is all there.
///
/// Source: the format's description, `huggingface/safetensors`, README, "Format".
public struct SafetensorsHeader: Sendable {
    /// The file.
    public let file: MappedFile
    /// All tensors, in the order of their names.
    public let storedTensors: [StoredTensor]
    /// The `__metadata__` of the file.
    public let metadata: [String: String]
    /// Where the data begins, in bytes from the file's start.
    public let dataStart: Int
    /// Where the data ends according to the tensors, in bytes from the file's start.
    public let dataEnd: Int

    /// The longest header that the format permits.
    public static let longest = 100_000_000
    /// The most dimensions that PyTorch can write.
    static let mostDimensions = 64

    /// Reads the header of a mapped file and checks that the tensors tile the data: no overlap and no hole.
    ///
    /// The file may end early; ``dataEnd`` tells how long it should be.
    ///
    /// - Parameter file: The file.
    /// - Throws: ``WeightFault``.
    public init(_ file: MappedFile) throws(WeightFault) {
        var start = ByteReader(file, 0..<file.count)
        guard let length = start.integer(UInt64.self) else {
            throw .truncated(file: file.path, needed: 8, found: file.count)
        }
        guard length >= 2, length <= UInt64(Self.longest) else {
            throw .headerTooLong(file: file.path, byteCount: length, limit: Self.longest)
        }
        dataStart = 8 + Int(length)
        guard dataStart <= file.count else {
            throw .truncated(file: file.path, needed: dataStart, found: file.count)
        }
        self.file = file

        guard start.peek() == UInt8(ascii: "{") else {
            throw .malformedHeader(file: file.path, offset: 8, problem: .syntax)
        }
        var json = SafetensorsJSON(file, 8..<dataStart)
        var tensors: [StoredTensor] = []
        var metadata: [String: String]?
        let base = dataStart
        try json.object { key, json throws(WeightFault) in
            if key == "__metadata__" {
                guard metadata == nil else { throw json.fault(.duplicateKey) }
                metadata = try Self.metadata(&json)
            } else {
                tensors.append(try Self.tensor(key, &json, file: file, dataStart: base))
            }
        }
        try json.finish()
        dataEnd = try Self.checkTiling(&tensors, file: file.path, from: base)
        tensors.sort { $0.name < $1.name }
        for (tensor, next) in zip(tensors, tensors.dropFirst()) where tensor.name == next.name {
            throw .duplicateTensor(file: file.path, tensor: tensor.name)
        }
        storedTensors = tensors
        self.metadata = metadata ?? [:]
    }

    // MARK: Parts of it

    private static func metadata(
        _ json: inout SafetensorsJSON
    ) throws(WeightFault) -> [String: String] {
        var metadata: [String: String] = [:]
        try json.object { key, json throws(WeightFault) in
            let previous = metadata.updateValue(try json.text(), forKey: key)
            guard previous == nil else { throw json.fault(.duplicateKey) }
        }
        return metadata
    }

    private static func tensor(
        _ name: String,
        _ json: inout SafetensorsJSON,
        file: MappedFile,
        dataStart: Int
    ) throws(WeightFault) -> StoredTensor {
        var typeName: String?
        var shape: [Int]?
        var offsets: [Int]?
        try json.object { key, json throws(WeightFault) in
            switch key {
            case "dtype":
                guard typeName == nil else { throw json.fault(.duplicateKey) }
                typeName = try json.text()
            case "shape":
                guard shape == nil else { throw json.fault(.duplicateKey) }
                shape = try json.numbers(atMost: mostDimensions)
            case "data_offsets":
                guard offsets == nil else { throw json.fault(.duplicateKey) }
                offsets = try json.numbers(atMost: 2)
            default:
                try json.skipValue()
            }
        }
        guard let typeName, let shape, let offsets, offsets.count == 2, offsets[0] <= offsets[1]
        else { throw json.fault(.incompleteTensor) }
        let (begin, beyond) = offsets[0].addingReportingOverflow(dataStart)
        guard !beyond, !offsets[1].addingReportingOverflow(dataStart).overflow else {
            throw json.fault(.number)
        }
        let byteCount = offsets[1] - offsets[0]
        guard let elements = product(shape) else {
            throw .sizeOverflow(file: file.path, tensor: name, shape: shape)
        }
        if let size = elementSizes[typeName] {
            let (expected, overflow) = elements.multipliedReportingOverflow(by: size)
            guard !overflow else {
                throw .sizeOverflow(file: file.path, tensor: name, shape: shape)
            }
            guard expected == byteCount else {
                throw .wrongByteCount(
                    file: file.path,
                    tensor: name,
                    expected: expected,
                    found: byteCount
                )
            }
        }
        return StoredTensor(
            name: name,
            typeName: typeName,
            form: elementTypes[typeName].map { .rows($0) },
            shape: shape,
            file: file.path,
            offset: begin,
            byteCount: byteCount
        )
    }

    /// Sorts tensors by place and checks that each begins where the one before it ended.
    private static func checkTiling(
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
            guard tensor.offset == end else {
                throw .unclaimedBytes(file: file, before: tensor.name, count: tensor.offset - end)
            }
            end += tensor.byteCount
            last = tensor.name
        }
        return end
    }

    /// The product of sizes, or nil when it or any product of some of them overflows.
    ///
    /// A zero among huge sizes is refused with them, so that no order of multiplying can go wrong later.
    static func product(_ shape: [Int]) -> Int? {
        var product = 1
        var isEmpty = false
        for size in shape {
            if size == 0 {
                isEmpty = true
                continue
            }
            let (next, overflow) = product.multipliedReportingOverflow(by: size)
            guard !overflow else { return nil }
            product = next
        }
        return isEmpty ? 0 : product
    }

    /// Bytes of an element, for the types whose elements are whole bytes.
    private static let elementSizes = [
        "BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "F8_E8M0": 1,
        "I16": 2, "U16": 2, "F16": 2, "BF16": 2,
        "I32": 4, "U32": 4, "F32": 4,
        "I64": 8, "U64": 8, "F64": 8, "C64": 8,
    ]

    private static let elementTypes: [String: ElementType] = [
        "F32": .float32, "F16": .float16, "BF16": .bfloat16,
    ]
}
