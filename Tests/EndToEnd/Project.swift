import Foundation
import Testing

/// The project's own files.
enum Project {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let fixtures = root.appending(path: "fixtures")

    static func fixture(_ path: String) -> URL { fixtures.appending(path: path) }

    static func pipeline(_ name: String) -> String {
        root.appending(path: "pipelines/\(name).yaml").path
    }

    /// What was drawn into the fixtures of one folder: one object a file.
    static func truth(_ name: String) throws -> [[String: Any]] {
        let text = try String(contentsOf: fixture("expected/\(name).truth.jsonl"), encoding: .utf8)
        return try text.split(separator: "\n").map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }
}
