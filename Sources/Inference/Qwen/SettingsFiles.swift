internal import SystemPackage
internal import Tensors
internal import Tokenization

/// The small files of a model by their names: in its folder, or in a packed file.
struct SettingsFiles {
    /// The folder, or the packed file.
    let path: FilePath
    /// What a packed file holds.
    private let held: [String: [UInt8]]?

    /// Those that a model in the published layout may have.
    static let names = [
        "config.json", "generation_config.json", "preprocessor_config.json",
        "video_preprocessor_config.json", "tokenizer_config.json", "chat_template.jinja",
        "chat_template.json",
    ]
    /// The tokenizer, the whole of it first.
    static let tokenizer = "tokenizer.json"
    /// The tokenizer in parts, where there is no whole one.
    static let tokenizerParts = ["vocab.json", "merges.txt"]
    /// No vocabulary is longer; Qwen's `tokenizer.json` has 7 to 11 MB.
    private static let longestVocabulary = 256 << 20

    /// Looks into a folder; nothing is read yet.
    init(folder: FilePath) {
        path = folder
        held = nil
    }

    /// Reads what a packed file holds of them; other files in it are left alone.
    ///
    /// - Throws: ``QwenFault/weights(_:)`` where it is damaged, ``QwenFault/fileTooLong(file:byteCount:limit:)``.
    init(_ packed: PackedFile) throws(QwenFault) {
        path = packed.path
        var held: [String: [UInt8]] = [:]
        for name in Self.names + [Self.tokenizer] + Self.tokenizerParts {
            guard let byteCount = packed.byteCount(ofFile: name) else { continue }
            let limit = Self.names.contains(name) ? SettingsBytes.longest : Self.longestVocabulary
            guard byteCount <= limit else {
                throw .fileTooLong(
                    file: packed.path.appending(name),
                    byteCount: byteCount,
                    limit: limit
                )
            }
            do { held[name] = try packed.bytes(ofFile: name) } catch { throw .weights(error) }
        }
        self.held = held
    }

    /// What to call a file in messages.
    func file(_ name: String) -> FilePath { path.appending(name) }

    /// Reads a file of settings.
    ///
    /// - Parameter name: Its name.
    /// - Returns: Its bytes, or nil when there is none.
    /// - Throws: ``QwenFault``.
    func bytes(_ name: String) throws(QwenFault) -> [UInt8]? {
        guard let held else { return try SettingsBytes.read(file(name)) }
        return held[name]
    }

    /// Makes the tokenizer.
    ///
    /// - Throws: ``TokenizerFault``.
    func makeTokenizer() throws(TokenizerFault) -> Tokenizer {
        guard let held else { return try Tokenizer(directory: path) }
        return try Tokenizer(files: held, of: path)
    }

    /// All files that a packed file takes over, as they are: of the tokenizer only what is used.
    ///
    /// - Throws: ``QwenFault``.
    func all() throws(QwenFault) -> [(name: String, bytes: [UInt8])] {
        if let held { return held.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
        var files: [(String, [UInt8])] = []
        for name in Self.names {
            if let bytes = try bytes(name) { files.append((name, bytes)) }
        }
        let whole = try SettingsBytes.read(file(Self.tokenizer), limit: Self.longestVocabulary)
        if let whole { return files + [(Self.tokenizer, whole)] }
        for name in Self.tokenizerParts {
            let part = try SettingsBytes.read(file(name), limit: Self.longestVocabulary)
            if let part { files.append((name, part)) }
        }
        return files
    }
}
