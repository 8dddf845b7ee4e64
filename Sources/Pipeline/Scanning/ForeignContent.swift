/// What a file that Docket does not read seems to be: what its owner wants to be told.
public enum ForeignContent: String, Codable, Sendable, CaseIterable {
    /// A PNG whose first bytes were damaged, most likely by a transfer as text.
    case damagedPNG = "damaged PNG"
    /// A Word, Excel, PowerPoint or Outlook file of the years before 2007.
    case oldOffice = "old Office document"
    /// A Word, Excel or PowerPoint file.
    case office = "Office document"
    /// An OpenDocument file, such as LibreOffice writes.
    case openDocument = "OpenDocument file"
    /// An electronic book.
    case epub = "EPUB book"
    /// A ZIP archive.
    case zip = "ZIP archive"
    /// Another archive or compressed file.
    case archive = "compressed archive"
    /// Rich text.
    case richText = "RTF document"
    /// PostScript.
    case postScript = "PostScript document"
    /// DjVu, common for scanned books.
    case djvu = "DjVu document"
    /// Photoshop, JPEG XL, a camera's raw format, an icon.
    case picture = "picture of an unsupported format"
    /// Sound or moving pictures.
    case media = "sound or video"
    /// A program.
    case program = "program"
    /// A database.
    case database = "SQLite database"
    /// Text in an encoding that cannot be told from others; saved as UTF-8 it would be read.
    case text = "text in an unknown encoding"
    /// Nothing but zeros, as a disk or a broken copy leaves behind.
    case zeros = "nothing but zeros"

    /// Guesses what a file of unknown kind is.
    ///
    /// - Parameter prefix: the file's first bytes.
    /// - Returns: a guess, or nil.
    public static func sniff(_ prefix: [UInt8]) -> ForeignContent? {
        guard !prefix.isEmpty else { return nil }
        for (content, offset, signature) in signatures
        where prefix.dropFirst(offset).starts(with: signature) {
            return content == .zip ? zipContent(prefix) : content
        }
        if prefix.first == 0x89 || prefix.first == 0x09, prefix.dropFirst().starts(with: "PNG".utf8)
        {
            return .damagedPNG
        }
        if prefix.allSatisfy({ $0 == 0 }) { return .zeros }
        return markup(prefix) ?? (TextGuess.isForeignText(prefix) ? .text : nil)
    }

    /// Formats that are made of printable characters and yet are no text that anyone reads.
    static func markup(_ prefix: [UInt8]) -> ForeignContent? {
        if prefix.starts(with: "{\\rtf".utf8) { return .richText }
        if prefix.starts(with: "%!PS".utf8) { return .postScript }
        return nil
    }

    private static func zipContent(_ prefix: [UInt8]) -> ForeignContent {
        let head = prefix.prefix(4096)
        if find("mimetypeapplication/epub", in: head) { return .epub }
        if find("mimetypeapplication/vnd.oasis", in: head) { return .openDocument }
        if find("[Content_Types].xml", in: head) || find("_rels/.rels", in: head) { return .office }
        return .zip
    }

    private static let signatures: [(ForeignContent, offset: Int, [UInt8])] = [
        (.oldOffice, 0, [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]),
        (.zip, 0, [0x50, 0x4B, 3, 4]),
        (.zip, 0, [0x50, 0x4B, 5, 6]),
        (.archive, 0, [0x1F, 0x8B]),
        (.archive, 0, [0x42, 0x5A, 0x68]),
        (.archive, 0, [0xFD, 0x37, 0x7A, 0x58, 0x5A]),
        (.archive, 0, [0x28, 0xB5, 0x2F, 0xFD]),
        (.archive, 0, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
        (.archive, 0, Array("Rar!".utf8)),
        (.archive, 257, Array("ustar".utf8)),
        (.djvu, 0, Array("AT&TFORM".utf8)),
        (.postScript, 0, [0xC5, 0xD0, 0xD3, 0xC6]),
        (.picture, 0, Array("8BPS".utf8)),
        (.picture, 0, [0xFF, 0x0A]),
        (.picture, 0, [0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20]),
        (.picture, 0, [0, 0, 1, 0]),
        (.picture, 0, Array("FUJIFILMCCD-RAW".utf8)),
        (.picture, 4, Array("ftypcrx ".utf8)),
        (.media, 4, Array("ftyp".utf8)),
        (.media, 0, Array("ID3".utf8)),
        (.media, 0, Array("OggS".utf8)),
        (.media, 0, Array("fLaC".utf8)),
        (.media, 0, Array("RIFF".utf8)),
        (.media, 0, [0x1A, 0x45, 0xDF, 0xA3]),
        (.media, 0, [0xFF, 0xFB]),
        (.program, 0, [0x7F, 0x45, 0x4C, 0x46]),
        (.program, 0, [0x4D, 0x5A, 0x90, 0]),
        (.program, 0, [0xCF, 0xFA, 0xED, 0xFE]),
        (.database, 0, Array("SQLite format 3\0".utf8)),
    ]
}
