import Answering
import Foundation
import Generation
import Imaging
import Qwen
import SystemPackage
import Testing

@testable import VisionLanguage

/// Frames of a video shown as a document's pages.
@Suite(
    .enabled(if: DecoderFixture.isBuilt, "needs the docket binary beside the tests"),
    .enabled(if: VideoDecoder.isAvailable, "needs ffmpeg")
)
struct VideoPagesTests {
    @Test(
        arguments: [
            ("", nil),
            (
                "[h264 @ 0x563b84b207c0] error while decoding MB 30 23\n",
                "error while decoding MB 30 23"
            ),
            ("a\n/proc/self/fd/0: Invalid data found\n", "Invalid data found"),
            ("[in#0 @ 0x1] [tls @ 0x2] odd", "odd"), ("[", "["), ("[x]", "[x]"),
        ]
    )
    func `what ffmpeg complains of is told in the same words each time`(
        errors: String,
        told: String?
    ) {
        #expect(VideoProgram.complaint(in: errors) == told)
    }

    @Test func `the end of a list of times tells how long a video is`() {
        #expect(VideoProgram.lastTime(in: Array("80\n6.9,\n6.8\nN/A\n".utf8)) == 80)
        #expect(VideoProgram.lastTime(in: Array("N/A\n-1\n1e300\n".utf8)) == nil)
    }

    @Test func `a page of a video is the frame of its moment`() async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("docket-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("clip.mp4").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/ffmpeg")
        let inputs = ["red", "lime", "blue"].flatMap {
            ["-f", "lavfi", "-i", "color=\($0):size=96x64:rate=10:duration=1"]
        }
        // Something is drawn on each: a frame without anything on it is not shown.
        process.arguments =
            ["-nostdin", "-v", "error", "-y"] + inputs
            + [
                "-filter_complex",
                "concat=n=3:v=1,drawbox=x=50:y=30:w=20:h=20:color=black:t=fill[v]", "-map", "[v]",
                "-pix_fmt", "yuv420p", path,
            ]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)

        let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        defer { try? file.close() }
        let reader = PictureReader(
            decoder: try DecoderFixture.decoder(),
            preprocessor: DecoderFixture.unlimited,
            imageTokens: 64,
            places: Places(1)
        )
        func page(_ number: Int, at moment: Int) -> QuestionPicture {
            QuestionPicture(descriptor: file, page: number, moment: moment, displayPath: path)
        }
        let pages = try await reader.pages(
            of: [page(1, at: 0), page(2, at: 1000), page(3, at: 2000)]
        )
        let brightest = pages.map { page -> Int? in
            guard let pixel = page.picture?.pixels.prefix(3) else { return nil }
            return pixel.indices.max { pixel[$0] < pixel[$1] }
        }
        #expect(brightest == [0, 1, 2])
        #expect(pages.allSatisfy { $0.sourceWidth == 96 && $0.sourceHeight == 64 })
        await #expect(throws: (any Error).self) {
            try await reader.pages(of: [page(9, at: 8000)])
        }
    }
}
