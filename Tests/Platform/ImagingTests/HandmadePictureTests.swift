import Imaging
import Testing

/// Bitmaps and Netpbm files written byte by byte: few programs still make the odd ones.
@Suite struct HandmadePictureTests {
    static func little(_ value: Int, bytes: Int = 4) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    /// A bitmap with a header of 40 bytes.
    static func bitmap(
        width: Int,
        height: Int,
        bits: Int,
        compression: Int = 0,
        palette: [UInt32] = [],
        masks: [UInt32] = [],
        data: [UInt8]
    ) -> [UInt8] {
        let tables = masks.flatMap { little(Int($0)) } + palette.flatMap { little(Int($0)) }
        let info: [UInt8] = [
            little(40), little(width), little(height), little(1, bytes: 2), little(bits, bytes: 2),
            little(compression), little(data.count), little(0), little(0), little(palette.count),
            little(0),
        ].flatMap(\.self)
        let start = 14 + info.count + tables.count
        let file = Array("BM".utf8) + little(start + data.count) + little(0) + little(start)
        return file + info + tables + data
    }

    static let palette: [UInt32] = [0xff0000, 0x00ff00, 0x0000ff, 0xffffff]

    /// A header of 12 bytes, and three bytes a colour.
    static let osTwo: [UInt8] = [
        Array("BM".utf8), little(46), little(0), little(38), little(12), little(2, bytes: 2),
        little(2, bytes: 2),
        little(1, bytes: 2), little(8, bytes: 2), [0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255],
        [2, 3, 0, 0, 0, 1, 0, 0],
    ].flatMap(\.self)

    /// 2 x 2, the lower row first unless told otherwise: red, green above blue, white.
    static let bitmaps: [(String, [UInt8])] = [
        (
            "1 bit",
            bitmap(
                width: 2,
                height: 2,
                bits: 1,
                palette: [0xff0000, 0xffffff],
                data: [0xc0, 0, 0, 0, 0, 0, 0, 0]
            )
        ),
        (
            "4 bits",
            bitmap(
                width: 2,
                height: 2,
                bits: 4,
                palette: palette,
                data: [0x23, 0, 0, 0, 0x01, 0, 0, 0]
            )
        ),
        (
            "8 bits",
            bitmap(width: 2, height: 2, bits: 8, palette: palette, data: [2, 3, 0, 0, 0, 1, 0, 0])
        ),
        (
            "upside down",
            bitmap(width: 2, height: -2, bits: 8, palette: palette, data: [0, 1, 0, 0, 2, 3, 0, 0])
        ),
        (
            "15 bits",
            bitmap(width: 2, height: 2, bits: 16, data: [0x1f, 0, 0xff, 0x7f, 0, 0x7c, 0xe0, 0x03])
        ),
        (
            "16 bits by masks",
            bitmap(
                width: 2,
                height: 2,
                bits: 16,
                compression: 3,
                masks: [0xf800, 0x07e0, 0x001f],
                data: [0x1f, 0, 0xff, 0xff, 0, 0xf8, 0xe0, 0x07]
            )
        ),
        (
            "24 bits",
            bitmap(
                width: 2,
                height: 2,
                bits: 24,
                data: [255, 0, 0, 255, 255, 255, 0, 0, 0, 0, 255, 0, 255, 0, 0, 0]
            )
        ),
        (
            "32 bits",
            bitmap(
                width: 2,
                height: 2,
                bits: 32,
                data: [255, 0, 0, 0, 255, 255, 255, 0, 0, 0, 255, 0, 0, 255, 0, 0]
            )
        ),
        (
            "32 bits by masks",
            bitmap(
                width: 2,
                height: 2,
                bits: 32,
                compression: 3,
                masks: [0xff00_0000, 0xff0000, 0xff00],
                data: [0, 255, 0, 0, 0, 255, 255, 255, 0, 0, 0, 255, 0, 0, 255, 0]
            )
        ),
        (
            "runs of 8 bits",
            bitmap(
                width: 2,
                height: 2,
                bits: 8,
                compression: 1,
                palette: palette,
                data: [1, 2, 1, 3, 0, 0, 1, 0, 1, 1, 0, 1]
            )
        ),
        (
            "literal 4 bits",
            bitmap(
                width: 4,
                height: 2,
                bits: 4,
                compression: 2,
                palette: palette,
                data: [0, 4, 0x22, 0x33, 0, 0, 2, 0, 2, 0x11, 0, 1]
            )
        ),
        (
            "OS/2",
            osTwo
        ),
    ]

    @Test(arguments: bitmaps)
    func `bitmaps of every kind are read`(name: String, bytes: [UInt8]) throws {
        let picture = try PictureFile(bytes: bytes).decode()
        let wanted: [UInt32] =
            name == "1 bit" ? [0xff0000, 0xff0000, 0xffffff, 0xffffff] : Card.colours
        let step = picture.width / 2
        let seen = [
            picture.color(x: 0, y: 0), picture.color(x: step, y: 0), picture.color(x: 0, y: 1),
            picture.color(x: step, y: 1),
        ]
        #expect(seen == wanted, "\(name): \(seen.map { String($0, radix: 16) })")
        #expect(picture.isCutShort == false)
    }

    static let netpbm: [(String, [UInt8])] = [
        ("P2", Array("P2 # a remark\n2 2\n# another\n255\n0 85\n170 255\n".utf8)),
        ("P5", Array("P5\n2 2\n255\n".utf8) + [0, 85, 170, 255]),
        ("P5 of 16 bits", Array("P5\n2 2\n65535\n".utf8) + [0, 0, 85, 85, 170, 170, 255, 255]),
        ("P3", Array("P3 2 2 15 0 0 0 5 5 5 10 10 10 15 15 15".utf8)),
        ("P6", Array("P6 2 2 255\n".utf8) + [0, 0, 0, 85, 85, 85, 170, 170, 170, 255, 255, 255]),
        (
            "P7",
            Array("P7\nWIDTH 2\nHEIGHT 2\nDEPTH 1\nMAXVAL 255\nTUPLTYPE GRAYSCALE\nENDHDR\n".utf8)
                + [0, 85, 170, 255]
        ),
        (
            "P7 with alpha",
            Array("P7\nWIDTH 2\nHEIGHT 2\nDEPTH 2\nMAXVAL 255\nENDHDR\n".utf8) + [
                0, 255, 0, 170, 170, 255, 9, 0,
            ]
        ),
    ]

    @Test(arguments: netpbm)
    func `Netpbm pictures in text and binary are read`(name: String, bytes: [UInt8]) throws {
        #expect(try PictureFile(bytes: bytes).decode().greyBytes() == [0, 85, 170, 255], "\(name)")
    }

    @Test(arguments: [
        ("P1", Array("P1\n3 2\n101\n0 1 0".utf8)),
        ("P4", Array("P4\n3 2\n".utf8) + [0b1010_0000, 0b0100_0000]),
    ])
    func `one bit is black where it is set`(name: String, bytes: [UInt8]) throws {
        #expect(
            try PictureFile(bytes: bytes).decode().greyBytes() == [0, 255, 0, 255, 0, 255],
            "\(name)"
        )
    }

    @Test func `rows that are missing are white, and the picture says so`() throws {
        let picture = try PictureFile(bytes: Array("P5\n2 3\n255\n".utf8) + [1, 2, 3]).decode()
        #expect(try picture.greyBytes() == [1, 2, 255, 255, 255, 255])
        #expect(picture.isCutShort == true)
        #expect(picture.warnings == ["the data ends early"])
    }
}
