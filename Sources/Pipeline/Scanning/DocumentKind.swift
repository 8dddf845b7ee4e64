/// What a file is, decided by its first bytes and never by its name.
public enum DocumentKind: String, Codable, Sendable, CaseIterable {
    case jpeg, png, webp, tiff, gif, bmp, pnm, heic, jpeg2000, pdf, video, text, empty, unknown

    /// How many bytes from a file's start are enough to decide.
    public static let prefixLength = 65_536

    /// Decides what a file is.
    ///
    /// A damaged signature is no signature: a PNG that a transfer as text has damaged is `unknown`,
    /// and ``ForeignContent`` can tell what it was. AVIF counts as `heic`: one decoder reads both.
    /// A container of moving pictures is a `video`, unless it says that it holds sound only.
    ///
    /// - Parameters:
    ///   - prefix: the file's first bytes: ``prefixLength`` of them, or all there are.
    ///   - byteCount: the file's size.
    /// - Returns: the kind.
    public static func sniff(_ prefix: [UInt8], byteCount: Int) -> DocumentKind {
        guard byteCount > 0, !prefix.isEmpty else { return .empty }
        if let picture = picture(prefix) { return picture }
        if prefix.starts(with: "%PDF-".utf8) { return .pdf }
        let isText = TextGuess.isText(prefix, isWhole: byteCount <= prefix.count)
        if !isText, VideoSignature.isVideo(prefix) { return .video }
        if isPDF(prefix, isText: isText) { return .pdf }
        guard isText, ForeignContent.markup(prefix) == nil else { return .unknown }
        return .text
    }

    private static func picture(_ prefix: [UInt8]) -> DocumentKind? {
        func has(_ bytes: [UInt8], at offset: Int = 0) -> Bool {
            prefix.dropFirst(offset).starts(with: bytes)
        }
        func has(_ text: StaticString, at offset: Int = 0) -> Bool {
            has(Array(text.description.utf8), at: offset)
        }
        switch prefix[0] {
        case 0xFF:
            if has([0xFF, 0xD8, 0xFF]) { return .jpeg }
            if has([0xFF, 0x4F, 0xFF, 0x51]) { return .jpeg2000 }
        case 0x89 where has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]): return .png
        case UInt8(ascii: "R") where has("RIFF") && has("WEBP", at: 8): return .webp
        case UInt8(ascii: "G") where has("GIF87a") || has("GIF89a"): return .gif
        case UInt8(ascii: "I") where has([0x49, 0x49, 42, 0]) || has([0x49, 0x49, 43, 0, 8, 0]):
            return .tiff
        case UInt8(ascii: "M") where has([0x4D, 0x4D, 0, 42]) || has([0x4D, 0x4D, 0, 43, 0, 8]):
            return .tiff
        case UInt8(ascii: "B") where has("BM") && isBitmapHeader(prefix): return .bmp
        case UInt8(ascii: "P") where isAnymapHeader(prefix): return .pnm
        case 0:
            if has([0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20, 0x0D, 0x0A, 0x87, 0x0A]) {
                return .jpeg2000
            }
            if has("ftyp", at: 4), isStillPictureBrand(prefix) { return .heic }
        default: break
        }
        return nil
    }

    /// Whether the header after `BM` has one of the lengths that were ever defined.
    private static func isBitmapHeader(_ prefix: [UInt8]) -> Bool {
        guard prefix.count >= 18, prefix[15] == 0, prefix[16] == 0, prefix[17] == 0 else {
            return false
        }
        return [12, 16, 40, 52, 56, 64, 108, 124].contains(prefix[14])
    }

    /// Whether `P1` to `P6` is followed by width and height, or `P7` by its first keyword.
    private static func isAnymapHeader(_ prefix: [UInt8]) -> Bool {
        guard prefix.count > 3 else { return false }
        if prefix.starts(with: "P7\n".utf8) {
            return prefix.dropFirst(3).starts(with: "WIDTH".utf8)
                || prefix.dropFirst(3).starts(with: "#".utf8)
                || prefix.dropFirst(3).starts(with: "DEPTH".utf8)
                || prefix.dropFirst(3).starts(with: "HEIGHT".utf8)
        }
        guard (UInt8(ascii: "1")...UInt8(ascii: "6")).contains(prefix[1]) else { return false }
        var rest = prefix[2...]
        for _ in 0..<2 {
            guard let first = rest.first, isSpace(first) || first == UInt8(ascii: "#") else {
                return false
            }
            while let first = rest.first, isSpace(first) || first == UInt8(ascii: "#") {
                if first == UInt8(ascii: "#") {
                    rest = rest.drop { $0 != 0x0A && $0 != 0x0D }
                } else {
                    rest = rest.drop(while: isSpace)
                }
            }
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty else { return false }
            rest = rest.dropFirst(digits.count)
        }
        return rest.first.map { isSpace($0) || $0 == UInt8(ascii: "#") } ?? true
    }

    /// Whether an ISO media file says that it holds a still picture.
    private static func isStillPictureBrand(_ prefix: [UInt8]) -> Bool {
        let boxLength = Int(prefix[2]) << 8 | Int(prefix[3])
        let brands = [
            "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "mif2", "msf1", "avif", "avis",
        ]
        // The major brand, its version, then the compatible brands.
        for offset in [8] + Array(stride(from: 16, to: min(boxLength, 256, prefix.count), by: 4)) {
            let brand = prefix.dropFirst(offset).prefix(4)
            if brands.contains(where: { brand.elementsEqual($0.utf8) }) { return true }
        }
        return false
    }

    /// Whether readers would take it for a PDF although it does not begin like one.
    private static func isPDF(_ prefix: [UInt8], isText: Bool) -> Bool {
        // Readers look for the header in the first 1024 bytes; but a text that speaks of PDF is text.
        let head = prefix.prefix(1024 + 5)
        let hasObjects = isObjectSyntax(prefix)
        if find("%PDF-", in: head) || (find("%!PS-Adobe-", in: head) && find(" PDF-", in: head)) {
            return !isText || hasObjects
        }
        // A lost header: poppler repairs such files from their objects.
        return !isText && hasObjects
    }

    /// Whether a line such as `4 0 obj` opens an object.
    private static func isObjectSyntax(_ bytes: [UInt8]) -> Bool {
        guard find("endobj", in: bytes[...]) || find("stream", in: bytes[...]) else { return false }
        var rest = bytes[...]
        while let found = position(of: " 0 obj", in: rest) {
            if found > 0, (0x30...0x39).contains(bytes[found - 1]) { return true }
            rest = rest[(found + 1)...]
        }
        return false
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }
}

/// Whether bytes hold a text.
func find(_ text: String, in bytes: ArraySlice<UInt8>) -> Bool {
    position(of: text, in: bytes) != nil
}

private func position(of text: String, in bytes: ArraySlice<UInt8>) -> Int? {
    let wanted = Array(text.utf8)
    var rest = bytes
    while rest.count >= wanted.count, let start = rest.firstIndex(of: wanted[0]) {
        if bytes[start...].starts(with: wanted) { return start }
        rest = rest[(start + 1)...]
    }
    return nil
}
