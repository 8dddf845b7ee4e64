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
        let configuration = try TokenizerConfiguration(directory: directory)
        let whole = directory.appending("tokenizer.json")
        let vocabulary = directory.appending("vocab.json")
        let merges = directory.appending("merges.txt")
        var parts: TokenizerParts
        if let bytes = try FileBytes.read(whole, limit: FileBytes.largestVocabulary) {
            parts = try TokenizerJSON.parts(bytes, file: whole.string)
        } else if let bytes = try FileBytes.read(vocabulary, limit: FileBytes.largestVocabulary),
            let lines = try FileBytes.read(merges, limit: FileBytes.largestVocabulary)
        {
            parts = try VocabularyAndMerges.parts(
                vocabulary: bytes,
                file: vocabulary.string,
                merges: lines,
                file: merges.string
            )
        } else {
            throw .noTokenizer(directory: directory.string)
        }
        try configuration.apply(to: &parts)
        try self.init(parts)
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
