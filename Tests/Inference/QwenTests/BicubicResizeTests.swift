import Testing

@testable import Qwen

@Suite struct BicubicResizeTests {
    static let line: [UInt8] = [0, 10, 20, 30, 40, 50, 60, 70, 80, 255]

    struct Vector: Sendable {
        var precision: Int
        var output: [UInt8]
        var first: [UInt32]
        var weights: [[Int16]]
    }

    /// One line of ten values at other widths, as PyTorch resizes it.
    static let vectors = [
        Vector(
            precision: 15,
            output: [3, 16, 31, 45, 59, 68, 202],
            first: [0, 0, 1],
            weights: [
                [22684, 11794, -1681, -28], [-1239, 14412, 19824, 682, -910],
                [-1555, 5176, 22709, 8127, -1689],
            ]
        ),
        Vector(
            precision: 14,
            output: [0, 3, 11, 17, 23, 29, 36, 42, 48, 54, 61, 67, 68, 75, 186, 255],
            first: [0, 0, 0],
            weights: [[17563, -1179], [9916, 7293, -825], [-450, 16230, 634, -30]]
        ),
        Vector(
            precision: 16,
            output: [8, 32, 53, 140],
            first: [0, 0, 1],
            weights: [
                [23056, 27608, 15903, 1937, -2078, -891],
                [-1903, 1773, 14562, 25280, 21112, 7495, -1048, -1618, -116],
                [-116, -1618, -1048, 7495, 21112, 25280, 14562, 1773, -1903],
            ]
        ),
    ]

    @Test(arguments: vectors)
    func `weights of an axis are the reference's whole numbers`(vector: Vector) {
        let axis = ResamplingAxis(from: Self.line.count, to: vector.output.count)
        #expect(axis.precision == vector.precision)
        #expect(Array(axis.first.prefix(3)) == vector.first)
        for (row, weights) in vector.weights.enumerated() {
            let start = row * axis.stride
            #expect(Array(axis.weights[start..<start + Int(axis.count[row])]) == weights)
        }
    }

    @Test(arguments: vectors)
    func `a line and a column become the reference's bytes`(vector: Vector) {
        let pixels = Self.line.flatMap { [$0, $0, $0] }
        let expected = vector.output.flatMap { [$0, $0, $0] }
        let line = RGBPicture(width: 10, height: 1, pixels: pixels)
        let column = RGBPicture(width: 1, height: 10, pixels: pixels)
        let count = vector.output.count
        #expect(BicubicResize.resized(line, width: count, height: 1).pixels == expected)
        #expect(BicubicResize.resized(column, width: 1, height: count).pixels == expected)
    }

    @Test func `every picture of the reference is resized to the byte`() throws {
        let images = try PictureGoldens.images().images.filter { $0.tensors.contains("rgb") }
        let arrays = try GoldenArrays("images/images.safetensors")
        #expect(!images.isEmpty)
        for image in images {
            let picture = RGBPicture(
                width: image.width,
                height: image.height,
                pixels: try #require(arrays.bytes("\(image.name).rgb"))
            )
            let resized = BicubicResize.resized(
                picture,
                width: image.resized_width,
                height: image.resized_height
            )
            let expected = try #require(arrays.bytes("\(image.name).resized"))
            #expect(resized.pixels == expected, "\(image.name)")
        }
    }

    @Test(arguments: [(50, 40), (33, 150), (77, 40), (50, 150), (77, 9)])
    func `rows given one strip at a time make the same picture`(width: Int, height: Int) {
        let picture = RGBPicture(
            width: 77,
            height: 150,
            pixels: (0..<77 * 150 * 3).map { UInt8($0 * $0 % 251) }
        )
        let resized = BicubicResize.resized(from: (77, 150), width: width, height: height) { rows in
            Array(picture.pixels[rows.lowerBound * 77 * 3..<rows.upperBound * 77 * 3])
        }
        #expect(resized == BicubicResize.resized(picture, width: width, height: height))
    }

    @Test func `a picture of its own size is left alone`() {
        let picture = RGBPicture(width: 2, height: 1, pixels: [1, 2, 3, 250, 251, 252])
        #expect(BicubicResize.resized(picture, width: 2, height: 1) == picture)
    }

    @Test(arguments: [(1, 1), (1, 7), (7, 1), (1000, 3)])
    func `one colour stays that colour at every size`(width: Int, height: Int) {
        func plain(_ count: Int) -> [UInt8] {
            (0..<count * 3).map { [3, 128, 255][$0 % 3] }
        }
        let picture = RGBPicture(width: width, height: height, pixels: plain(width * height))
        for (wide, high) in [(1, 1), (64, 64), (33, 5)] {
            let resized = BicubicResize.resized(picture, width: wide, height: high)
            #expect(resized.pixels.count == wide * high * 3)
            // Whole weights need not add up to one: at most a level is lost or won.
            let worst = zip(resized.pixels, plain(wide * high))
                .map { abs(Int($0) - Int($1)) }.max()
            #expect(worst ?? 0 <= 1)
        }
    }
}
