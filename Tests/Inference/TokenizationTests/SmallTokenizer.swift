import Foundation
import SystemPackage
import Testing

@testable import Tokenization

/// The tokenizer of `fixtures/tokenizer`, which Tests/Support/tokenizer/make_fixture.py made.
enum SmallTokenizer {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "fixtures/tokenizer")

    /// How its files can be read.
    enum Form: CaseIterable {
        case wholeFile, vocabularyAndMerges, lists
    }

    static func load(_ form: Form = .wholeFile) throws -> Tokenizer {
        switch form {
        case .wholeFile: return try Tokenizer(directory: FilePath(folder.path))
        case .vocabularyAndMerges:
            let files = ["vocab.json", "merges.txt", "tokenizer_config.json"]
            return try withFolder(copying: files) { try Tokenizer(directory: $0) }
        case .lists:
            return try loadLists()
        }
    }

    /// As a GGUF file would hold it, with two rows that have no token.
    private static func loadLists() throws -> Tokenizer {
        let whole = try json("tokenizer.json")
        let model = try #require(whole["model"] as? [String: Any])
        let vocabulary = try #require(model["vocab"] as? [String: Int])
        let merges = try #require(model["merges"] as? [[String]])
        let added = try #require(whole["added_tokens"] as? [[String: Any]])
        let base = vocabulary.sorted { $0.value < $1.value }.map(\.key)
        let texts = added.compactMap { $0["content"] as? String }
        let types = added.map { $0["special"] as? Bool == true ? 3 : 4 }
        let first = base.count + texts.count
        return try Tokenizer(
            gguf: "small.gguf",
            model: "gpt2",
            preTokenizer: "qwen2",
            tokens: base + texts + ["[PAD\(first)]", "[PAD\(first + 1)]"],
            types: base.map { _ in 1 } + types + [4, 5],
            merges: merges.map { $0.joined(separator: " ") },
            endTokens: [base.count]
        )
    }

    static func text(_ file: String) throws -> String {
        try String(contentsOf: folder.appending(path: file), encoding: .utf8)
    }

    static func json(_ file: String) throws -> [String: Any] {
        let data = try Data(contentsOf: folder.appending(path: file))
        return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    /// A folder with copies of some of its files, removed afterwards.
    static func withFolder<Result>(
        copying files: [String],
        _ body: (FilePath) throws -> Result
    ) throws -> Result {
        let place = FileManager.default.temporaryDirectory
            .appending(path: "tokenizer-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        for file in files {
            try FileManager.default.copyItem(
                at: folder.appending(path: file),
                to: place.appending(path: file)
            )
        }
        return try body(FilePath(place.path))
    }

    /// Loads `tokenizer.json` with one text in it replaced by another.
    static func load(replacing old: String, with new: String) throws -> Tokenizer {
        let whole = try text("tokenizer.json")
        try #require(whole.contains(old))
        let file = Array(whole.replacing(old, with: new, maxReplacements: 1).utf8)
        return try Tokenizer(TokenizerJSON.parts(file, file: "tokenizer.json"))
    }
}

/// A text or a list of ids, and what the reference makes of it.
struct ReferenceCase: Decodable {
    var text: String?
    var ids: [TokenID]
    var decoded: String?
    var skipped: String?

    /// Reads a file of one object a line.
    static func read(_ file: URL) throws -> [ReferenceCase] {
        try Data(contentsOf: file).split(separator: 0x0A)
            .map { try JSONDecoder().decode(ReferenceCase.self, from: $0) }
    }

    /// What a tokenizer makes of it differently; nothing when all is as it should be.
    func difference(_ tokenizer: Tokenizer) -> String? {
        if let text {
            let found = tokenizer.encode(text, matchingAddedTokens: true)
            if found != ids { return "\(text.debugDescription) is \(found), not \(ids)" }
        }
        for (expected, skipping) in [(decoded, false), (skipped, true)] {
            guard let expected else { continue }
            var stream = StreamingDecoder(tokenizer, skippingSpecial: skipping)
            let streamed = ids.map { stream.append($0) }.joined() + stream.finish()
            let whole = tokenizer.decode(ids, skippingSpecial: skipping)
            for found in [whole, streamed] where !found.utf8.elementsEqual(expected.utf8) {
                return "\(ids) is \(found.debugDescription), not \(expected.debugDescription)"
            }
        }
        return nil
    }
}
