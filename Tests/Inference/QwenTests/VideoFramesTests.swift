import Qwen
import Testing

@Suite struct VideoFramesTests {
    @Test(arguments: [
        // Two of each second, at least four, at most 768, never more than there are.
        (total: 300, perSecond: 30.0, expected: 20), (50, 25.0, 4), (3, 25.0, 3), (1, 25.0, 1),
        (1_000_000, 30.0, 768), (100, 0.001, 100), (29, 2.0, 29), (101, 23.976, 8),
    ])
    func `as many frames are shown as the reference would`(
        total: Int,
        perSecond: Double,
        expected: Int
    ) {
        let frames = VideoFrames.sampled(total: total, framesPerSecond: perSecond)
        #expect(frames.count == expected)
        #expect(frames.first == 0 && frames.last == total - 1)
        #expect(zip(frames, frames.dropFirst()).allSatisfy(<))
    }

    @Test func `places between frames are rounded to the even one`() {
        // 0, 0.5, 1, 1.5, 2 would double frames: there the distance is above one. 9 / 6 = 1.5.
        #expect(
            VideoFrames.sampled(total: 10, framesPerSecond: 2, sampledPerSecond: 1.4)
                == [0, 2, 3, 4, 6, 8, 9]
        )
    }

    @Test func `an unknown rate counts as 24 frames a second`() {
        #expect(VideoFrames.sampled(total: 240, framesPerSecond: nil).count == 20)
        #expect(VideoFrames.timestamps(frames: [24, 48], framesPerSecond: nil) == [1.5])
    }

    @Test func `a group's time is the middle of its first and last frame`() {
        let times = VideoFrames.timestamps(frames: [0, 1, 2, 3, 4], framesPerSecond: 2)
        #expect(times == [0.25, 1.25, 2])
        #expect(
            times.map(VideoFrames.label) == ["<0.2 seconds>", "<1.2 seconds>", "<2.0 seconds>"]
        )
    }

    @Test func `an odd frame fills its patch twice`() throws {
        let frames = (0..<3).map { number in
            RGBPicture(
                width: 64,
                height: 64,
                pixels: [UInt8](repeating: UInt8(number), count: 64 * 64 * 3)
            )
        }
        let patches = try PicturePreprocessor().patches(forFrames: frames)
        #expect(patches.grid == PatchGrid(time: 2, rows: 4, columns: 4))
        let last = patches.values.suffix(16 * 1536)
        #expect(last.allSatisfy { $0 == (2 - 127.5) / 127.5 })
        let first = patches.values.prefix(1536)
        #expect(first.first == -1 && first.dropFirst(256).first == (1 - 127.5) / 127.5)
    }

    @Test func `one frame alone is shown as a video of two`() throws {
        let frame = RGBPicture(
            width: 64,
            height: 64,
            pixels: [UInt8](repeating: 9, count: 64 * 64 * 3)
        )
        let patches = try PicturePreprocessor().patches(forFrames: [frame])
        #expect(patches.grid == PatchGrid(time: 1, rows: 4, columns: 4))
    }

    @Test func `no frames, and frames of two sizes, are refused`() {
        let preprocessor = PicturePreprocessor()
        #expect(throws: PreprocessingFault.noFrames) { try preprocessor.patches(forFrames: []) }
        let frames = [32, 64].map {
            RGBPicture(
                width: $0,
                height: 32,
                pixels: [UInt8](repeating: 0, count: $0 * 32 * 3)
            )
        }
        #expect(throws: PreprocessingFault.unequalFrames(frame: 1, width: 64, height: 32)) {
            try preprocessor.patches(forFrames: frames)
        }
    }

    @Test func `a video's budget counts the tokens of all its frames`() throws {
        let size = try PicturePreprocessor().targetSize(
            frames: 16,
            width: 1920,
            height: 1080,
            videoTokens: 1000
        )
        let tokens = size.width / 32 * (size.height / 32) * 8
        #expect(tokens <= 1000 && tokens > 600)
    }
}
