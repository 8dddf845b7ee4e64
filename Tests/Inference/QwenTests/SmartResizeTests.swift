import Qwen
import Testing

@Suite struct SmartResizeTests {
    /// Height and width of a picture, then those that the published settings give it.
    static let published: [(height: Int, width: Int, result: [Int])] = [
        (224, 224, [256, 256]), (16, 16, [256, 256]), (48, 80, [224, 352]),
        (10, 1500, [32, 3136]), (1, 200, [32, 3648]), (240, 240, [256, 256]),
        (272, 272, [256, 256]), (304, 304, [320, 320]), (768, 1024, [768, 1024]),
        (1080, 1920, [1088, 1920]), (1754, 1240, [1760, 1248]), (3508, 2480, [3520, 2496]),
        (5000, 7000, [3456, 4832]), (10_000, 200, [9984, 192]), (33, 4000, [32, 4000]),
    ]

    @Test(arguments: published)
    func `published settings give the reference's sizes, halves rounded to even`(
        height: Int,
        width: Int,
        result: [Int]
    ) throws {
        let size = try PicturePreprocessor().targetSize(width: width, height: height)
        #expect([size.height, size.width] == result)
    }

    @Test func `a picture over 200 times as long as wide is refused with its size`() {
        #expect(throws: PreprocessingFault.tooNarrow(width: 201, height: 1, limit: 200)) {
            try PicturePreprocessor().targetSize(width: 201, height: 1)
        }
    }

    @Test func `a budget of tokens replaces the upper limit only`() throws {
        let size = try PicturePreprocessor().targetSize(
            width: 1240,
            height: 1754,
            imageTokens: 1024
        )
        #expect(size == (width: 832, height: 1216))
        let small = try PicturePreprocessor().targetSize(width: 16, height: 16, imageTokens: 1024)
        #expect(small == (width: 256, height: 256))
    }

    @Test(arguments: [1, 2, 5, 16, 63, 64, 1280, 100_000, Int.max])
    func `a budget below the model's lower limit wins`(tokens: Int) throws {
        for (width, height) in [(16, 16), (640, 480), (4000, 3000)] {
            let size = try PicturePreprocessor().targetSize(
                width: width,
                height: height,
                imageTokens: tokens
            )
            let count = (size.width / 32).multipliedReportingOverflow(by: size.height / 32)
            #expect(count.partialValue <= tokens && count.partialValue >= 1)
        }
    }

    @Test func `all sizes of the reference's table come out, for pictures`() throws {
        let rows = try PictureGoldens.sizes().image
        #expect(!rows.isEmpty)
        for row in rows {
            let size = try? SmartResize.still(
                width: row.width,
                height: row.height,
                side: row.factor,
                fewestPixels: row.min_pixels,
                mostPixels: row.max_pixels
            )
            #expect(size.map { [$0.height, $0.width] } == row.result, "\(row)")
        }
    }

    @Test func `all sizes of the reference's table come out, for videos`() throws {
        let rows = try PictureGoldens.sizes().video
        #expect(!rows.isEmpty)
        for row in rows {
            let size = try? SmartResize.video(
                frames: #require(row.frames),
                width: row.width,
                height: row.height,
                temporalSide: #require(row.temporal_factor),
                side: row.factor,
                fewestPixels: row.min_pixels,
                mostPixels: row.max_pixels
            )
            #expect(size.map { [$0.height, $0.width] } == row.result, "\(row)")
        }
    }
}
