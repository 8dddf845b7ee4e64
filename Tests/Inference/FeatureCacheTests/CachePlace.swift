import FeatureCache
import Foundation
import Qwen
import Synchronization
import SystemPackage

/// A folder of its own for a cache, gone with the test.
final class CachePlace {
    let folder: FilePath
    private let notes = Said()

    init() {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "docket-cache-\(UUID().uuidString)").path
        folder = FilePath(path)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder.string) }

    /// Opens the cache as a new process would.
    func open(model: String = "model", limit: Int = CacheLocation.usualByteLimit) -> FeatureCache {
        let notes = notes
        return FeatureCache(CacheLocation(folder: folder, byteLimit: limit), model: model) {
            notes.add($0)
        }
    }

    var care: CacheCare { CacheCare(CacheLocation(folder: folder)) }

    /// All that was said so far.
    var said: [CacheNote] { notes.all }

    /// Files of entries.
    func entryFiles() -> [URL] {
        let entries = URL(fileURLWithPath: folder.appending("entries").string)
        let files = FileManager.default.enumerator(at: entries, includingPropertiesForKeys: nil)
        return (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "features" }
    }
}

private final class Said: Sendable {
    private let notes = Mutex<[CacheNote]>([])
    func add(_ note: CacheNote) { notes.withLock { $0.append(note) } }
    var all: [CacheNote] { notes.withLock(\.self) }
}

extension DrawnReceipt {
    /// As a model sees it, with the digits that were read.
    var seen: SeenPicture { SeenPicture(drawn(), digits: digits) }
}

/// Features that tell whose they are.
func features(_ number: Int, tokens: Int = 4) -> PictureFeatures {
    PictureFeatures(
        grid: PatchGrid(time: 1, rows: 2, columns: 2 * tokens),
        tokenCount: tokens,
        width: 8,
        embeddings: (0..<tokens * 8).map { Float(number) + Float($0) / 8 },
        deepstack: [(0..<tokens * 8).map { Float($0) - Float(number) }]
    )
}
