import Foundation
import Qwen
import SystemPackage
import Testing

@testable import VisionLanguage

@Suite(.enabled(if: DecoderFixture.isBuilt, "needs the docket binary beside the tests"))
struct PictureDecoderTests {
    private struct Goldens: Decodable {
        struct Limits: Decodable {
            var shortest_edge: Int
            var longest_edge: Int
        }

        struct Image: Decodable {
            var name: String
            var file: String
            var width: Int
            var height: Int
            var resized_width: Int
            var resized_height: Int
        }

        var limits: Limits
        var images: [Image]
    }

    private struct Entry: Decodable {
        var data_offsets: [Int]
    }

    private static func decode(
        _ path: FilePath,
        imageTokens: Int? = nil,
        limits: PictureDecoder.Limits = .init(),
        pages: ClosedRange<Int>? = nil
    ) async throws -> [DecodedPicture] {
        try await DecoderFixture.decoder(limits).pictures(
            at: path,
            preprocessor: DecoderFixture.unlimited,
            imageTokens: imageTokens,
            pages: pages
        )
    }

    // MARK: - Sound files

    @Test func `every lossless file of the reference comes back resized to the byte`() async throws
    {
        let folder = DecoderFixture.project.appendingPathComponent("fixtures/models/goldens")
        let goldens = try JSONDecoder().decode(
            Goldens.self,
            from: Data(contentsOf: folder.appendingPathComponent("images/images.json"))
        )
        let arrays = try Data(
            contentsOf: folder.appendingPathComponent("images/images.safetensors")
        )
        let length = arrays.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = try #require(
            try JSONSerialization.jsonObject(with: arrays[8..<8 + length]) as? [String: Any]
        )
        let preprocessor = PicturePreprocessor(
            PictureSettings(
                fewestPixels: goldens.limits.shortest_edge,
                mostPixels: goldens.limits.longest_edge
            )
        )
        // The reference saturates 16-bit grey; here it is decoded as a viewer shows it.
        let images = goldens.images.filter {
            !$0.file.hasSuffix(".jpg") && !$0.name.hasSuffix("gray16")
        }
        #expect(images.count > 5)
        for image in images {
            let path = FilePath(folder.appendingPathComponent(image.file).path)
            let decoded = try await DecoderFixture.decoder().pictures(
                at: path,
                preprocessor: preprocessor,
                imageTokens: nil
            )
            let first = try #require(decoded.first)
            #expect(decoded.count == 1 && first.page == 1 && first.pageCount == 1)
            #expect(first.sourceWidth == image.width && first.sourceHeight == image.height)
            #expect(!first.isCutShort)
            let entry = try JSONDecoder().decode(
                Entry.self,
                from: JSONSerialization.data(
                    withJSONObject: try #require(header["\(image.name).resized"])
                )
            )
            let range = entry.data_offsets.map { 8 + length + $0 }
            let expected = RGBPicture(
                width: image.resized_width,
                height: image.resized_height,
                pixels: Array(arrays[range[0]..<range[1]])
            )
            #expect(first.picture == expected, "\(image.name)")
        }
    }

    @Test(arguments: ["jpg", "png", "tif", "webp"])
    func `a picture is shown upright, whatever way it was stored`(ending: String) async throws {
        var pictures: [RGBPicture] = []
        for orientation in [1, 3, 6, 8] {
            let path = DecoderFixture.imagingFixture("orientation-\(orientation).\(ending)")
            let decoded = try await Self.decode(path)
            pictures.append(try #require(decoded.first).picture)
        }
        for other in pictures.dropFirst() {
            #expect(other.width == pictures[0].width && other.height == pictures[0].height)
            let far = zip(other.pixels, pictures[0].pixels).count { abs(Int($0) - Int($1)) > 40 }
            #expect(far * 20 < other.pixels.count)
        }
    }

    @Test func `a budget of tokens is kept`() async throws {
        let path = DecoderFixture.fixture("broken/progressive.jpg")
        for tokens in [4, 50, 300] {
            let decoded = try await Self.decode(path, imageTokens: tokens)
            let picture = try #require(decoded.first).picture
            let patches = try DecoderFixture.unlimited.patches(ofResized: picture)
            #expect(patches.grid.tokenCount(mergeSize: 2) <= tokens)
        }
    }

    @Test func `each page of a file is a picture, and some can be chosen`() async throws {
        let path = DecoderFixture.imagingFixture("three-pages.tif")
        let all = try await Self.decode(path)
        #expect(all.map(\.page) == [1, 2, 3] && all.allSatisfy { $0.pageCount == 3 })
        let second = try await Self.decode(path, pages: 2...2)
        #expect(second.map(\.page) == [2])
        #expect(second[0].picture == all[1].picture)
    }

    @Test func `what comes out of a pipe is a picture too`() async throws {
        let path = DecoderFixture.imagingFixture("palette.png")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path.string))
        let ends = try FileDescriptor.pipe()
        try ends.writeEnd.writeAll(bytes)  // smaller than a pipe's buffer
        try ends.writeEnd.close()
        defer { try? ends.readEnd.close() }
        let piped = try await DecoderFixture.decoder().pictures(
            in: ends.readEnd,
            preprocessor: DecoderFixture.unlimited,
            imageTokens: nil
        )
        let direct = try await Self.decode(path)
        #expect(piped.map(\.picture) == direct.map(\.picture))
    }

    // MARK: - PDF

    @Test(.enabled(if: DecoderFixture.has("pdftoppm"), "needs poppler-utils"))
    func `pages of a PDF are drawn at the size that suits the budget`() async throws {
        let pdf = DecoderFixture.pdf(pages: [(595, 842), (842, 595)])
        try await DecoderFixture.withFile(pdf) { path in
            let pages = try await Self.decode(path, imageTokens: 300)
            #expect(pages.map(\.page) == [1, 2])
            for page in pages {
                let tokens = page.picture.width / 32 * (page.picture.height / 32)
                #expect(tokens <= 300 && tokens > 250)
                // Black in the upper left corner, white in the lower right one.
                #expect(page.picture.pixels[0] < 10)
                #expect(page.picture.pixels.last == 255)
            }
            #expect(pages[0].picture.width < pages[0].picture.height)
            #expect(pages[1].picture.width > pages[1].picture.height)
            #expect(pages[0].sourceWidth == 2479 && pages[0].sourceHeight == 3508)
        }
    }

    @Test(.enabled(if: DecoderFixture.has("pdftoppm"), "needs poppler-utils"))
    func `a line of print makes a page no blank one, however few tokens it becomes`() async throws {
        let path = DecoderFixture.fixture("letters/letter.pdf")
        for tokens in [4, 1280] {
            let pages = try await Self.decode(path, imageTokens: tokens)
            #expect(pages.map(\.isBlank) == [false, false])
        }
        let white = Array("P5 200 300 255\n".utf8) + [UInt8](repeating: 250, count: 60_000)
        try await DecoderFixture.withFile(white) { path in
            let blank = try await Self.decode(path)
            #expect(blank.map(\.isBlank) == [true])
        }
    }

    @Test(.enabled(if: DecoderFixture.has("pdftoppm"), "needs poppler-utils"))
    func `a PDF that is locked, cut or too long is refused with its fault`() async throws {
        await #expect(throws: PictureFault.encrypted) {
            try await Self.decode(DecoderFixture.fixture("broken/locked.pdf"))
        }
        let cut = await #expect(throws: PictureFault.self) {
            try await Self.decode(DecoderFixture.fixture("broken/cut.pdf"))
        }
        #expect(cut?.reason == "corrupt")
        let long = DecoderFixture.pdf(pages: Array(repeating: (100, 100), count: 9))
        try await DecoderFixture.withFile(long) { path in
            var limits = PictureDecoder.Limits()
            limits.pages = 4
            await #expect(throws: PictureFault.tooManyPages(9, limit: 4)) {
                try await Self.decode(path, imageTokens: 4, limits: limits)
            }
            let some = try await Self.decode(path, imageTokens: 4, limits: limits, pages: 6...9)
            #expect(some.map(\.page) == [6, 7, 8, 9])
            await #expect(throws: PictureFault.noSuchPage(10, pageCount: 9)) {
                try await Self.decode(path, limits: limits, pages: 8...10)
            }
        }
    }

    // MARK: - Files that are not sound

    @Test func `a file that ends early is decoded as far as it goes, and said to be`() async throws
    {
        let decoded = try await Self.decode(DecoderFixture.fixture("broken/truncated.jpg"))
        #expect(try #require(decoded.first).isCutShort)
    }

    @Test(arguments: [
        ("broken/not-a-picture.jpg", "unsupported"), ("broken/bomb.png", "too-large"),
        ("broken/bomb.gif", "too-large"), ("broken/bomb.tif", "too-large"),
        ("broken/empty.jpg", "empty"), ("broken/header-only.jpg", "corrupt"),
        ("no such file", "unreadable"), ("broken", "unreadable"),
    ])
    func `a file that cannot be decoded has its reason`(name: String, reason: String) async throws {
        let fault = await #expect(throws: PictureFault.self) {
            try await Self.decode(DecoderFixture.fixture(name))
        }
        #expect(fault?.reason == reason, "\(String(describing: fault))")
    }

    @Test func `limits of bytes and pixels are the caller's`() async throws {
        let path = DecoderFixture.imagingFixture("palette.png")
        var limits = PictureDecoder.Limits()
        limits.pixels = 100
        let fault = await #expect(throws: PictureFault.self) {
            try await Self.decode(path, limits: limits)
        }
        #expect(fault?.reason == "too-large")
        limits = PictureDecoder.Limits()
        limits.bytes = 20
        await #expect(throws: PictureFault.tooManyBytes(limit: 20)) {
            try await Self.decode(path, limits: limits)
        }
    }

    @Test func `a picture over 200 times as long as wide is refused before it is decoded`()
        async throws
    {
        let bitmap = Array("P5 1 201 255\n".utf8) + [UInt8](repeating: 0, count: 201)
        try await DecoderFixture.withFile(bitmap) { path in
            await #expect(throws: PictureFault.tooNarrow(width: 1, height: 201, limit: 200)) {
                try await Self.decode(path)
            }
        }
    }

    // MARK: - A decoder that is not sound

    @Test(arguments: [
        // Hangs; ends at once; dies; says what makes no sense; promises pages without end.
        ("sleep 60", "timeout"), ("exit 3", "crashed"), ("kill -SEGV $$", "crashed"),
        (#"printf '\004\000\000\000\000\000\000\000oops' >&3; sleep 60"#, "crashed"),
        (#"head -c 64 /dev/zero | tr '\000' '\377' >&3; sleep 60"#, "crashed"),
    ])
    func `a decoder that hangs, ends or lies is a fault and is gone`(
        script: String,
        reason: String
    ) async throws {
        try await DecoderFixture.withFile(
            "#!/bin/sh\n\(script)\n".utf8,
            named: "decoder",
            permissions: 0o700
        ) { script in
            var limits = PictureDecoder.Limits()
            // The others are to end by themselves, however slowly a shell starts.
            limits.time = .seconds(reason == "timeout" ? 2 : 20)
            let start = ContinuousClock.now
            let fault = await #expect(throws: PictureFault.self) {
                try await PictureDecoder(executable: script, limits: limits).pictures(
                    at: DecoderFixture.imagingFixture("palette.png"),
                    preprocessor: DecoderFixture.unlimited,
                    imageTokens: nil
                )
            }
            #expect(fault?.reason == reason, "\(String(describing: fault))")
            #expect(ContinuousClock.now - start < .seconds(30))
        }
    }

    @Test func `behind its walls a decoder opens nothing and reaches nobody`() async throws {
        let executable = FilePath(try #require(DecoderFixture.binary))
        try await DecoderFixture.withFile("secret".utf8) { path in
            let process = try await PictureProcess(executable: executable, limits: .init())
            defer { process.end() }
            let refusals = try await process.probe(path.string)
            #expect(refusals.count == 3)
            #expect(refusals.allSatisfy { $0 != 0 })
        }
    }

    @Test func `a task that is cancelled does not wait for its picture`() async throws {
        try await DecoderFixture.withFile(
            "#!/bin/sh\nsleep 60\n".utf8,
            named: "decoder",
            permissions: 0o700
        ) { script in
            let task = Task {
                try await PictureDecoder(executable: script).pictures(
                    at: DecoderFixture.imagingFixture("palette.png"),
                    preprocessor: DecoderFixture.unlimited,
                    imageTokens: nil
                )
            }
            try await Task.sleep(for: .milliseconds(300))
            task.cancel()
            let result = await task.result
            #expect(throws: PictureFault.cancelled) { try result.get() }
        }
    }
}
