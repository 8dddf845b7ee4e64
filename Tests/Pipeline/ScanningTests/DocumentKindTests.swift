import Scanning
import Testing

@Suite struct DocumentKindTests {
    private func sniff(_ bytes: [UInt8]) -> DocumentKind {
        DocumentKind.sniff(Array(bytes.prefix(DocumentKind.prefixLength)), byteCount: bytes.count)
    }
    private func sniff(_ text: String) -> DocumentKind { sniff(Array(text.utf8)) }

    /// A file's first bytes; each character stands for the byte of its number.
    struct Sample<Expected: Sendable>: Sendable, CustomTestStringConvertible {
        var text: String
        var expected: Expected
        init(_ text: String, _ expected: Expected) {
            self.text = text
            self.expected = expected
        }
        var bytes: [UInt8] { text.unicodeScalars.map { UInt8($0.value) } }
        var testDescription: String { displayPath(bytes.prefix(40)) }
    }

    static let documents: [Sample<DocumentKind>] = [
        Sample("\u{FF}\u{D8}\u{FF}\u{E0}\0", .jpeg),
        Sample("\u{FF}\u{D8}\u{FF}", .jpeg),
        Sample("\u{89}PNG\r\n\u{1A}\n\0\0\0\r", .png),
        Sample("RIFF\u{1}\u{2}\u{3}\u{4}WEBPVP8 ", .webp),
        Sample("II*\0\u{8}\0\0\0", .tiff),
        Sample("MM\0*\0\0\0\u{8}", .tiff),
        Sample("II+\0\u{8}\0\0\0", .tiff),
        Sample("MM\0+\0\u{8}\0\0", .tiff),
        Sample("GIF87a", .gif),
        Sample("GIF89a\0\u{1}", .gif),
        Sample("BM\u{1}\u{2}\u{3}\u{4}\0\0\0\0\u{36}\0\0\0\u{28}\0\0\0\u{1}", .bmp),
        Sample("BM\u{1}\u{2}\u{3}\u{4}\0\0\0\0\u{36}\0\0\0\u{0C}\0\0\0\u{1}", .bmp),
        Sample("BM\u{1}\u{2}\u{3}\u{4}\0\0\0\0\u{36}\0\0\0\u{7C}\0\0\0\u{1}", .bmp),
        Sample("P1\n# drawn\n2 2\n0 1 1 0\n", .pnm),
        Sample("P4\n8 1\n\u{FF}", .pnm),
        Sample("P6 10 20 255\n\0\u{1}\u{2}", .pnm),
        Sample("P7\nWIDTH 2\nHEIGHT 2\n", .pnm),
        Sample("\0\0\0\u{10}ftypheic\0\0\0\0", .heic),
        Sample("\0\0\0\u{18}ftypmif1\0\0\0\0mif1heic", .heic),
        Sample("\0\0\0\u{10}ftypavif\0\0\0\0", .heic),
        Sample("\0\0\0\u{14}ftypmsf1\0\0\0\0hevc", .heic),
        Sample("\0\0\0\u{18}ftypXXXX\0\0\0\0miafheix", .heic),
        Sample("\0\0\0\u{C}jP  \r\n\u{87}\n\0", .jpeg2000),
        Sample("\u{FF}O\u{FF}Q\0\0", .jpeg2000),
        Sample("\0\0\0\u{14}ftypisom\0\0\0\0mp41", .video),
        Sample("\0\0\0\u{14}ftypqt  \0\0\0\0qt  ", .video),
        Sample("\0\0\0\u{8}wide\0\0\u{1}\0mdat", .video),
        Sample("\u{1A}E\u{DF}\u{A3}\u{93}\u{42}\u{82}\u{88}matroska", .video),
        Sample("\u{1A}E\u{DF}\u{A3}\u{9F}\u{42}\u{86}\u{81}\u{1}\u{42}\u{82}\u{84}webm", .video),
        Sample("RIFF\u{1}\u{2}\u{3}\u{4}AVI LIST\0", .video),
        Sample("\0\0\u{1}\u{BA}D\0\u{4}\0", .video),
        Sample(
            String(repeating: "G@\u{11}\u{10}" + String(repeating: "\0", count: 184), count: 5),
            .video
        ),
        Sample(
            String(
                repeating: "\0\0\0\0G@\u{11}\u{10}" + String(repeating: "\u{FF}", count: 184),
                count: 5
            ),
            .video
        ),
        Sample("%PDF-1.7\n%\u{E2}\u{E3}\u{CF}\u{D3}", .pdf),
        Sample("%PDF-1.3\nThis is all.\n%%EOF", .pdf),
        Sample("", .empty),
    ]

    @Test(arguments: documents)
    func `a document is known by its first bytes`(sample: Sample<DocumentKind>) {
        #expect(sniff(sample.bytes) == sample.expected)
    }

    static let foreign: [Sample<ForeignContent>] = [
        Sample("\u{89}PNG\r\r\u{1A}\r\0\0\0\r", .damagedPNG),
        Sample("\u{89}PNG\n\u{1A}\n\0\0\0\r", .damagedPNG),
        Sample("\u{D0}\u{CF}\u{11}\u{E0}\u{A1}\u{B1}\u{1A}\u{E1}\0\0", .oldOffice),
        Sample("PK\u{3}\u{4}\u{14}\0\u{6}\0[Content_Types].xml", .office),
        Sample("PK\u{3}\u{4}\u{14}\0\0\0mimetypeapplication/vnd.oasis.opendocument", .openDocument),
        Sample("PK\u{3}\u{4}\u{14}\0\0\0a.txt", .zip),
        Sample("\u{1F}\u{8B}\u{8}\0\0", .archive),
        Sample("\u{7F}ELF\u{2}\u{1}\u{1}\0", .program),
        Sample("\0\0\0\u{14}ftypM4A \0\0\0\0mp42", .media),
        Sample("ID3\u{4}\0\0\0\0\0\0", .media),
        Sample("RIFF\u{1}\u{2}\u{3}\u{4}WAVEfmt \0", .media),
        Sample("\u{1A}E\u{DF}\u{A3}\u{1}\0\0\0", .media),
        Sample("\0\0\0\u{18}ftypcrx \0\0\0\u{1}crx isom", .picture),
        Sample(String(repeating: "\0", count: 5000), .zeros),
        Sample("SQLite format 3\0", .database),
        Sample(
            "\u{D0}\u{D5}\u{BE}\u{DD} \u{B7}\u{A2}\u{C6}\u{B1}\n\u{BA}\u{CF}\u{BC}\u{C6} 35.00",
            .text
        ),
        Sample("T\0o\0t\0a\0l\0 \03\0,\05\00\0\n\0", .text),
        Sample("{\\rtf1\\ansi Hello}", .richText),
        Sample("%!PS-Adobe-3.0\n%%Title: x\n", .postScript),
    ]

    @Test(arguments: foreign)
    func `what is not read is unknown, and its owner is told what it seems to be`(
        sample: Sample<ForeignContent>
    ) {
        #expect(sniff(sample.bytes) == .unknown)
        #expect(ForeignContent.sniff(sample.bytes) == sample.expected)
    }

    @Test(arguments: [
        "a", "\n", "{\"a\": 1}", "<html><body>Hi</body></html>", "date,total\n2025-01-01,3\n",
        "# Notes\n\nZürich, 收據\n", "BM is how a bitmap begins", "P1 is a priority",
        "P5 2 apples and 3 pears",
        "II* and MM are marks", "GIF files", "RIFF raff", "\u{FEFF}with a mark",
        "Page 1\u{0C}Page 2",
        "A PDF begins with %PDF-1.4, says the standard.", "ftyp is a box", "\u{1B}[1mbold\u{1B}[0m",
    ])
    func `text is text, whatever it speaks of`(text: String) {
        #expect(sniff(text) == .text)
    }

    @Test func `text in other encodings is text as far as it can be told`() {
        let latin1 =
            Array("Gru".utf8) + [0xDF] + Array(" aus M".utf8) + [0xFC] + Array("nchen, 3 ".utf8) + [
                0x80
            ]
        #expect(sniff(latin1) == .text)
        let wide = "Zürich 3,50 €".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(sniff([0xFF, 0xFE] + wide) == .text)
        let big = "Zürich 🧾".utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        #expect(sniff([0xFE, 0xFF] + big) == .text)
        #expect(sniff([0xFF, 0xFE, 0, 0, 0, 0]) == .unknown)
    }

    @Test func `a character cut by the end of what was looked at does not make text binary`() {
        for shift in 0..<4 {
            let text =
                String(repeating: "x", count: shift) + String(repeating: "漢字🧾", count: 10_000)
            #expect(sniff(text) == .text)
        }
    }

    @Test func `bytes without order are not text`() {
        var random = SeededGenerator(seed: 7)
        for length in [16, 100, 5000] {
            let noise = (0..<length).map { _ in UInt8.random(in: 1...255, using: &random) }
            #expect(sniff(noise) == .unknown)
        }
    }

    @Test func `a PDF is found behind what readers pass over, and without its header`() {
        let object = "1 0 obj\n<< /Length 3 >>\nstream\n\u{1}\u{2}\u{3}\nendstream\nendobj\n"
        let binary: [UInt8] = [0, 0xFF, 0xFE, 0x80, 0]
        #expect(sniff(binary + Array("mail header\r\n%PDF-1.4\n".utf8) + binary) == .pdf)
        #expect(sniff("\n\n%PDF-1.4\n" + object) == .pdf)
        #expect(sniff("%!PS-Adobe-3.0 PDF-1.4\n" + object) == .pdf)
        #expect(sniff(Array("THIS HEADER IS GONE\n".utf8) + binary + Array(object.utf8)) == .pdf)
        let late = [UInt8](repeating: 0x20, count: 1100) + Array("%PDF-1.4 ".utf8)
        #expect(sniff(late) == .text)
    }
}
