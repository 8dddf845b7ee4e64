internal import CPictures

/// A picture format that can be decoded, recognised by a file's first bytes.
public enum PictureFormat: String, CaseIterable, Codable, Hashable, Sendable {
    case jpeg, png, webp, tiff, gif, bmp, pnm, heic, jpeg2000

    /// How many of a file's first bytes ``sniff(_:)`` looks at.
    public static let sniffedByteCount = 64

    /// Tells the format from a file's first bytes.
    ///
    /// A file that begins like a format but is damaged further on is still of that format: decoding it
    /// then says what is wrong.
    ///
    /// - Parameter bytes: The first ``sniffedByteCount`` bytes, or fewer when the file is shorter.
    /// - Returns: The format, or nil when the bytes are of none that is known.
    public static func sniff(_ bytes: some Collection<UInt8>) -> PictureFormat? {
        let head = Array(bytes.prefix(sniffedByteCount))
        func has(_ text: String, at offset: Int = 0) -> Bool {
            head.dropFirst(offset).starts(with: text.utf8)
        }
        if head.starts(with: [0xff, 0xd8, 0xff]) { return .jpeg }
        if head.dropFirst().starts(with: "PNG".utf8), head.first == 0x89 { return .png }
        if has("RIFF"), has("WEBP", at: 8) { return .webp }
        if has("II*\0") || has("MM\0*") || has("II+\0") || has("MM\0+") { return .tiff }
        if has("GIF87a") || has("GIF89a") { return .gif }
        if has("BM"), head.count >= 18, isBitmapHeader(head[14...]) { return .bmp }
        if isNetpbm(head) { return .pnm }
        if has("ftyp", at: 4), isStillImageBrand(head) { return .heic }
        if has("jP  \r\n", at: 4) || head.starts(with: [0xff, 0x4f, 0xff, 0x51]) {
            return .jpeg2000
        }
        return nil
    }

    /// "BM" begins many a text; the size of the header that follows settles it.
    private static func isBitmapHeader(_ size: ArraySlice<UInt8>) -> Bool {
        let bytes = Array(size.prefix(4))
        guard bytes.count == 4, bytes[2] == 0, bytes[3] == 0 else { return false }
        let value = Int(bytes[0]) | Int(bytes[1]) << 8
        return [12, 16, 40, 52, 56, 64, 108, 124].contains(value)
    }

    private static func isNetpbm(_ head: [UInt8]) -> Bool {
        guard head.count >= 3, head[0] == UInt8(ascii: "P") else { return false }
        guard (UInt8(ascii: "1")...UInt8(ascii: "7")).contains(head[1]) else { return false }
        guard isSpace(head[2]) || head[2] == UInt8(ascii: "#") else { return false }
        // A number, a comment or a header line must come next: "P1 is ..." is a sentence.
        guard let next = head.dropFirst(2).first(where: { !isSpace($0) }) else { return false }
        if head[1] == UInt8(ascii: "7") { return (65...90).contains(next) || next == 0x23 }
        return (48...57).contains(next) || next == 0x23
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0d).contains(byte)
    }

    /// The main brand, then the compatible ones; films have others.
    private static func isStillImageBrand(_ head: [UInt8]) -> Bool {
        let still = [
            "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis",
        ]
        var offset = 8
        while offset + 4 <= head.count {
            let brand = String(decoding: head[offset..<offset + 4], as: UTF8.self)
            if still.contains(brand) { return true }
            offset += offset == 8 ? 8 : 4
        }
        return false
    }

    /// The number by which the C decoders know the format.
    var code: Int32 {
        switch self {
        case .jpeg: Int32(PICTURES_JPEG)
        case .png: Int32(PICTURES_PNG)
        case .webp: Int32(PICTURES_WEBP)
        case .tiff: Int32(PICTURES_TIFF)
        case .gif: Int32(PICTURES_GIF)
        case .bmp: Int32(PICTURES_BMP)
        case .pnm: Int32(PICTURES_PNM)
        case .heic: Int32(PICTURES_HEIC)
        case .jpeg2000: Int32(PICTURES_JPEG2000)
        }
    }
}
