internal import Crypto
internal import Qwen

/// What stands first in an entry's file: all that the index keeps of it, so that an index can be made anew.
///
/// A file is, numbers with their low byte first:
///
///     "DOCKETFC", version (4 bytes), bytes of the fields (4), fields, SHA-256 of all before
///     comparison picture: luma [height, width], blue and red difference [height / 2, width / 2]; its SHA-256
///     features: embeddings, then each layer of DeepStack, [tokenCount, width] in half precision; their SHA-256
struct EntryHeader: Sendable, Equatable {
    /// What made the features.
    var model: String
    /// SHA-256 of the picture's pixels and sides.
    var key: [UInt8]
    /// Of the picture as the model sees it.
    var sides: SeenPicture.Sides
    /// Of the page before it was resized.
    var source: SeenPicture.Sides
    /// SHA-256 of the digits that were read; nil where nobody did.
    var digits: [UInt8]?
    /// What the picture looks like.
    var hash: PictureHash
    /// Patches that the features were made from.
    var grid: PatchGrid
    /// Tokens of the features.
    var tokenCount: Int
    /// Width of the features.
    var featureWidth: Int
    /// Layers of DeepStack.
    var layerCount: Int

    static let magic = Array("DOCKETFC".utf8)
    static let version: UInt32 = 1
    /// Bytes of magic, version and length.
    static let prefixCount = 16
    static let digestCount = 32
    /// Most bytes of the fields: the model's name is of any length within it.
    static let longestFields = 16 << 10
    /// Most bytes of an entry; one of 16,384 tokens, the most that a picture becomes, has a fifth of it.
    static let longestEntry = 2 << 30

    /// Bytes of the comparison picture.
    var comparisonCount: Int { ComparisonPicture.byteCount(sides) }
    /// Bytes of the features.
    var featureCount: Int { tokenCount * featureWidth * (1 + layerCount) * 2 }

    /// Bytes of the whole file.
    var fileByteCount: Int {
        (bytes()?.count ?? 0) + comparisonCount + featureCount + 2 * Self.digestCount
    }

    // MARK: Writing

    /// The header with its checksum.
    ///
    /// - Returns: Its bytes; nil when the model's name is too long.
    func bytes() -> [UInt8]? {
        var fields = ByteWriter()
        fields.bytes(key)
        fields.bytes(digits ?? [UInt8](repeating: 0, count: Self.digestCount))
        fields.number(digits == nil ? 0 : 1)
        fields.bytes(hash.bytes)
        for number in [
            sides.width, sides.height, source.width, source.height, grid.time,
            grid.rows, grid.columns, tokenCount, featureWidth, layerCount,
        ] {
            fields.number(UInt32(clamping: number))
        }
        fields.bytes(Array(model.utf8))
        guard fields.content.count <= Self.longestFields else { return nil }
        var whole = ByteWriter()
        whole.bytes(Self.magic)
        whole.number(Self.version)
        whole.number(UInt32(fields.content.count))
        whole.bytes(fields.content)
        whole.bytes(Array(SHA256.hash(data: whole.content)))
        return whole.content
    }

}

// MARK: - Reading

extension EntryHeader {
    /// Bytes of fields and checksum, which follow the prefix.
    ///
    /// - Parameter prefix: The file's first ``prefixCount`` bytes.
    /// - Returns: How many.
    /// - Throws: ``EntryFault``.
    static func restCount(_ prefix: [UInt8]) throws(EntryFault) -> Int {
        var reader = CacheByteReader(prefix)
        guard try reader.bytes(magic.count) == magic else { throw .damaged }
        guard try reader.number() == Int(version) else { throw .otherVersion }
        let count = try reader.number()
        guard count <= longestFields else { throw .damaged }
        return count + digestCount
    }

    /// Reads a header.
    ///
    /// - Parameters:
    ///   - prefix: The file's first ``prefixCount`` bytes.
    ///   - rest: Those after it, as many as ``restCount(_:)`` says.
    /// - Throws: ``EntryFault/damaged``.
    init(prefix: [UInt8], rest: [UInt8]) throws(EntryFault) {
        guard rest.count >= Self.digestCount else { throw .damaged }
        let fields = Array(rest.dropLast(Self.digestCount))
        guard Array(SHA256.hash(data: prefix + fields)) == rest.suffix(Self.digestCount) else {
            throw .damaged
        }
        var reader = CacheByteReader(fields)
        key = try reader.bytes(Self.digestCount)
        let digits = try reader.bytes(Self.digestCount)
        self.digits = try reader.number() == 0 ? nil : digits
        guard let hash = PictureHash(bytes: try reader.bytes(PictureHash.byteCount)) else {
            throw .damaged
        }
        self.hash = hash
        sides = .init(width: try reader.number(), height: try reader.number())
        source = .init(width: try reader.number(), height: try reader.number())
        grid = PatchGrid(
            time: try reader.number(),
            rows: try reader.number(),
            columns: try reader.number()
        )
        tokenCount = try reader.number()
        featureWidth = try reader.number()
        layerCount = try reader.number()
        model = String(decoding: reader.rest, as: UTF8.self)
        guard hasPossibleSizes else { throw .damaged }
    }

    /// Whether no product of sizes is beyond the longest entry: the checksum tells accidents from writing, not a forger.
    private var hasPossibleSizes: Bool {
        func product(_ factors: [Int]) -> Int? {
            factors.reduce(1 as Int?) { product, factor in
                guard let product, factor > 0 else { return nil }
                let (next, isTooLarge) = product.multipliedReportingOverflow(by: factor)
                return isTooLarge || next > Self.longestEntry ? nil : next
            }
        }
        return product([sides.width, sides.height, 2]) != nil
            && source.width > 0 && source.height > 0
            && product([grid.time, grid.rows, grid.columns]) != nil
            && product([tokenCount, featureWidth, 1 + layerCount, 2]) != nil
    }
}

/// Why a file is no entry.
enum EntryFault: Error, Hashable {
    /// Its bytes are not those that were written.
    case damaged
    /// Another version of Docket wrote it.
    case otherVersion
}

/// Bytes that are written one after the other.
struct ByteWriter {
    private(set) var content: [UInt8] = []

    mutating func bytes(_ bytes: [UInt8]) { content += bytes }

    mutating func number(_ number: UInt32) {
        for shift in [0, 8, 16, 24] { content.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}

/// Bytes that are read one after the other, never beyond their end.
struct CacheByteReader {
    private let content: [UInt8]
    private var place = 0

    init(_ content: [UInt8]) { self.content = content }

    /// What has not been read.
    var rest: ArraySlice<UInt8> { content[place...] }

    mutating func bytes(_ count: Int) throws(EntryFault) -> [UInt8] {
        guard count <= content.count - place else { throw .damaged }
        defer { place += count }
        return Array(content[place..<place + count])
    }

    mutating func number() throws(EntryFault) -> Int {
        let bytes = try bytes(4)
        return bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
