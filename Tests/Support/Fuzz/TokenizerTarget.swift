import SystemPackage
import Tokenization

/// Reads a `tokenizer.json` and uses what comes of it.
func readTokenizer(_ bytes: [UInt8]) {
    guard let tokenizer = try? Tokenizer(json: bytes, file: "tokenizer.json") else { return }
    use(tokenizer)
}

/// Reads a `vocab.json` and a `merges.txt`, which follow each other after a byte 0.
func readMerges(_ bytes: [UInt8]) {
    let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return }
    let tokenizer = try? Tokenizer(
        vocabulary: Array(parts[0]),
        merges: Array(parts[1]),
        folder: "fuzz"
    )
    if let tokenizer { use(tokenizer) }
}

/// Takes text to tokens and back.
func use(_ tokenizer: Tokenizer) {
    let text = "Total: $1,234.50\n\n 中文 e\u{301} 😀 <|im_end|> don't   \u{10FFFF}"
    for matches in [false, true] {
        let ids = tokenizer.encode(text, matchingAddedTokens: matches)
        blackHole &+= tokenizer.decode(ids).utf8.count
    }
    blackHole &+= tokenizer.decode([0, 1, 255, 100_000]).utf8.count
}
