import Imaging
import SystemPackage
import Testing

@Suite struct PreparationTests {
    /// Grey with one black square at a place.
    static func square(x: Int, y: Int, side: Int = 6, width: Int = 100, height: Int = 60) throws
        -> Picture
    {
        var grey = [UInt8](repeating: 255, count: width * height)
        for row in y..<y + side { for column in x..<x + side { grey[row * width + column] = 0 } }
        return try Picture(grey: grey, width: width, height: height)
    }

    /// The middle of what is dark.
    static func centre(of picture: borrowing Picture) throws -> (x: Double, y: Double) {
        var (sumX, sumY, sum) = (0.0, 0.0, 0.0)
        for (index, grey) in try picture.greyBytes().enumerated() {
            let ink = 255 - Double(grey)
            sumX += ink * (Double(index % picture.width) + 0.5)
            sumY += ink * (Double(index / picture.width) + 0.5)
            sum += ink
        }
        return (sumX / sum, sumY / sum)
    }

    static func expectMapped(
        _ picture: borrowing Picture,
        to x: Double,
        _ y: Double,
        within: Double = 0.75,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let found = try centre(of: picture)
        let mapped = picture.placement.point(x: found.x, y: found.y)
        #expect(
            abs(mapped.x - x) < within && abs(mapped.y - y) < within,
            "\(mapped)",
            sourceLocation: sourceLocation
        )
    }

    @Test func `places are mapped back through all steps together`() throws {
        let page = try Self.square(x: 70, y: 12)
        try Self.expectMapped(page.scaled(by: 1.7), to: 73, 15)
        try Self.expectMapped(page.scaled(by: 0.5), to: 73, 15)
        for turns in -1...4 { try Self.expectMapped(page.rotated(quarterTurns: turns), to: 73, 15) }
        try Self.expectMapped(page.rotated(radians: 0.2), to: 73, 15)
        try Self.expectMapped(page.rotated(radians: -0.05), to: 73, 15)
        try Self.expectMapped(page.cropped(left: 50, top: 5, right: 90, bottom: 40), to: 73, 15)
        let all = try page.cropped(left: 40, top: 4, right: 95, bottom: 50).rotated(quarterTurns: 1)
            .rotated(radians: 0.1).scaled(by: 2)
        try Self.expectMapped(all, to: 73, 15)
    }

    @Test func `turned by one quarter, left becomes top`() throws {
        let turned = try Self.square(x: 2, y: 50).rotated(quarterTurns: 1)
        #expect(turned.width == 60 && turned.height == 100)
        #expect(turned.color(x: 6, y: 4) == 0)
    }

    @Test func `a box is mapped to the upright rectangle around it`() throws {
        let turned = try Self.square(x: 2, y: 50).rotated(quarterTurns: 1)
        #expect(turned.placement.box(left: 4, top: 2, right: 10, bottom: 8) == (2, 50, 8, 56))
        #expect(try turned.asPage().placement == .identity)
    }

    @Test func `a faint print becomes black on white`() throws {
        var grey = [UInt8](repeating: 180, count: 100 * 100)
        for i in 0..<1000 { grey[i] = 140 }
        let stretched = try Picture(grey: grey, width: 100, height: 100).toneStretched()
        #expect(stretched.color(x: 5, y: 5) == 0x000000)
        #expect(stretched.color(x: 50, y: 50) >= 0xf0f0f0)
    }

    @Test func `a blank page is not stretched into noise`() throws {
        var grey = [UInt8](repeating: 200, count: 100 * 100)
        for i in 0..<5000 { grey[i * 2] = 195 }
        let stretched = try Picture(grey: grey, width: 100, height: 100).toneStretched()
        #expect(try stretched.greyBytes() == grey)
    }

    @Test func `gamma below one darkens`() throws {
        let picture = try Picture(grey: [UInt8](repeating: 128, count: 100), width: 10, height: 10)
        #expect(try picture.withGamma(0.5).color(x: 3, y: 3) & 0xff < 100)
        #expect(try picture.inverted().color(x: 3, y: 3) == 0x7f7f7f)
    }

    @Test func `a crop outside leaves the picture whole, and one across the edge is cut there`()
        throws
    {
        let page = try Self.square(x: 70, y: 12)
        #expect(try page.cropped(left: 200, top: 0, right: 300, bottom: 10).hasSamePixels(as: page))
        let part = try page.cropped(left: -10, top: 50, right: 30, bottom: 99)
        #expect(part.width == 30 && part.height == 10)
    }

    @Test func `a picture too large for its use is made to fit, a small one is left alone`() throws
    {
        let page = try Self.square(x: 70, y: 12)
        let small = try page.scaled(toFit: 50)
        #expect(small.width == 50 && small.height == 30)
        #expect(try page.scaled(toFit: 100).hasSamePixels(as: page))
    }

    @Test(arguments: ["orientation-1.tif", "grey-4-bit.tif", "group3.tif"])
    func `what is written as PNG reads back the same`(name: String) throws {
        let picture = try Fixture.picture(name)
        for level in [0, 1, 9] {
            let again = try PictureFile(bytes: picture.pngBytes(level: level)).decode()
            #expect(try again.greyBytes() == picture.greyBytes())
            #expect(Card.quarters(of: again) == Card.quarters(of: picture))
        }
        let (reading, writing) = try FileDescriptor.pipe()
        try writing.closeAfter { try picture.writePNG(to: writing) }
        try reading.closeAfter {
            let again = try PictureFile(reading: reading).decode()
            #expect(try again.greyBytes() == picture.greyBytes())
        }
    }
}
