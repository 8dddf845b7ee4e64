import Imaging
import Testing

/// Files cut off at every byte and with bytes changed: an error or a picture, never a crash.
@Suite struct DamageTests {
    /// SplitMix64, so that a failure can be repeated.
    struct Random: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
            return z ^ z >> 31
        }
    }

    static let limits = PictureLimits(pixels: 1_000_000, pages: 10)

    /// Decodes all pages; what matters is to come back.
    static func survive(_ bytes: [UInt8]) {
        guard let file = try? PictureFile(bytes: bytes, limits: limits) else { return }
        for page in 0..<file.pageCount {
            let size = file.size(ofPage: page)
            guard let picture = try? file.decode(page: page) else { continue }
            #expect(size?.width == picture.width && size?.height == picture.height)
        }
    }

    @Test(arguments: Fixture.small)
    func `a file cut off anywhere does no harm`(name: String) throws {
        let bytes = try Fixture.bytes(name)
        for count in 0..<bytes.count { Self.survive(Array(bytes[..<count])) }
    }

    @Test(arguments: Fixture.small)
    func `changed bytes do no harm`(name: String) throws {
        let bytes = try Fixture.bytes(name)
        var random = Random(state: UInt64(bytes.count))
        for _ in 0..<300 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                damaged[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                    in: .min ... .max,
                    using: &random
                )
            }
            Self.survive(damaged)
        }
    }

    @Test func `a JPEG cut off in its rows keeps those that are there`() throws {
        let bytes = try Fixture.bytes("orientation-1.jpg")
        let picture = try PictureFile(bytes: Array(bytes.dropLast(40))).decode()
        #expect(picture.isCutShort == true)
        #expect(picture.warnings.isEmpty == false)
        #expect(Card.isClose([picture.color(x: 4, y: 4)], [0xff0000], tolerance: 24))
        #expect(picture.color(x: 44, y: 31) == 0xffffff)
    }

    @Test func `a JPEG that lacks only its end mark is whole`() throws {
        for name in ["orientation-1.jpg", "progressive.jpg", "grey.jpg"] {
            let bytes = try Fixture.bytes(name)
            let picture = try PictureFile(bytes: Array(bytes.dropLast(2))).decode()
            #expect(picture.isCutShort == false, "\(name)")
        }
    }

    @Test func `a PNG cut off in its rows keeps those that are there`() throws {
        var random = Random(state: 7)
        let noise = (0..<64 * 64).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let bytes = try Picture(grey: noise, width: 64, height: 64).pngBytes()
        let picture = try PictureFile(bytes: Array(bytes.prefix(bytes.count / 2))).decode()
        #expect(picture.isCutShort == true)
        let grey = try picture.greyBytes()
        #expect(grey.prefix(10 * 64).elementsEqual(noise.prefix(10 * 64)))
        #expect(grey.suffix(10 * 64).allSatisfy { $0 == 255 })
    }

    @Test func `the cause is the decoder's own and fit to print`() throws {
        var bytes = try Fixture.bytes("orientation-1.png")
        bytes[20] ^= 0xff
        #expect(throws: PictureError.corrupt(.png, cause: "IHDR: CRC error")) {
            _ = try PictureFile(bytes: bytes)
        }
    }
}
