import Foundation
import Jobs
import OCR
import PipelineSpec

/// A PDF of one page, written by hand: what a text layer says can differ from what is printed.
struct DrawnPDF {
    /// Lines printed from the top, in Helvetica.
    var lines: [String] = []
    /// Where the first line stands, in points from the lower left corner of a page of A4.
    var x = 72
    var y = 760
    /// Points of the letters.
    var size = 12
    /// Text that nobody sees, as a scanner's own recognition writes it over its picture.
    var isInvisible = false
    /// What a character's code is said to mean; nil for what it is.
    var meaning: ((UInt16) -> UInt16)?
    /// Degrees by which a viewer turns the page.
    var rotation = 0
    /// A JPEG over the whole page, with its size in pixels.
    var picture: (jpeg: Data, width: Int, height: Int)?

    /// The file's bytes.
    var data: Data {
        var objects: [Data] = []
        let text = content
        let map = unicodeMap
        let hasPicture = picture != nil
        objects.append(Data("<</Type/Catalog/Pages 2 0 R>>".utf8))
        objects.append(Data("<</Type/Pages/Count 1/Kids[3 0 R]>>".utf8))
        objects.append(
            Data(
                """
                <</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Rotate \(rotation)/Contents 4 0 R\
                /Resources<</Font<</F 5 0 R>>\(hasPicture ? "/XObject<</Im 7 0 R>>" : "")>>>>
                """.utf8
            )
        )
        objects.append(stream("", text))
        let toUnicode = meaning == nil ? "" : "/ToUnicode 6 0 R"
        objects.append(
            Data(
                "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding\(toUnicode)>>"
                    .utf8
            )
        )
        objects.append(stream("", map))
        if let picture {
            objects.append(
                stream(
                    "/Type/XObject/Subtype/Image/Width \(picture.width)/Height \(picture.height)"
                        + "/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode",
                    picture.jpeg
                )
            )
        }
        return file(of: objects)
    }

    private var content: Data {
        var content = Data()
        if picture != nil { content += Data("q 595 0 0 842 0 0 cm /Im Do Q\n".utf8) }
        let mode = isInvisible ? 3 : 0
        content += Data("BT /F \(size) Tf \(mode) Tr \(size + 4) TL \(x) \(y) Td\n".utf8)
        for line in lines {
            let codes = line.data(using: .windowsCP1252) ?? Data()
            content +=
                Data("<".utf8)
                + Data(codes.map { String(format: "%02x", $0) }.joined().utf8)
                + Data("> Tj T*\n".utf8)
        }
        return content + Data("ET".utf8)
    }

    private var unicodeMap: Data {
        let meaning = meaning ?? { $0 }
        var map = """
            /CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def
            1 begincodespacerange <00> <ff> endcodespacerange

            """
        for start in stride(from: 33, to: 256, by: 90) {
            let codes = start..<min(start + 90, 256)
            map += "\(codes.count) beginbfchar\n"
            for code in codes {
                map += String(format: "<%02x> <%04x>\n", code, Int(meaning(UInt16(code))))
            }
            map += "endbfchar\n"
        }
        map += "endcmap CMapName currentdict /CMap defineresource pop end end"
        return Data(map.utf8)
    }

    private func stream(_ dictionary: String, _ bytes: Data) -> Data {
        Data("<<\(dictionary)/Length \(bytes.count)>>stream\n".utf8) + bytes
            + Data("\nendstream".utf8)
    }

    private func file(of objects: [Data]) -> Data {
        var file = Data("%PDF-1.5\n".utf8)
        var offsets: [Int] = []
        for (index, object) in objects.enumerated() {
            offsets.append(file.count)
            file += Data("\(index + 1) 0 obj\n".utf8) + object + Data("\nendobj\n".utf8)
        }
        let start = file.count
        file += Data("xref\n0 \(objects.count + 1)\n0000000000 65535 f \n".utf8)
        for offset in offsets { file += Data(String(format: "%010d 00000 n \n", offset).utf8) }
        file += Data(
            "trailer<</Size \(objects.count + 1)/Root 1 0 R>>\nstartxref\n\(start)\n%%EOF\n".utf8
        )
        return file
    }
}

extension ReadEngine {
    /// Reads a PDF that a test drew.
    func read(_ pdf: DrawnPDF, step: ReadStep = ReadStep()) async throws -> Reading {
        let path = NSTemporaryDirectory() + "docket-\(UUID().uuidString).pdf"
        try pdf.data.write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await read(path, as: .pdf, step: step)
    }
}
