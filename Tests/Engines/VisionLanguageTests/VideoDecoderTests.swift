import Foundation
import Imaging
import Qwen
import SystemPackage
import Testing

@testable import VisionLanguage

@Suite(.enabled(if: DecoderFixture.isBuilt, "needs the docket binary beside the tests"))
struct VideoDecoderTests {
    private struct Case: Decodable {
        struct Clip: Decodable {
            var fps: Double
        }

        var video: Clip
        var expanded_prompt: String
        var video_grid_thw: [[Int]]
    }

    private struct Entry: Decodable {
        var data_offsets: [Int]
    }

    private static func decoder(_ limits: VideoDecoder.Limits = .init()) throws -> VideoDecoder {
        VideoDecoder(executable: FilePath(try #require(DecoderFixture.binary)), limits: limits)
    }

    private static let preprocessor = PicturePreprocessor()

    // MARK: - A folder of frames

    @Test func `a folder of frames becomes the reference's patches and times`() async throws {
        let fixtures = DecoderFixture.project.appendingPathComponent("fixtures/models")
        let goldens = fixtures.appendingPathComponent("goldens")
        let name = "qwen3-vl-tiny"
        let settings = fixtures.appendingPathComponent(
            "checkpoints/\(name)/video_preprocessor_config.json"
        )
        let preprocessor = PicturePreprocessor(
            videoSettings: try PictureSettings(
                json: Array(Data(contentsOf: settings)),
                defaults: .videos
            )
        )
        let expected = try JSONDecoder().decode(
            Case.self,
            from: Data(contentsOf: goldens.appendingPathComponent("cases/\(name)/video.json"))
        )
        let video = try await Self.decoder().video(
            at: FilePath(goldens.appendingPathComponent("video").path),
            preprocessor: preprocessor,
            sampledPerSecond: expected.video.fps
        )
        let patches = try preprocessor.patches(ofResizedFrames: video.frames)
        let grid = patches.grid
        #expect([[grid.time, grid.rows, grid.columns]] == expected.video_grid_thw)
        // The prompt has each group's time before its first token.
        let labels = expected.expanded_prompt.matches(of: /<[0-9.]+ seconds>/).map { $0.output }
        #expect(video.seconds.map(VideoFrames.label) == labels.map(String.init))

        let arrays = try Data(
            contentsOf: goldens.appendingPathComponent("vision/\(name).safetensors")
        )
        let length = arrays.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = try #require(
            try JSONSerialization.jsonObject(with: arrays[8..<8 + length]) as? [String: Any]
        )
        let range = try JSONDecoder().decode(
            Entry.self,
            from: JSONSerialization.data(
                withJSONObject: try #require(header["video.pixel_values"])
            )
        ).data_offsets
        let values = arrays[8 + length + range[0]..<8 + length + range[1]].withUnsafeBytes {
            bytes in
            (0..<bytes.count / 4).map {
                bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)
            }
        }
        #expect(patches.values == values)
    }

    @Test func `frames come in the order of the numbers in their names`() async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("docket-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["frame10.png", "frame2.png", "frame1.png", ".hidden", "frame002.png"] {
            try Data().write(to: folder.appendingPathComponent(name))
        }
        let files = try #require(try FrameFolder.files(in: FilePath(folder.path)))
        #expect(
            files.compactMap { $0.lastComponent?.string }
                == ["frame1.png", "frame2.png", "frame002.png", "frame10.png"]
        )
    }

    @Test func `frames of two sizes, no frames, and what is no picture are refused`() async throws {
        let decoder = try Self.decoder()
        await #expect(throws: PictureFault.unequalFrames(frame: 2)) {
            try await decoder.frames(
                at: [
                    DecoderFixture.imagingFixture("palette.png"),
                    DecoderFixture.fixture("broken/palette.png"),
                ],
                preprocessor: Self.preprocessor
            )
        }
        await #expect(throws: PictureFault.noFrames) {
            try await decoder.frames(at: [], preprocessor: Self.preprocessor)
        }
        let fault = await #expect(throws: PictureFault.self) {
            try await decoder.frames(
                at: [DecoderFixture.fixture("broken/not-a-picture.jpg")],
                preprocessor: Self.preprocessor
            )
        }
        #expect(fault?.reason == "unsupported")
    }

    // MARK: - Video files

    /// Draws a clip with ffmpeg's own test picture: one second red, the next green, and so on.
    private static func withClip<Result>(
        seconds: Int = 3,
        perSecond: Int = 10,
        ending: String = "mp4",
        format: [String] = ["-pix_fmt", "yuv420p"],
        _ body: (FilePath) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("docket-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // A name that a careless command line would take apart.
        let file = folder.appendingPathComponent("-clip=%03d, file:1.\(ending)")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/ffmpeg")
        let colours = ["red", "lime", "blue"]
        let inputs = (0..<seconds).flatMap { second in
            [
                "-f", "lavfi", "-i",
                "color=\(colours[second % 3]):size=96x64:rate=\(perSecond):duration=1",
            ]
        }
        let joined = (0..<seconds).map { "[\($0):v]" }.joined()
        process.arguments =
            ["-nostdin", "-v", "error", "-y"] + inputs
            + ["-filter_complex", "\(joined)concat=n=\(seconds):v=1[v]", "-map", "[v]"]
            + format + [file.path]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try await body(FilePath(file.path))
    }

    @Test(
        .enabled(if: VideoDecoder.isAvailable, "needs ffmpeg"),
        arguments: ["mp4", "mkv"]
    )
    func `frames are taken evenly from a video file, with their times`(
        ending: String
    ) async throws {
        let video = try await Self.withClip(ending: ending) { path in
            try await Self.decoder().video(at: path, preprocessor: Self.preprocessor)
        }
        // Two of each of three seconds; 29 / 5 apart.
        #expect(video.frameNumbers == [0, 6, 12, 17, 23, 29])
        #expect(video.frames.count == 6)
        #expect(abs(video.framesPerSecond - 10) < 0.01)
        let expected = [0.3, 1.45, 2.6]
        #expect(zip(video.seconds, expected).allSatisfy { abs($0 - $1) < 0.01 })
        // Red, red, green, green, blue, blue.
        for (number, frame) in video.frames.enumerated() {
            let pixel = Array(frame.pixels.prefix(3))
            let brightest = pixel.indices.max { pixel[$0] < pixel[$1] }
            #expect(brightest == number / 2)
        }
        let patches = try Self.preprocessor.patches(ofResizedFrames: video.frames)
        #expect(patches.grid == PatchGrid(time: 3, rows: 4, columns: 6))
    }

    @Test(.enabled(if: VideoDecoder.isAvailable, "needs ffmpeg"))
    func `a video of ten bits a colour is shown like any other`() async throws {
        let format = ["-c:v", "ffv1", "-pix_fmt", "yuv420p10le"]
        let video = try await Self.withClip(ending: "mkv", format: format) { path in
            try await Self.decoder().video(at: path, preprocessor: Self.preprocessor)
        }
        #expect(video.frames.count == 6 && video.warnings.isEmpty)
        #expect(video.frames[0].pixels[0] > 200 && video.frames[0].pixels[1] < 50)
    }

    @Test(
        .enabled(if: VideoDecoder.isAvailable, "needs ffmpeg"),
        arguments: [
            ("kill -SEGV $$", "crashed"), ("kill -XCPU $$", "timeout"),
            ("exit 86", "out-of-memory"),
            ("exit 255", "crashed"), ("exit 0", nil), ("exit 1", nil),
        ]
    )
    func `a decoder that dies after a frame is a fault, one that ends is a short video`(
        end: String,
        reason: String?
    ) async throws {
        // In place of the docket binary: answers as ffprobe and ffmpeg do.
        let script = """
            #!/bin/sh
            case "$*" in
            *ffprobe*) echo '{"streams": [{"width": 2, "height": 2, "nb_frames": "20", "avg_frame_rate": "10/1"}]}' ;;
            *) printf 'P6\\n2 2\\n255\\n............'; \(end) ;;
            esac

            """
        try await DecoderFixture.withFile(script.utf8, named: "decoder", permissions: 0o700) {
            script in
            do {
                let video = try await VideoDecoder(executable: script).video(
                    at: DecoderFixture.imagingFixture("palette.png"),
                    preprocessor: Self.preprocessor
                )
                #expect(reason == nil && video.frames.count == 1 && video.warnings.count == 1)
            } catch let fault as PictureFault {
                #expect(fault.reason == reason)
            }
        }
    }

    @Test func `a frame in a folder that ends early is told`() async throws {
        let video = try await Self.decoder().frames(
            at: [DecoderFixture.fixture("broken/truncated.jpg")],
            preprocessor: Self.preprocessor
        )
        #expect(video.warnings.contains { $0.hasPrefix("frame 1: the file ends early") })
    }

    @Test(.enabled(if: VideoDecoder.isAvailable, "needs ffmpeg"))
    func `a budget, a rate and a limit of length are kept`() async throws {
        try await Self.withClip { path in
            let few = try await Self.decoder().video(
                at: path,
                preprocessor: Self.preprocessor,
                videoTokens: 8,
                sampledPerSecond: 1
            )
            #expect(few.frames.count == 4)
            let grid = try Self.preprocessor.patches(ofResizedFrames: few.frames).grid
            #expect(grid.tokenCount(mergeSize: 2) <= 8)
            await #expect(throws: PictureFault.tooLong(seconds: 3, limit: 2)) {
                try await Self.decoder(.init(seconds: 2)).video(
                    at: path,
                    preprocessor: Self.preprocessor
                )
            }
            let fault = await #expect(throws: PictureFault.self) {
                try await Self.decoder(.init(pixels: 1000)).video(
                    at: path,
                    preprocessor: Self.preprocessor
                )
            }
            #expect(fault?.reason == "too-large")
        }
    }

    @Test(.enabled(if: VideoDecoder.isAvailable, "needs ffmpeg"))
    func `what is no video has its fault`() async throws {
        let decoder = try Self.decoder()
        for (name, reason) in [
            ("broken/not-a-picture.jpg", "unsupported"), ("broken/empty.jpg", "empty"),
            ("no such file", "unreadable"),
        ] {
            let fault = await #expect(throws: PictureFault.self) {
                try await decoder.video(
                    at: DecoderFixture.fixture(name),
                    preprocessor: Self.preprocessor
                )
            }
            #expect(fault?.reason == reason, "\(name): \(String(describing: fault))")
        }
    }

    @Test(.enabled(if: VideoDecoder.isAvailable, "needs ffmpeg"))
    func `a playlist cannot lead ffmpeg to another file`() async throws {
        try await Self.withClip { clip in
            let list = "ffconcat version 1.0\nfile '\(clip.string)'\n"
            try await DecoderFixture.withFile(list.utf8, named: "list.ffconcat") { path in
                await #expect(throws: PictureFault.self) {
                    try await Self.decoder().video(at: path, preprocessor: Self.preprocessor)
                }
            }
        }
    }
}

@Suite struct FrameStreamTests {
    private static func frame(_ width: Int, _ height: Int, _ level: UInt8) -> [UInt8] {
        Array("P6\n\(width) \(height)\n255\n".utf8)
            + [UInt8](repeating: level, count: width * height * 3)
    }

    private static func stream(wanted: Int = 3) -> FrameStream {
        FrameStream(wanted: wanted, pixelLimit: 1000) { (_, _) throws(PictureFault) in (32, 32) }
    }

    @Test(arguments: [1, 2, 7, 1000, 100_000])
    func `frames are cut at the same places, however the output comes`(chunk: Int) {
        let output = (1...3).flatMap { Self.frame(20, 10, UInt8($0)) }
        var stream = Self.stream()
        for start in Swift.stride(from: 0, to: output.count, by: chunk) {
            if !stream.take(Array(output[start..<min(start + chunk, output.count)])) { break }
        }
        #expect(stream.fault == nil)
        #expect(stream.frames.map { $0.pixels[0] } == [1, 2, 3])
        #expect(stream.frames.allSatisfy { $0.width == 32 && $0.height == 32 })
    }

    @Test(arguments: [
        "P5\n2 2\n255\n", "P6\n0 2\n255\n", "P6\n-1 2\n255\n", "P6\n99999999999999999999 2\n255\n",
        "P6\n2 2\n65535\n", "P6\n100 100\n255\n", String(repeating: "P", count: 100),
        "P6\n9223372036854775807 9223372036854775807\n255\n",
    ])
    func `output that is no frame, or one too large, ends it`(output: String) {
        var stream = Self.stream()
        let isMoreWanted = stream.take(Array(output.utf8))
        #expect(!isMoreWanted)
        #expect(stream.fault != nil)
        #expect(stream.frames.isEmpty)
    }

    @Test func `a frame of another size ends it`() {
        var stream = Self.stream()
        let isMoreWanted = stream.take(Self.frame(4, 4, 0) + Self.frame(4, 5, 0))
        #expect(!isMoreWanted)
        #expect(stream.fault == .unequalFrames(frame: 2))
    }
}

@Suite struct VideoFactsTests {
    @Test func `ffprobe's answer is read, and nonsense in it is not believed`() {
        let answer = """
            {"programs": [], "streams": [{"width": 1920, "height": 1080, "nb_frames": "250",
             "avg_frame_rate": "30000/1001", "r_frame_rate": "30/1", "duration": "8.34"}]}
            """
        #expect(
            VideoFacts.parse(Array(answer.utf8))
                == VideoFacts(
                    frameCount: 250,
                    framesPerSecond: 30000.0 / 1001,
                    seconds: 8.34,
                    width: 1920,
                    height: 1080
                )
        )
        let odd = """
            {"streams": [{"width": 16, "height": 16, "nb_frames": "-7", "avg_frame_rate": "0/0",
             "r_frame_rate": "1e300/1", "duration": "N/A"}], "format": {"duration": "nan"}}
            """
        #expect(
            VideoFacts.parse(Array(odd.utf8))
                == VideoFacts(
                    frameCount: nil,
                    framesPerSecond: nil,
                    seconds: nil,
                    width: 16,
                    height: 16
                )
        )
        for none in ["", "{}", #"{"streams": []}"#, #"{"streams": [{"width": 9}]}"#] {
            #expect(VideoFacts.parse(Array(none.utf8)) == nil)
        }
    }
}
