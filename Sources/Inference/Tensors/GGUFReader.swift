internal import SystemPackage

/// Reads the header of a GGUF file; every count is held against what is left before anything is allocated for it.
struct GGUFReader {
    private var reader: ByteReader
    /// Bytes of text taken so far.
    private var textBytes = 0

    /// Text that is copied from one header at most; a chat template has a few thousand bytes.
    private static let mostText = 64 << 20

    /// Reads a file from its start.
    init(_ file: MappedFile) {
        reader = ByteReader(file, 0..<min(file.count, GGUFHeader.longest))
    }

    /// The file.
    var path: FilePath { reader.file.path }
    /// The next byte, counted from the file's start.
    var position: Int { reader.position }

    /// Takes a little-endian integer.
    mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ type: Integer.Type
    ) throws(WeightFault) -> Integer {
        guard let integer = reader.integer(type) else {
            throw short(of: MemoryLayout<Integer>.size)
        }
        return integer
    }

    /// Takes text after its length.
    mutating func text(atMost limit: Int = mostText) throws(WeightFault) -> String {
        let length = try textLength()
        guard length <= limit, textBytes + length <= Self.mostText else {
            throw .impossibleCount(
                file: path,
                what: .text,
                count: UInt64(length),
                limit: UInt64(min(limit, Self.mostText - textBytes))
            )
        }
        textBytes += length
        let start = reader.position
        guard let text = reader.text(length) else {
            throw .invalidText(file: path, offset: start)
        }
        return text
    }

    /// Takes a value after its type.
    mutating func value(key: String) throws(WeightFault) -> GGUFValue {
        let kind = try kind(key: key)
        switch kind {
        case .string: return .text(try text())
        case .array: return .array(try array(key: key, depth: 1))
        default:
            guard let value = reader.scalar(kind) else { throw short(of: kind.leastBytes) }
            return value
        }
    }

    /// Refuses a count that what is left cannot hold, or that is beyond all models.
    func check(
        _ what: WeightFault.CountedThing,
        _ count: UInt64,
        eachAtLeast size: Int,
        atMost limit: UInt64 = .max
    ) throws(WeightFault) {
        let limit = min(limit, UInt64(reader.remaining / size))
        guard count <= limit else {
            throw .impossibleCount(file: path, what: what, count: count, limit: limit)
        }
    }

    // MARK: Parts of it

    private mutating func kind(key: String) throws(WeightFault) -> GGUFValue.Kind {
        let number = try integer(UInt32.self)
        guard let kind = GGUFValue.Kind(rawValue: number) else {
            throw .unknownValueType(file: path, key: key, type: number)
        }
        return kind
    }

    /// Passes over an array and says where it is.
    private mutating func array(key: String, depth: Int) throws(WeightFault) -> GGUFArray {
        guard depth <= GGUFHeader.deepestArray else {
            throw .impossibleCount(
                file: path,
                what: .nesting,
                count: UInt64(depth),
                limit: UInt64(GGUFHeader.deepestArray)
            )
        }
        let kind = try kind(key: key)
        let length = try integer(UInt64.self)
        try check(.elements, length, eachAtLeast: kind.leastBytes)
        let count = Int(length)
        let start = reader.position
        switch kind {
        case .string:
            for _ in 0..<count {
                let length = try textLength()
                guard reader.skip(length) else { throw short(of: length) }
            }
        case .array:
            for _ in 0..<count { _ = try array(key: key, depth: depth + 1) }
        default:
            guard reader.skip(count * kind.leastBytes) else {
                throw short(of: count * kind.leastBytes)
            }
        }
        return GGUFArray(
            kind: kind,
            count: count,
            file: reader.file,
            range: start..<reader.position
        )
    }

    /// Takes the length of a text that is all there.
    private mutating func textLength() throws(WeightFault) -> Int {
        let length = try integer(UInt64.self)
        try check(.text, length, eachAtLeast: 1)
        return Int(length)
    }

    /// What to say when `count` more bytes were needed here.
    private func short(of count: Int) -> WeightFault {
        guard reader.end == reader.file.count else {
            return .headerTooLong(
                file: path,
                byteCount: UInt64(reader.position + count),
                limit: GGUFHeader.longest
            )
        }
        return .truncated(
            file: path,
            needed: reader.position + count,
            found: reader.file.count
        )
    }
}
