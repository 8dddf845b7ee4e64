import Imaging
import SystemPackage
import Testing

/// The picture that all fixtures show upright: 48 x 32, four quarters.
enum Card {
    static let colours: [UInt32] = [0xff0000, 0x00ff00, 0x0000ff, 0xffffff]
    static let greys: [UInt32] = [0x000000, 0x555555, 0xaaaaaa, 0xffffff]
    static let twoColours: [UInt32] = [0x000000, 0x000000, 0x000000, 0xffffff]
    static let onlyFirstBlack: [UInt32] = [0x000000, 0xffffff, 0xffffff, 0xffffff]

    /// Middle of each quarter: upper left, upper right, lower left, lower right.
    static func quarters(of picture: borrowing Picture) -> [UInt32] {
        let (w, h) = (picture.width, picture.height)
        return [(w / 4, h / 4), (w * 3 / 4, h / 4), (w / 4, h * 3 / 4), (w * 3 / 4, h * 3 / 4)].map
        {
            picture.color(x: $0.0, y: $0.1)
        }
    }

    static func isClose(_ seen: [UInt32], _ wanted: [UInt32], tolerance: Int) -> Bool {
        zip(seen, wanted).allSatisfy { seen, wanted in
            [0, 8, 16].allSatisfy { shift in
                abs(Int(seen >> shift & 0xff) - Int(wanted >> shift & 0xff)) <= tolerance
            }
        }
    }

    /// Records an issue unless the picture shows these four quarters at this size.
    static func expect(
        _ picture: borrowing Picture,
        shows wanted: [UInt32],
        width: Int = 48,
        height: Int = 32,
        tolerance: Int = 0,
        _ name: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(
            picture.width == width && picture.height == height,
            "\(name)",
            sourceLocation: sourceLocation
        )
        let seen = quarters(of: picture)
        #expect(
            isClose(seen, wanted, tolerance: tolerance),
            "\(name): \(seen.map { String($0, radix: 16) })",
            sourceLocation: sourceLocation
        )
    }
}

/// The files that `Fixtures/draw.py` drew.
enum Fixture {
    static let folder = FilePath(#filePath).removingLastComponent().appending("Fixtures")

    static func bytes(_ name: String) throws -> [UInt8] {
        let descriptor = try FileDescriptor.open(folder.appending(name), .readOnly)
        return try descriptor.closeAfter {
            let size = Int(try descriptor.seek(offset: 0, from: .end))
            return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                count = try descriptor.read(
                    fromAbsoluteOffset: 0,
                    into: UnsafeMutableRawBufferPointer(buffer)
                )
            }
        }
    }

    static func file(_ name: String) throws -> PictureFile { try PictureFile(bytes: bytes(name)) }
    static func picture(_ name: String, page: Int = 0) throws -> Picture {
        try file(name).decode(page: page)
    }

    /// One of each way to store a picture, small enough to be damaged at every byte.
    static let small = [
        "orientation-6.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg", "two-pictures.mpo",
        "orientation-5.png", "palette-transparent.png", "grey-16-bit.png", "interlaced.png",
        "animated.png",
        "orientation-7.webp", "lossy.webp", "animated.webp", "black-on-transparent.webp",
        "orientation-8.tif", "three-pages.tif", "big.tif", "cmyk.tif", "fax.tif", "group3.tif",
        "packbits.tif", "deflate.tif", "grey-4-bit.tif", "loop.tif", "thumbnail.tif",
        "animated.gif", "interlaced.gif", "transparent.gif",
        "card.heic", "turned.heic", "card.avif", "card.jp2",
    ]
}
