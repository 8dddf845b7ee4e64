import Foundation
import Imaging
import Testing

/// Pictures of every kind of pixel beside the red, green and blue that the models' own picture reader makes of them.
@Suite struct ReferencePictureTests {
    private struct List: Decodable {
        struct Image: Decodable {
            var name: String
            var file: String
            var width: Int
            var height: Int
            var tensors: [String]
        }

        var images: [Image]
    }

    private struct Entry: Decodable {
        var data_offsets: [Int]
    }

    /// `fixtures/models/goldens`, or the folder that `DOCKET_GOLDENS` names.
    private static let folder: URL = {
        if let named = ProcessInfo.processInfo.environment["DOCKET_GOLDENS"] {
            return URL(fileURLWithPath: named)
        }
        return (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
            url.deletingLastPathComponent()
        }.appendingPathComponent("fixtures/models/goldens")
    }()

    private static func images() throws -> [List.Image] {
        try JSONDecoder()
            .decode(List.self, from: Data(contentsOf: folder.appending(path: "images/images.json")))
            .images.filter { $0.tensors.contains("rgb") }
    }

    private static func rgb(_ name: String) throws -> [UInt8] {
        let file = try Data(contentsOf: folder.appending(path: "images/images.safetensors"))
        let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = try #require(
            try JSONSerialization.jsonObject(with: file[8..<8 + length]) as? [String: Any]
        )
        let entry = try #require(header["\(name).rgb"])
        let range = try JSONDecoder().decode(
            Entry.self,
            from: JSONSerialization.data(withJSONObject: entry)
        ).data_offsets
        return Array(file[8 + length + range[0]..<8 + length + range[1]])
    }

    private static func decode(
        _ file: String,
        _ wideSamples: WideSamples
    ) throws(PictureError) -> (width: Int, height: Int, pixels: [UInt8]) {
        let bytes = (try? Data(contentsOf: folder.appending(path: file))) ?? Data()
        let picture = try PictureFile(bytes: Array(bytes)).decode(wideSamples: wideSamples)
        return (picture.width, picture.height, picture.rgbBytes())
    }

    @Test func `every lossless kind of picture has the reference's red, green and blue`() throws {
        let images = try Self.images().filter { !$0.file.hasSuffix(".jpg") }
        #expect(images.count > 5)
        for image in images {
            // The reference saturates 16-bit grey; what viewers show is kept beside it.
            let samples: WideSamples =
                image.name.hasSuffix("gray16") ? .saturated : .highByte
            let decoded = try Self.decode(image.file, samples)
            #expect(decoded.width == image.width && decoded.height == image.height)
            let expected = try Self.rgb(image.name)
            #expect(decoded.pixels == expected, "\(image.name)")
        }
    }

    @Test func `a JPEG differs by the rounding of its decoder alone`() throws {
        for image in try Self.images() where image.file.hasSuffix(".jpg") {
            let decoded = try Self.decode(image.file, .highByte)
            let expected = try Self.rgb(image.name)
            let worst = zip(decoded.pixels, expected).map { abs(Int($0) - Int($1)) }.max()
            #expect(try #require(worst) <= 2)
        }
    }

    @Test func `some rows are those rows of the whole`() throws {
        let image = try #require(try Self.images().first { $0.name == "palette" })
        let bytes = try Data(contentsOf: Self.folder.appending(path: image.file))
        let picture = try PictureFile(bytes: Array(bytes)).decode()
        let row = picture.width * 3
        let (some, all, none) = (
            picture.rgbBytes(rows: 3..<5), picture.rgbBytes(), picture.rgbBytes(rows: 0..<0)
        )
        #expect(some == Array(all[3 * row..<5 * row]))
        #expect(none.isEmpty)
    }

    @Test(arguments: WideSamples.allCases)
    func `an interlaced picture of 16-bit grey is decoded row by row alike`(
        samples: WideSamples
    ) throws {
        // 8 x 8 without interlacing: the same rows through the same conversion.
        let level: UInt8 =
            switch samples {
            case .nearest: 0x13  // 0x12ff / 257 = 18.9
            case .highByte: 0x12
            case .saturated: 0xff
            }
        for interlaced in [false, true] {
            let file = HandmadePNG.grey16(value: 0x12ff, side: 8, interlaced: interlaced)
            let picture = try PictureFile(bytes: file).decode(wideSamples: samples)
            let (isCutShort, pixels) = (picture.isCutShort, picture.rgbBytes())
            #expect(!isCutShort)
            #expect(pixels == [UInt8](repeating: level, count: 8 * 8 * 3))
        }
    }
}

/// A PNG of one level of 16-bit grey, its data stored without compression.
private enum HandmadePNG {
    static func grey16(value: UInt16, side: Int, interlaced: Bool) -> [UInt8] {
        // Widths and heights of Adam7's passes of an 8 x 8 picture.
        let passes =
            interlaced
            ? [(1, 1), (1, 1), (2, 1), (2, 2), (4, 2), (4, 4), (8, 4)] : [(side, side)]
        var rows: [UInt8] = []
        for (width, height) in passes {
            for _ in 0..<height {
                rows.append(0)
                for _ in 0..<width { rows += [UInt8(value >> 8), UInt8(value & 0xff)] }
            }
        }
        let header = big(side) + big(side) + [16, 0, 0, 0, interlaced ? 1 : 0]
        return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + chunk("IHDR", header)
            + chunk("IDAT", stored(rows)) + chunk("IEND", [])
    }

    private static func big(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(value >> $0 & 0xff) }
    }

    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        let count = bytes.count
        let length = [UInt8(count & 0xff), UInt8(count >> 8)]
        var (a, b) = (1, 0)
        for byte in bytes {
            a = (a + Int(byte)) % 65521
            b = (b + a) % 65521
        }
        return [0x78, 0x01, 0x01] + length + length.map { ~$0 } + bytes + big(b << 16 | a)
    }

    private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + content
        var crc: UInt32 = 0xffff_ffff
        for byte in body {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
        }
        return big(content.count) + body + big(Int(~crc))
    }
}
