internal import Glibc
public import SystemPackage

extension Tokenizer {
    /// Reads the tokenizer of a model directory.
    ///
    /// `tokenizer.json` is taken when it is there, else `vocab.json` with `merges.txt`. Added tokens
    /// and the chat template of `tokenizer_config.json`, `chat_template.json` and
    /// `chat_template.jinja` are added to it.
    ///
    /// - Parameter directory: The model's directory.
    /// - Throws: ``TokenizerFault``, naming the file and what it says.
    public convenience init(directory: FilePath) throws(TokenizerFault) {
        try self.init(TokenizerFolder(directory))
    }

    /// Makes the tokenizer of a model whose files are held in memory; they are what they would be in a directory.
    ///
    /// - Parameters:
    ///   - files: Bytes by the file's name.
    ///   - directory: What to call the place that they are from.
    /// - Throws: ``TokenizerFault``, naming the file and what it says.
    public convenience init(
        files: [String: [UInt8]],
        of directory: FilePath
    ) throws(TokenizerFault) {
        try self.init(TokenizerFolder(files, of: directory))
    }

    private convenience init(_ folder: TokenizerFolder) throws(TokenizerFault) {
        let configuration = try TokenizerConfiguration(folder)
        let limit = FileBytes.largestVocabulary
        var parts: TokenizerParts
        if let bytes = try folder.bytes("tokenizer.json", limit: limit) {
            parts = try TokenizerJSON.parts(bytes, file: folder.file("tokenizer.json"))
        } else if let bytes = try folder.bytes("vocab.json", limit: limit),
            let lines = try folder.bytes("merges.txt", limit: limit)
        {
            parts = try VocabularyAndMerges.parts(
                vocabulary: bytes,
                file: folder.file("vocab.json"),
                merges: lines,
                file: folder.file("merges.txt")
            )
        } else {
            throw .noTokenizer(directory: folder.path.string)
        }
        try configuration.apply(to: &parts)
        try self.init(parts)
    }
}

/// The files of a tokenizer by their names: in a directory, or in memory.
struct TokenizerFolder {
    let path: FilePath
    private let held: [String: [UInt8]]?

    init(_ directory: FilePath) {
        path = directory
        held = nil
    }

    init(_ files: [String: [UInt8]], of directory: FilePath) {
        path = directory
        held = files
    }

    /// What to call a file in messages.
    func file(_ name: String) -> String { path.appending(name).string }

    /// The bytes of a file; nothing when there is none.
    func bytes(_ name: String, limit: Int) throws(TokenizerFault) -> [UInt8]? {
        guard let held else { return try FileBytes.read(path.appending(name), limit: limit) }
        guard let bytes = held[name] else { return nil }
        guard bytes.count <= limit else {
            throw .tooLarge(file: file(name), bytes: bytes.count, limit: limit)
        }
        return bytes
    }
}

extension Tokenizer {
    /// Reads the bytes of a `tokenizer.json`.
    ///
    /// - Parameters:
    ///   - bytes: The file's bytes.
    ///   - file: Its name, for messages.
    /// - Throws: ``TokenizerFault``.
    public convenience init(json bytes: [UInt8], file: String) throws(TokenizerFault) {
        try self.init(TokenizerJSON.parts(bytes, file: file))
    }

    /// Reads the bytes of a `vocab.json` and a `merges.txt`; there are no added tokens then.
    ///
    /// - Parameters:
    ///   - vocabulary: The bytes of `vocab.json`.
    ///   - merges: The bytes of `merges.txt`.
    ///   - folder: Where the two are, for messages.
    /// - Throws: ``TokenizerFault``.
    public convenience init(
        vocabulary: [UInt8],
        merges: [UInt8],
        folder: FilePath
    ) throws(TokenizerFault) {
        try self.init(
            VocabularyAndMerges.parts(
                vocabulary: vocabulary,
                file: folder.appending("vocab.json").string,
                merges: merges,
                file: folder.appending("merges.txt").string
            )
        )
    }
}

/// Small files, whole.
enum FileBytes {
    /// `tokenizer.json` of a Qwen model has 11 MB.
    static let largestVocabulary = 256 << 20
    /// `tokenizer_config.json` of a Qwen model has 11 kB.
    static let largestConfiguration = 16 << 20

    /// Reads a regular file.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - limit: The most bytes that it may have.
    /// - Returns: Its bytes; nothing when there is no such file.
    /// - Throws: ``TokenizerFault`` when it cannot be read, is no regular file, or is too large.
    static func read(_ path: FilePath, limit: Int) throws(TokenizerFault) -> [UInt8]? {
        func fault(_ errno: Errno) -> TokenizerFault {
            .unreadable(file: path.string, errno: errno)
        }
        // a named pipe would wait for its writer
        let descriptor = unsafe path.withPlatformString {
            unsafe open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        }
        guard descriptor >= 0 else {
            let errno = Errno(rawValue: errno)
            if errno == .noSuchFileOrDirectory { return nil }
            throw fault(errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw fault(Errno(rawValue: errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw fault(.invalidArgument) }
        let count = Int(status.st_size)
        guard count <= limit else {
            throw .tooLarge(file: path.string, bytes: count, limit: limit)
        }
        var failure: Errno?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let more = unsafe Glibc.read(
                    descriptor,
                    buffer.baseAddress.map { unsafe $0 + filled },
                    count - filled
                )
                if more < 0, errno == EINTR { continue }
                guard more > 0 else {
                    if more < 0 { failure = Errno(rawValue: errno) }
                    return
                }
                filled += more
            }
        }
        if let failure { throw fault(failure) }
        return bytes
    }
}
