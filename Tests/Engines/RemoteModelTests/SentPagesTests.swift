import Answering
import FaultyHub
import Foundation
import Imaging
import Jobs
import PipelineSpec
import SystemPackage
import Testing
import VisionLanguage

@testable import RemoteModel

/// What leaves the machine of a document's pages.
@Suite(.timeLimit(.minutes(2))) struct SentPagesTests {
    /// The docket binary, `$DOCKET_BINARY` or the one built beside the tests; nil where there is none.
    static let binary: String? = {
        let tests =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let beside = (tests as NSString).deletingLastPathComponent + "/docket"
        let named = ProcessInfo.processInfo.environment["DOCKET_BINARY"]
        return [named, beside].compactMap(\.self)
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    private static let fixtures = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
        url.deletingLastPathComponent()
    }.appendingPathComponent("fixtures")

    private static func open(_ name: String) throws -> FileDescriptor {
        try FileDescriptor.open(
            FilePath(fixtures.appendingPathComponent(name).path),
            .readOnly
        )
    }

    private func sent(_ name: String, turnedBy: Int = 0) async throws -> [String] {
        let pages = SentPages(
            decoder: PictureDecoder(executable: FilePath(try #require(Self.binary))),
            imageTokens: 300
        )
        let file = try Self.open(name)
        defer { try? file.close() }
        return try await pages.addresses(of: [
            QuestionPicture(descriptor: file, page: 1, turnedBy: turnedBy, displayPath: name)
        ])
    }

    /// Width, height and red, green, blue of a `data:` address.
    private func pixels(_ address: String) throws -> (width: Int, height: Int, rgb: [UInt8]) {
        let start = "data:image/png;base64,"
        #expect(address.hasPrefix(start))
        let data = try #require(Data(base64Encoded: String(address.dropFirst(start.count))))
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("docket-sent-\(UUID().uuidString).png")
        try data.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let descriptor = try FileDescriptor.open(FilePath(file.path), .readOnly)
        defer { try? descriptor.close() }
        let picture = try PictureFile(reading: descriptor).decode(page: 0)
        return (picture.width, picture.height, picture.rgbBytes())
    }

    @Test(.enabled(if: binary != nil))
    func `a page is sent upright, as large as a model sees it, and as its pixels alone`()
        async throws
    {
        let page = try pixels(try #require(try await sent("receipts/photographed.jpg").first))
        #expect(page.width.isMultiple(of: 32) && page.height.isMultiple(of: 32))
        #expect(page.width * page.height <= 300 * 32 * 32)
        let turned = try pixels(
            try #require(try await sent("receipts/photographed.jpg", turnedBy: 90).first)
        )
        #expect((turned.width < turned.height) != (page.width < page.height))
        #expect(turned.rgb.count == turned.width * turned.height * 3)
    }

    @Test(.enabled(if: binary != nil))
    func `a page of a PDF is drawn here, and nothing of a blank page leaves`() async throws {
        #expect(try await sent("receipts/mail-order.pdf").count == 1)
        #expect(try await sent("receipts/blank.jpg").isEmpty)
        let server = try ModelServer { _, _ in ModelServer.whole("x") }
        let model = try await server.model(executable: try #require(Self.binary))
        let file = try Self.open("receipts/blank.jpg")
        defer { try? file.close() }
        var question = ModelServer.question(.text(maxTokens: 5), texts: [])
        question.pictures = [QuestionPicture(descriptor: file, page: 1, displayPath: "blank.jpg")]
        await #expect(throws: NothingShown(pages: [1])) { try await model.answer(question) }
        #expect(server.asked.isEmpty)
    }

    @Test(.enabled(if: binary != nil))
    func `pictures go before texts, and the question last`() async throws {
        let server = try ModelServer { _, _ in ModelServer.whole("x") }
        let model = try await server.model(executable: try #require(Self.binary))
        let file = try Self.open("receipts/cafe.png")
        defer { try? file.close() }
        var question = ModelServer.question(.text(maxTokens: 5))
        question.pictures = [QuestionPicture(descriptor: file, page: 1, displayPath: "cafe.png")]
        _ = try await model.answer(question)
        let parts = try #require(server.asked.first?.messages.last?["content"]?.list)
        #expect(parts.map { $0["type"]?.text } == ["image_url", "text", "text"])
        #expect(parts[2]["text"]?.text == "What is it?")
        #expect(parts[0]["image_url"]?["url"]?.text?.hasPrefix("data:image/png;base64,") == true)
    }

    @Test(.enabled(if: binary != nil))
    func `a page that cannot be decoded fails its job before anything is sent`() async throws {
        let server = try ModelServer { _, _ in ModelServer.whole("x") }
        let model = try await server.model(executable: try #require(Self.binary))
        let file = try FileDescriptor.open(FilePath(#filePath), .readOnly)
        defer { try? file.close() }
        var question = ModelServer.question(.text(maxTokens: 5))
        question.pictures = [QuestionPicture(descriptor: file, page: 1, displayPath: "x.swift")]
        let failure = try await #require(throws: JobFailure.self) {
            try await model.answer(question)
        }
        #expect(failure.reason == .unsupported && server.asked.isEmpty)
    }

    @Test(.enabled(if: binary != nil))
    func `a pipeline's limits hold for the pages that a server is sent`() async throws {
        let server = try ModelServer { _, _ in ModelServer.whole("x") }
        let model = try await server.model(executable: try #require(Self.binary))
        let file = try Self.open("receipts/cafe.png")
        defer { try? file.close() }
        var question = ModelServer.question(.text(maxTokens: 5))
        question.pictures = [QuestionPicture(descriptor: file, page: 1, displayPath: "cafe.png")]
        question.limits = .standard
        question.limits?.pixels = 1000
        let failure = try await #require(throws: JobFailure.self) {
            try await model.answer(question)
        }
        #expect(failure.reason == .tooLarge && server.asked.isEmpty)
        question.limits = .standard
        _ = try await model.answer(question)
    }

    @Test func `pixels come back from a PNG as they went in, grey ones as grey`() throws {
        let colour = (0..<3 * 5 * 7).map { UInt8($0 * 2 % 256) }
        let picture = try Picture(rgb: colour, width: 5, height: 7)
        #expect(picture.rgbBytes() == colour && picture.bitsPerPixel == 32)
        let grey = (0..<35).flatMap { [UInt8](repeating: UInt8($0 * 7), count: 3) }
        let other = try Picture(rgb: grey, width: 5, height: 7)
        #expect(other.rgbBytes() == grey && other.bitsPerPixel == 8)
    }
}
