/// Reads `vocab.json` with `merges.txt`, the older form; added tokens are in `tokenizer_config.json`.
enum VocabularyAndMerges {
    /// Reads both files.
    ///
    /// - Parameters:
    ///   - vocabulary: The bytes of `vocab.json`: an object of token and id.
    ///   - file: Its name, for messages.
    ///   - merges: The bytes of `merges.txt`: a merge on each line, in order of rank. A first line
    ///     that begins with `#version` is none; later lines with `#` are.
    ///   - mergesFile: Its name, for messages.
    /// - Returns: What they hold.
    /// - Throws: ``TokenizerFault``.
    static func parts(
        vocabulary: [UInt8],
        file: String,
        merges: [UInt8],
        file mergesFile: String
    ) throws(TokenizerFault) -> TokenizerParts {
        var parts = TokenizerParts(file: file)
        var scanner = JSONScanner(vocabulary, file: file)
        try TokenizerJSON.readVocabulary(&scanner, into: &parts)
        parts.merges = MergeTable(capacity: parts.vocabulary.count)
        var rank = 0
        var start = 0
        while start < merges.count {
            let end = merges[start...].firstIndex(of: 0x0A) ?? merges.count
            var line = merges[start..<end]
            start = end + 1
            if line.last == 0x0D { line.removeLast() }
            if line.isEmpty || (rank == 0 && line.starts(with: Array("#version".utf8))) { continue }
            do {
                try parts.addMerge(line: line, rank: rank)
            } catch .unknownToken(_, let merge, let token) {
                throw .unknownToken(file: mergesFile, merge: merge, token: token)
            }
            rank += 1
        }
        return parts
    }
}
