import Qwen
import Testing
import VisionLanguage

@Suite struct BlankPictureTests {
    /// A picture of one shade, with noise and light that falls off.
    private func paper(
        width: Int = 620,
        height: Int = 900,
        shade: Int = 240,
        noise: Int = 0,
        fallOff: Int = 0,
        draw: (Int, Int) -> (Int, Int, Int)? = { _, _ in nil }
    ) -> RGBPicture {
        var state: UInt64 = 1
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * height * 3)
        for y in 0..<height {
            for x in 0..<width {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let jitter = noise == 0 ? 0 : Int(state >> 40) % (2 * noise + 1) - noise
                let grey = shade - fallOff * (x + y) / (width + height) + jitter
                let (red, green, blue) = draw(x, y) ?? (grey, grey, grey)
                pixels.append(UInt8(clamping: red))
                pixels.append(UInt8(clamping: green))
                pixels.append(UInt8(clamping: blue))
            }
        }
        return RGBPicture(width: width, height: height, pixels: pixels)
    }

    /// A failed expectation would print its arguments: millions of numbers.
    private func isBlank(_ picture: @autoclosure () throws -> RGBPicture) rethrows -> Bool {
        BlankPicture.isBlank(try picture())
    }

    @Test func `white, grey and grainy paper are blank`() {
        #expect(isBlank(paper(shade: 255)))
        #expect(isBlank(paper(shade: 200, noise: 12)))
        #expect(isBlank(paper(width: 992, height: 1408, noise: 20, fallOff: 25)))
        #expect(isBlank(paper(width: 5, height: 3)))
    }

    @Test func `a scanner's shadow at the edge and a speck of dust are no ink`() {
        let shadowed = paper { x, _ in x < 8 ? (60, 60, 60) : nil }
        #expect(isBlank(shadowed))
        let dusty = paper { x, y in x == 300 && y < 402 && y >= 400 ? (20, 20, 20) : nil }
        #expect(isBlank(dusty))
    }

    @Test func `a page with a single small number is not blank`() {
        // A4 as a model is shown it, and a figure of 6 points on it: 9 pixels high, strokes of one.
        let page = paper(width: 992, height: 1408) { x, y in
            x == 496 && (1320..<1329).contains(y) || (497..<501).contains(x) && y == 1328
                ? (60, 60, 60) : nil
        }
        #expect(!isBlank(page))
    }

    @Test func `faint print is not blank`() {
        let page = paper { x, y in
            (100..<500).contains(x) && y % 40 < 12 && x % 9 < 3 ? (180, 180, 180) : nil
        }
        #expect(!isBlank(page))
    }

    @Test func `colours are not blank, be they one only`() {
        #expect(!isBlank(paper { _, _ in (200, 30, 30) }))
        #expect(!isBlank(paper { x, y in (x % 256, y % 256, 90) }))
    }

    @Test(arguments: ["exact", "ticket", "bilevel", "gray16", "tiny", "photo", "gray_alpha"])
    func `pictures with something on them are not blank`(name: String) throws {
        #expect(try !isBlank(TinyModel.picture(name)))
    }
}
