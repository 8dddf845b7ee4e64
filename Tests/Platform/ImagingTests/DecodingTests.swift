import Imaging
import Testing

@Suite struct DecodingTests {
    @Test(arguments: ["jpg", "png", "webp", "tif"], 1...8)
    func `every orientation is turned upright`(ending: String, orientation: Int) throws {
        let file = try Fixture.file("orientation-\(orientation).\(ending)")
        #expect(file.orientation(ofPage: 0) == orientation)
        let size = try #require(file.size(ofPage: 0))
        #expect(size == (48, 32))
        Card.expect(try file.decode(), shows: Card.colours, tolerance: ending == "jpg" ? 24 : 0)
    }

    @Test(arguments: [
        ("progressive.jpg", 24), ("cmyk.jpg", 40), ("two-pictures.mpo", 60),
        ("invalid-exif.jpg", 24),
        ("junk-before-marker.jpg", 24), ("palette.png", 0), ("animated.png", 0), ("lossy.webp", 60),
        ("animated.webp", 0), ("animated.gif", 0), ("interlaced.gif", 0), ("big.tif", 0),
        ("cmyk.tif", 0),
        ("palette.tif", 0), ("card.heic", 40), ("turned.heic", 40), ("card.avif", 40),
        ("card.jp2", 0),
    ])
    func `colours are right and nothing is turned`(name: String, tolerance: Int) throws {
        let picture = try Fixture.picture(name)
        Card.expect(picture, shows: Card.colours, tolerance: tolerance)
        #expect(picture.isCutShort == false)
    }

    @Test(arguments: [
        "grey.jpg", "grey-16-bit.png", "interlaced.png", "grey-16-bit.tif", "grey-12-bit.tif",
        "grey-4-bit.tif", "floating-point.tif", "white-is-zero.tif", "loop.tif",
    ])
    func `grey of any depth keeps its levels`(name: String) throws {
        let picture = try Fixture.picture(name)
        Card.expect(picture, shows: Card.greys, tolerance: name == "grey.jpg" ? 8 : 1)
        #expect(picture.bitsPerPixel == 8)
    }

    @Test(arguments: ["two-colours.png", "group3.tif", "packbits.tif", "deflate.tif"])
    func `two colours are black on white, whichever the file calls zero`(name: String) throws {
        Card.expect(try Fixture.picture(name), shows: Card.twoColours)
    }

    @Test(arguments: [
        "black-on-transparent.png", "black-on-transparent-grey.png", "black-on-transparent.webp",
        "black-on-transparent.tif",
    ])
    func `what is transparent is white, so that black letters stay readable`(name: String) throws {
        Card.expect(try Fixture.picture(name), shows: Card.onlyFirstBlack)
    }

    @Test(arguments: ["palette-transparent.png", "transparent.gif"])
    func `a transparent colour of a palette is white`(name: String) throws {
        Card.expect(try Fixture.picture(name), shows: [0xffffff, 0x00ff00, 0x0000ff, 0xffffff])
    }

    @Test func `pages of one file are read each by its own compression`() throws {
        let file = try Fixture.file("three-pages.tif")
        #expect(file.pageCount == 3)
        Card.expect(try file.decode(page: 0), shows: Card.twoColours, "group 4")
        Card.expect(try file.decode(page: 1), shows: Card.colours, "LZW")
        Card.expect(try file.decode(page: 2), shows: Card.colours, tolerance: 60, "JPEG")
        #expect(throws: PictureError.noSuchPage(3, pageCount: 3)) {
            _ = try file.decode(page: 3).width
        }
    }

    @Test func `a thumbnail is no page, and a directory that names itself next is one`() throws {
        let withThumbnail = try Fixture.file("thumbnail.tif")
        #expect(withThumbnail.pageCount == 1)
        Card.expect(try withThumbnail.decode(), shows: Card.greys)
        #expect(try Fixture.file("loop.tif").pageCount == 1)
    }

    @Test func `a fax of low resolution gets square pixels`() throws {
        let file = try Fixture.file("fax.tif")
        #expect(try #require(file.size(ofPage: 0)) == (48, 33))
        let picture = try file.decode()
        Card.expect(picture, shows: Card.twoColours, height: 33)
        #expect(picture.dotsPerInch == 204)
    }

    @Test func `orientation in a HEIC is applied once`() throws {
        let file = try Fixture.file("turned.heic")
        #expect(try #require(file.size(ofPage: 0)) == (48, 32))
    }

    @Test func `a file is read through its descriptor from its beginning`() throws {
        let bytes = try Fixture.bytes("orientation-6.png")
        try withPipe(bytes) { descriptor in
            Card.expect(try PictureFile(reading: descriptor).decode(), shows: Card.colours)
        }
        try withPipe(bytes) { descriptor in
            #expect(throws: PictureError.tooManyBytes(limit: 100)) {
                _ = try PictureFile(reading: descriptor, limits: PictureLimits(bytes: 100))
            }
        }
    }

    @Test func `no bytes and strange bytes are no picture`() {
        #expect(throws: PictureError.unrecognized) { _ = try PictureFile(bytes: []) }
        #expect(throws: PictureError.unrecognized) {
            _ = try PictureFile(bytes: Array("%PDF-1.7".utf8))
        }
    }
}
