import Qwen
import Testing

@Suite struct PatchLayoutTests {
    /// Row and column of each patch of a grid of 4 x 6, in the order of the vision tower.
    static let order = [
        (0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (0, 3), (1, 2), (1, 3), (0, 4), (0, 5), (1, 4),
        (1, 5), (2, 0), (2, 1), (3, 0), (3, 1), (2, 2), (2, 3), (3, 2), (3, 3), (2, 4), (2, 5),
        (3, 4), (3, 5),
    ]

    /// A picture of 96 x 64 in which every pixel tells its place: patch in red, row and column in it in green
    /// and blue.
    static let marked: RGBPicture = {
        var pixels: [UInt8] = []
        for y in 0..<64 {
            for x in 0..<96 {
                let patch = y / 16 * 6 + x / 16
                pixels += [UInt8(patch), UInt8(y % 16), UInt8(x % 16)]
            }
        }
        return RGBPicture(width: 96, height: 64, pixels: pixels)
    }()

    @Test func `patches come in squares that become one token`() throws {
        let patches = try PicturePreprocessor().patches(ofResized: Self.marked)
        #expect(patches.grid == PatchGrid(time: 1, rows: 4, columns: 6))
        #expect(patches.patchWidth == 1536)
        #expect(patches.grid.tokenCount(mergeSize: 2) == 6)
        for (number, (row, column)) in Self.order.enumerated() {
            #expect(patches.values[number * 1536] == Self.normal(row * 6 + column))
        }
    }

    @Test func `values of a patch go by channel, frame, row, column`() throws {
        let patches = try PicturePreprocessor().patches(ofResized: Self.marked)
        for time in 0..<2 {
            for (y, x) in [(0, 0), (0, 15), (15, 0), (7, 9)] {
                func value(_ channel: Int) -> Float {
                    let slice = channel * 2 + time
                    return patches.values[1536 + (slice * 16 + y) * 16 + x]
                }
                #expect(value(0) == Self.normal(1))
                #expect(value(1) == Self.normal(y))
                #expect(value(2) == Self.normal(x))
            }
        }
    }

    @Test func `white is 1 and black is -1`() throws {
        for (byte, level) in [(UInt8(255), Float(1)), (0, -1)] {
            let picture = RGBPicture(
                width: 32,
                height: 32,
                pixels: [UInt8](repeating: byte, count: 32 * 32 * 3)
            )
            let patches = try PicturePreprocessor().patches(ofResized: picture)
            #expect(patches.values.allSatisfy { $0 == level })
        }
    }

    @Test func `sides that are no whole tokens are refused`() {
        let picture = RGBPicture(
            width: 48,
            height: 32,
            pixels: [UInt8](repeating: 0, count: 48 * 32 * 3)
        )
        #expect(throws: PreprocessingFault.unevenSides(width: 48, height: 32, multiple: 32)) {
            try PicturePreprocessor().patches(ofResized: picture)
        }
    }

    @Test(arguments: [(1, 1), (1, 150), (5, 3), (200, 1)])
    func `a tiny picture becomes whole tokens`(width: Int, height: Int) throws {
        let picture = RGBPicture(
            width: width,
            height: height,
            pixels: (0..<width * height * 3).map { UInt8($0 % 256) }
        )
        let patches = try PicturePreprocessor().patches(for: picture)
        #expect(patches.values.count == patches.grid.patchCount * 1536)
        #expect(patches.grid.tokenCount(mergeSize: 2) >= 64)
    }

    @Test func `every picture of the reference has the reference's values`() throws {
        let goldens = try PictureGoldens.images()
        let arrays = try GoldenArrays("images/images.safetensors")
        let preprocessor = PicturePreprocessor(
            PictureSettings(
                fewestPixels: goldens.limits.shortest_edge,
                mostPixels: goldens.limits.longest_edge,
                patchSize: goldens.limits.factor / 2
            )
        )
        for image in goldens.images where image.tensors.contains("rgb") {
            let patches = try preprocessor.patches(
                for: RGBPicture(
                    width: image.width,
                    height: image.height,
                    pixels: try #require(arrays.bytes("\(image.name).rgb"))
                )
            )
            let grid = patches.grid
            #expect([grid.time, grid.rows, grid.columns] == image.grid_thw, "\(image.name)")
            #expect([grid.patchCount, patches.patchWidth] == image.pixel_values_shape)
            if image.tensors.contains("pixel_values") {
                let expected = try #require(arrays.floats("\(image.name).pixel_values"))
                #expect(patches.values == expected, "\(image.name)")
            }
            for sample in image.pixel_values_samples {
                #expect(Double(patches.values[Int(sample[0])]) == sample[1], "\(image.name)")
            }
        }
    }

    private static func normal(_ byte: Int) -> Float { (Float(byte) - 127.5) / 127.5 }
}
