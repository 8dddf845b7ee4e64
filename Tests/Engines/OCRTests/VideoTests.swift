import Foundation
import Jobs
import PipelineSpec
import Records
import Testing

@testable import OCR

/// Videos as documents whose pages are frames.
@Suite(
    .enabled(if: Docket.isBuilt, "needs the docket binary beside the tests"),
    .enabled(if: Docket.has("ffmpeg") && Docket.has("ffprobe"), "needs ffmpeg"),
    .serialized
)
struct VideoTests {
    /// Has ffmpeg draw a clip of fixtures' pictures (nil: nothing but grey), each for two seconds.
    private static func withClip<Result>(
        _ pictures: [String?],
        name: String = "clip.mp4",
        format: [String] = ["-pix_fmt", "yuv420p", "-movflags", "faststart"],
        _ body: (URL) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("docket-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent(name)
        let inputs = pictures.flatMap { picture in
            if let picture {
                ["-loop", "1", "-framerate", "5", "-t", "2", "-i", Docket.fixture(picture)]
            } else {
                ["-f", "lavfi", "-i", "color=gray:size=800x600:rate=5:duration=2"]
            }
        }
        let scaled = pictures.indices.map {
            "[\($0):v]scale=800:600:force_original_aspect_ratio=decrease,"
                + "pad=800:600:-1:-1:white,setsar=1,format=yuv420p[v\($0)];"
        }
        let joined = pictures.indices.map { "[v\($0)]" }.joined()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/ffmpeg")
        process.arguments =
            ["-nostdin", "-v", "error", "-y"] + inputs
            + [
                "-filter_complex",
                scaled.joined() + "\(joined)concat=n=\(pictures.count):v=1[v]", "-map", "[v]",
            ] + format + [file.path]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try await body(file)
    }

    private static let pictures = ["labels/product-honey.png", nil, "labels/shelf-oat-drink.png"]

    private static func failure(_ body: () async throws -> Void) async throws -> JobFailure? {
        do {
            try await body()
            return nil
        } catch let failure as JobFailure {
            return failure
        }
    }

    @Test(
        arguments: [
            ("clip.mp4", ["-pix_fmt", "yuv420p"]), ("clip.webm", ["-c:v", "libvpx", "-b:v", "2M"]),
            ("clip.avi", ["-c:v", "mjpeg", "-q:v", "2"]),
            ("clip.ts", ["-c:v", "mpeg2video", "-q:v", "2", "-r", "25"]),
        ]
    )
    func `each frame that is sampled is a page with its words`(
        name: String,
        format: [String]
    ) async throws {
        let engine = try ReadEngine.built()
        let reading = try await Self.withClip(Self.pictures, name: name, format: format) { file in
            try await engine.read(file.path, as: .video)
        }
        await engine.shutdown()
        #expect(reading.result.route == "tesseract")
        #expect(reading.result.pageCount == 3 && reading.result.unreadPages == 0)
        #expect(reading.pages.map(\.number) == [1, 2, 3])
        #expect(reading.pages.allSatisfy { $0.width == 800 && $0.height == 600 })
        let texts = reading.pages.map { $0.text.lowercased() }
        #expect(texts[0].contains("honey"))
        #expect(texts[1].isEmpty)
        #expect(texts[2].contains("haferdrink"))
        // Whether anything is to be seen on a frame is the model's to say.
        #expect(reading.pages.allSatisfy { !$0.isBlank })
    }

    @Test func `frames are taken as often as the step says, and no more than the limit`()
        async throws
    {
        let engine = try ReadEngine.built()
        var limits = Limits.standard
        limits.pages = 2
        try await Self.withClip(Self.pictures) { file in
            let dense = try await engine.read(
                file.path,
                as: .video,
                step: ReadStep(prepare: [], framesEvery: 1500),
                storedPages: [2]
            )
            #expect(dense.outcomes.map(\.number) == [1, 3, 4])
            let cut = try await engine.read(
                file.path,
                as: .video,
                step: ReadStep(prepare: []),
                limits: limits
            )
            #expect(cut.pages.map(\.number) == [1, 2])
            #expect(cut.result.pageCount == 3 && cut.result.unreadPages == 1)
        }
        await engine.shutdown()
    }

    @Test func `a video that is cut off is read as far as it goes, and its end has failed`()
        async throws
    {
        let engine = try ReadEngine.built()
        try await Self.withClip(
            ["labels/product-honey.png", "labels/shelf-oat-drink.png", nil, nil, nil, nil],
            format: ["-pix_fmt", "yuv420p", "-g", "5", "-movflags", "faststart"]
        ) { file in
            let whole = try Data(contentsOf: file)
            try whole.prefix(whole.count * 6 / 10).write(to: file)
            let reading = try await engine.read(file.path, as: .video)
            #expect(reading.pages.first?.text.lowercased().contains("honey") == true)
            #expect(reading.outcomes.count > reading.pages.count)
            for case .failed(_, let failure) in reading.outcomes {
                #expect(failure.reason == .corrupt && failure.detail.contains("partial file"))
            }
        }
        await engine.shutdown()
    }

    @Test func `what is no video, or too large, has its reason`() async throws {
        let engine = try ReadEngine.built()
        try await Self.withClip([nil]) { file in
            var limits = Limits.standard
            limits.pixels = 100_000
            let tooLarge = try await Self.failure {
                _ = try await engine.read(file.path, as: .video, limits: limits)
            }
            #expect(tooLarge?.reason == .tooLarge)
            let noise = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
            let broken: [[UInt8]] = [
                Array(try Data(contentsOf: file).prefix(40)),
                [0, 0, 0, 0x14] + Array("ftypisom".utf8) + noise,
                [0x1A, 0x45, 0xDF, 0xA3] + noise,
                [0, 0, 1, 0xBA] + noise,
            ]
            for bytes in broken {
                try Data(bytes).write(to: file)
                let failure = try await Self.failure {
                    _ = try await engine.read(file.path, as: .video)
                }
                #expect([.corrupt, .unsupported].contains(failure?.reason))
            }
            let sound = file.deletingLastPathComponent().appendingPathComponent("sound.mkv")
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/ffmpeg")
            process.arguments = [
                "-nostdin", "-v", "error", "-f", "lavfi", "-i", "sine=duration=1", sound.path,
            ]
            try process.run()
            process.waitUntilExit()
            try #require(process.terminationStatus == 0)
            let silent = try await Self.failure {
                _ = try await engine.read(sound.path, as: .video)
            }
            #expect(silent?.reason == .unsupported)
        }
        await engine.shutdown()
    }
}
