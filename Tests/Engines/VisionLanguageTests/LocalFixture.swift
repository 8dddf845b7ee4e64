import Answering
import Foundation
import Jobs
import Synchronization
import SystemPackage
import Tensors
import VisionLanguage

/// Tiny checkpoints that answer jobs.
enum LocalFixture {
    static func settings(
        _ name: String = "qwen3-vl-tiny",
        width: Int? = nil
    ) -> LocalModel.Settings {
        var settings = LocalModel.Settings(
            name: name,
            files: .checkpoint(
                FilePath(TinyModel.folder.appending(path: "checkpoints/\(name)").path)
            ),
            compute: Compute(pool: ThreadPool(threads: 1), precision: .float32)
        )
        settings.width = width
        settings.availableMemory = { nil }
        if let binary = DecoderFixture.binary { settings.executable = FilePath(binary) }
        return settings
    }

    /// Lends a copy of a checkpoint that may be changed.
    static func withCopy<Result>(
        of name: String,
        _ body: (FilePath) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "docket-model-\(UUID().uuidString)")
        try FileManager.default.copyItem(
            at: TinyModel.folder.appending(path: "checkpoints/\(name)"),
            to: folder
        )
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(FilePath(folder.path))
    }
}

/// A reading that a test changes.
final class Reading: Sendable {
    private let content: Mutex<Int?>
    init(_ bytes: Int?) { content = Mutex(bytes) }
    var bytes: Int? {
        get { content.withLock { $0 } }
        set { content.withLock { $0 = newValue } }
    }
}

/// Files that are open as long as the test wants.
final class OpenFiles: Sendable {
    private let open = Mutex<[FileDescriptor]>([])
    deinit { for file in open.withLock({ $0 }) { try? file.close() } }

    func picture(
        _ path: String,
        page: Int = 1,
        turnedBy: Int = 0,
        digits: String? = nil
    ) throws -> QuestionPicture {
        let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        open.withLock { $0.append(file) }
        return QuestionPicture(
            descriptor: file,
            page: page,
            turnedBy: turnedBy,
            digits: digits,
            displayPath: path
        )
    }

    func image(_ name: String, digits: String? = nil) throws -> QuestionPicture {
        try picture(TinyModel.folder.appending(path: "goldens/images/" + name).path, digits: digits)
    }
}
