import Foundation
import Qwen
import SystemPackage
import Testing
import VisionLanguage

/// The docket binary, which is started as `picture-worker` and as `walled`, and the files that it is given.
enum DecoderFixture {
    /// `$DOCKET_BINARY`, else the one built beside the tests; nil where there is none.
    static let binary: String? = {
        let tests =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let beside = (tests as NSString).deletingLastPathComponent + "/docket"
        let named = ProcessInfo.processInfo.environment["DOCKET_BINARY"]
        return [named, beside].compactMap(\.self)
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    static var isBuilt: Bool { binary != nil }

    static func has(_ program: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: "/usr/bin/" + program)
    }

    /// A decoder over the built binary.
    static func decoder(_ limits: PictureDecoder.Limits = .init()) throws -> PictureDecoder {
        PictureDecoder(executable: FilePath(try #require(binary)), limits: limits)
    }

    /// The project's folder.
    static let project = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
        url.deletingLastPathComponent()
    }

    static func fixture(_ name: String) -> FilePath {
        FilePath(project.appendingPathComponent("fixtures/" + name).path)
    }

    static func imagingFixture(_ name: String) -> FilePath {
        let folder = project.appendingPathComponent("Tests/Platform/ImagingTests/Fixtures")
        return FilePath(folder.appendingPathComponent(name).path)
    }

    /// Settings that leave pictures of whole tokens as they are.
    static let unlimited = PicturePreprocessor(
        PictureSettings(fewestPixels: 1, mostPixels: 1 << 30)
    )

    /// Writes a file for one test.
    @discardableResult
    static func withFile<Result>(
        _ bytes: some Sequence<UInt8>,
        named name: String = "picture",
        permissions: Int = 0o600,
        _ body: (FilePath) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("docket-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent(name)
        try Data(bytes).write(to: file)
        try FileManager.default.setAttributes(
            [.posixPermissions: permissions],
            ofItemAtPath: file.path
        )
        return try await body(FilePath(file.path))
    }

    /// A PDF of empty pages of these sizes in points, each with a black square in its upper left corner.
    static func pdf(pages: [(width: Int, height: Int)]) -> [UInt8] {
        var objects = ["<</Type/Catalog/Pages 2 0 R>>"]
        let kids = pages.indices.map { "\(3 + 2 * $0) 0 R" }.joined(separator: " ")
        objects.append("<</Type/Pages/Count \(pages.count)/Kids[\(kids)]>>")
        for (number, page) in pages.enumerated() {
            objects.append(
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 \(page.width) \(page.height)]"
                    + "/Contents \(4 + 2 * number) 0 R>>"
            )
            let content = "0 \(page.height - 100) 100 100 re f"
            objects.append("<</Length \(content.count)>>\nstream\n\(content)\nendstream")
        }
        var text = "%PDF-1.4\n"
        var places: [Int] = []
        for (number, object) in objects.enumerated() {
            places.append(text.utf8.count)
            text += "\(number + 1) 0 obj\n\(object)\nendobj\n"
        }
        let start = text.utf8.count
        text += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for place in places {
            text += String(repeating: "0", count: 10 - "\(place)".count) + "\(place) 00000 n \n"
        }
        text += "trailer\n<</Size \(objects.count + 1)/Root 1 0 R>>\nstartxref\n\(start)\n%%EOF\n"
        return Array(text.utf8)
    }
}
