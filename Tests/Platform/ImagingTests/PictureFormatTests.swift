import Imaging
import Testing

@Suite struct PictureFormatTests {
    @Test(arguments: [
        ("grey.jpg", PictureFormat.jpeg), ("two-pictures.mpo", .jpeg), ("palette.png", .png),
        ("lossy.webp", .webp),
        ("grey-4-bit.tif", .tiff), ("grey-16-bit.tif", .tiff), ("big.tif", .tiff),
        ("animated.gif", .gif),
        ("card.heic", .heic), ("card.avif", .heic), ("card.jp2", .jpeg2000),
    ])
    func `the first bytes tell the format`(name: String, format: PictureFormat) throws {
        #expect(try PictureFormat.sniff(Fixture.bytes(name)) == format)
        #expect(try Fixture.file(name).format == format)
    }

    @Test(arguments: [
        "BMW is a maker of cars, and this is text.", "P1 is the first of the points.", "P5", "",
        "II", "RIFF????WAVE",
        "%PDF-1.4", "<svg xmlns=''>", "\u{0}\u{0}\u{0}\u{18}ftypmp42\u{0}\u{0}\u{0}\u{0}isommp42",
    ])
    func `what only resembles a picture is none`(text: String) {
        #expect(PictureFormat.sniff(Array(text.utf8)) == nil)
    }

    @Test func `a damaged signature still tells what the file wanted to be`() {
        #expect(PictureFormat.sniff([0x89, 0x50, 0x4e, 0x47, 0x0a, 0x1a, 0x0a, 0]) == .png)
    }
}
