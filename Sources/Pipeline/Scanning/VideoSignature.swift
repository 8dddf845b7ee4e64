/// Knows files of moving pictures by their first bytes.
///
/// What is in a container is only told by a look into it: one that holds nothing but sound and does not say so here is
/// refused when it is read.
enum VideoSignature {
    /// Whether a file is MP4 or QuickTime (ISO/IEC 14496-12), Matroska or WebM (RFC 9559), AVI, or MPEG's transport or
    /// program stream (ISO/IEC 13818-1).
    ///
    /// - Parameter prefix: the file's first bytes; of no still picture.
    /// - Returns: true when it is a container of moving pictures.
    static func isVideo(_ prefix: [UInt8]) -> Bool {
        isISOMedia(prefix) || isMatroska(prefix)
            || (has("RIFF", in: prefix, at: 0) && has("AVI ", in: prefix, at: 8))
            || prefix.starts(with: [0, 0, 1, 0xBA]) || isTransportStream(prefix)
    }

    /// Brands of files with sound only, and of a camera's raw pictures.
    private static let otherBrands = ["M4A ", "M4B ", "M4P ", "F4A ", "F4B ", "crx "]
    /// First boxes of QuickTime files that are older than brands.
    private static let oldBoxes = ["moov", "mdat", "wide"]

    private static func isISOMedia(_ prefix: [UInt8]) -> Bool {
        if has("ftyp", in: prefix, at: 4) {
            return prefix.count >= 12 && !otherBrands.contains { has($0, in: prefix, at: 8) }
        }
        return oldBoxes.contains { has($0, in: prefix, at: 4) }
    }

    private static func isMatroska(_ prefix: [UInt8]) -> Bool {
        guard prefix.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) else { return false }
        let head = prefix.prefix(256)
        return find("matroska", in: head) || find("webm", in: head)
    }

    /// Packets of 188 bytes, each with its mark; 192 where a time of four bytes stands before each, as cameras write.
    private static func isTransportStream(_ prefix: [UInt8]) -> Bool {
        [(0, 188), (4, 192)].contains { offset, length in
            let marks = stride(from: offset, to: min(prefix.count, offset + 8 * length), by: length)
            return prefix.count >= offset + 4 * length && marks.allSatisfy { prefix[$0] == 0x47 }
        }
    }

    private static func has(_ mark: String, in prefix: [UInt8], at offset: Int) -> Bool {
        prefix.dropFirst(offset).starts(with: mark.utf8)
    }
}
