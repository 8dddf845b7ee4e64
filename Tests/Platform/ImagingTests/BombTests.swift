import Imaging
import Testing

/// Files that claim more than they hold.
///
/// None may cost memory in proportion to its claim.
@Suite struct BombTests {
    static func little(_ value: Int, bytes: Int) -> [UInt8] {
        HandmadePictureTests.little(value, bytes: bytes)
    }

    /// The IHDR's checksum, so that only the size is wrong.
    static func checksum(_ bytes: [UInt8]) -> [UInt8] {
        var crc: UInt32 = 0xffff_ffff
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
        }
        return little(Int(~crc), bytes: 4).reversed()
    }

    static func replacing(_ bytes: [UInt8], at offset: Int, with new: [UInt8]) -> [UInt8] {
        Array(bytes[..<offset]) + new + bytes[(offset + new.count)...]
    }

    static func jpeg() throws -> [UInt8] {
        let bytes = try Fixture.bytes("grey.jpg")
        let frame = try #require(
            (0..<bytes.count - 1).first { bytes[$0] == 0xff && bytes[$0 + 1] == 0xc0 }
        )
        return replacing(bytes, at: frame + 5, with: [0xff, 0x00, 0xff, 0x00])
    }

    static func png() throws -> [UInt8] {
        let head: [UInt8] =
            Array("IHDR".utf8) + [0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 8, 0, 0, 0, 0]
        return try replacing(
            Fixture.bytes("orientation-1.png"),
            at: 12,
            with: head + checksum(head)
        )
    }

    static func tiff() throws -> [UInt8] {
        // Width, height and rows in the one strip: the first, second and eighth entry of the directory.
        var bytes = try Fixture.bytes("white-is-zero.tif")
        let directory = bytes[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        for entry in [0, 1, 7] {
            bytes = replacing(
                bytes,
                at: directory + 10 + 12 * entry,
                with: little(0x7fff_ffff, bytes: 4)
            )
        }
        return bytes
    }

    /// Why a file is not decoded; nil when it is.
    func refusal(of bytes: [UInt8]) -> PictureError? {
        do throws(PictureError) {
            _ = try PictureFile(bytes: bytes).decode()
            return nil
        } catch {
            return error
        }
    }

    @Test func `a size beyond the limit is refused before memory is taken`() throws {
        let webp: [UInt8] = [
            Array("RIFF".utf8), Self.little(30, bytes: 4), Array("WEBPVP8X".utf8),
            Self.little(10, bytes: 4),
            [0x02, 0, 0, 0], [0xfe, 0xff, 0xff, 0xff, 0, 0], Array("ANIM".utf8),
        ].flatMap(\.self)
        let gif: [UInt8] = [
            0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0,
        ]
        let bombs: [(String, [UInt8])] = try [
            ("JPEG", Self.jpeg()),
            ("PNG", Self.png()),
            ("TIFF", Self.tiff()),
            ("GIF", Array("GIF89a".utf8) + gif),
            (
                "bitmap",
                HandmadePictureTests.bitmap(
                    width: 3_000_000,
                    height: 2_000_000,
                    bits: 24,
                    data: [0]
                )
            ),
            (
                "bitmap upside down",
                HandmadePictureTests.bitmap(width: 70_000, height: -0x8000_0000, bits: 1, data: [0])
            ),
            ("PNM", Array("P6 999999999 999999999 255\n".utf8)),
            ("WebP", webp),
        ]
        for (name, bytes) in bombs {
            let before = peakKilobytes()
            let error = refusal(of: bytes)
            switch error {
            case .tooLarge: break
            case .corrupt where name == "WebP": break  // no frame to measure
            default: Issue.record("\(name): \(String(describing: error))")
            }
            #expect(peakKilobytes() - before < 20_000, "\(name)")
        }
    }

    @Test func `text that unpacks to fifty megabytes is left packed`() throws {
        let before = peakKilobytes()
        #expect(try Fixture.picture("text-bomb.png").width == 1)
        #expect(try Fixture.picture("data-bomb.png").height == 1)
        #expect(peakKilobytes() - before < 20_000)
    }

    @Test func `a progressive JPEG that repeats its last scan without end is refused`() throws {
        let bytes = try Fixture.bytes("progressive.jpg")
        let start = try #require(
            bytes.indices.dropLast().last { bytes[$0] == 0xff && bytes[$0 + 1] == 0xda }
        )
        let scan = bytes[start..<bytes.count - 2]
        let bomb = Array(bytes[..<start]) + (0..<500).flatMap { _ in scan } + [0xff, 0xd9]
        #expect(
            refusal(of: bomb) == .corrupt(.jpeg, cause: "more than 100 progressive scans")
        )
    }

    @Test func `limits are the caller's`() throws {
        let bytes = try Fixture.bytes("three-pages.tif")
        #expect(throws: PictureError.tooManyPages(limit: 2)) {
            _ = try PictureFile(bytes: bytes, limits: PictureLimits(pages: 2))
        }
        #expect(throws: PictureError.tooManyBytes(limit: 99)) {
            _ = try PictureFile(bytes: bytes, limits: PictureLimits(bytes: 99))
        }
        let grey = try Fixture.bytes("grey.jpg")
        #expect(throws: PictureError.tooLarge(width: 48, height: 32, limit: 1535)) {
            _ = try PictureFile(bytes: grey, limits: PictureLimits(pixels: 1535))
        }
        #expect(try PictureFile(bytes: grey, limits: PictureLimits(pixels: 1536)).pageCount == 1)
    }
}
