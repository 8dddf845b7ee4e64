/// The first 64 bytes of a packed model file; they mean the same in all layouts.
///
/// | offset | bytes | |
/// |---:|---:|---|
/// | 0 | 8 | `docket`, 0x1A, 0x0A |
/// | 8 | 4 | the layout's number |
/// | 12 | 4 | 0x01020304 |
/// | 16 | 8 | where the table of contents begins |
/// | 24 | 8 | its length; the file ends with it |
/// | 32 | 32 | its SHA-256 |
///
/// Numbers are little-endian.
struct PackedPrefix: Equatable {
    /// The layout's number.
    var layout: UInt32
    /// Where the table of contents begins.
    var contentsOffset: UInt64
    /// Its length.
    var contentsCount: UInt64
    /// Its SHA-256.
    var contentsDigest: [UInt8]

    /// Its length: sections begin after it.
    static let count = 64
    /// What every packed file begins with.
    ///
    /// No text has these bytes, and no program that mends line ends leaves them alone.
    static let magic: [UInt8] = Array("docket".utf8) + [0x1A, 0x0A]
    /// Tells a file for little-endian machines.
    static let byteOrder: UInt32 = 0x0102_0304

    /// The prefix as it is written.
    var encoded: [UInt8] {
        var bytes = Self.magic
        func add(_ number: some FixedWidthInteger) {
            unsafe withUnsafeBytes(of: number.littleEndian) { bytes += unsafe Array($0) }
        }
        add(layout)
        add(Self.byteOrder)
        add(contentsOffset)
        add(contentsCount)
        return bytes + contentsDigest
    }

    /// Reads the prefix of a file.
    ///
    /// - Throws: ``WeightFault``: not such a file, one for other machines, or one that ends before.
    init(_ file: MappedFile) throws(WeightFault) {
        var reader = ByteReader(file, 0..<file.count)
        for byte in Self.magic {
            guard reader.byte() == byte else { throw .notPacked(file: file.path) }
        }
        guard file.count >= Self.count, let layout = reader.integer(UInt32.self),
            let order = reader.integer(UInt32.self), let offset = reader.integer(UInt64.self),
            let count = reader.integer(UInt64.self)
        else { throw .truncated(file: file.path, needed: Self.count, found: file.count) }
        guard order == Self.byteOrder else {
            throw order == Self.byteOrder.byteSwapped
                ? .bigEndianPacked(file: file.path) : .damagedPacked(file: file.path, .prefix)
        }
        self.layout = layout
        contentsOffset = offset
        contentsCount = count
        contentsDigest = unsafe Array(file.bytes[32..<64])
    }

    /// Describes a file.
    init(layout: UInt32, contentsOffset: UInt64, contentsCount: UInt64, contentsDigest: [UInt8]) {
        self.layout = layout
        self.contentsOffset = contentsOffset
        self.contentsCount = contentsCount
        self.contentsDigest = contentsDigest
    }
}
