import Tokenization

/// Takes bytes as a chat template and, after a byte 0, as what is said in a conversation.
///
/// Nothing of it may be lost, cut inside a character, or become a control token.
func readConversation(_ bytes: [UInt8]) {
    guard let start = conversationTokens.firstIndex(of: "<|im_start|>") else { return }
    let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    let tokenizer = try? Tokenizer(
        gguf: "fuzz.gguf",
        model: "gpt2",
        preTokenizer: "qwen2",
        tokens: conversationTokens,
        types: conversationTokens.indices.map { $0 < start ? 1 : 3 },
        merges: ["t h", "th e", "Ġ t", "Ġ Ġ", "a a", "aa aa"],
        chatTemplate: String(decoding: parts[0], as: UTF8.self)
    )
    guard let tokenizer else { fatalError("the tokenizer itself was refused") }
    let text = String(decoding: parts.last ?? [], as: UTF8.self)
    let ids = tokenizer.encode(text)
    precondition(tokenizer.decode(ids) == text, "text was lost")
    precondition(ids.allSatisfy { $0 < start }, "text became a control token")

    var stream = StreamingDecoder(tokenizer)
    var streamed = ""
    for id in tokenizer.encode(text, matchingAddedTokens: true) { streamed += stream.append(id) }
    precondition(streamed + stream.finish() == text, "text was cut")

    let template = ChatTemplate(tokenizer, family: .qwen3VL)
    let conversation = Conversation(
        system: text,
        turns: [.user(.picture(tokens: 2), .text(text)), .assistant(text), .user(.text(text))]
    )
    if let prompt = try? template.prompt(conversation) {
        blackHole &+= prompt.ids.count
        precondition(
            prompt.ids.count { $0 == TokenID(start) } == 5,
            "a text opened a turn"
        )
    }
    if let text = try? template.text(conversation) { blackHole &+= text.utf8.count }
}

/// All bytes as byte-level vocabularies spell them, a few merges of them, and control tokens.
private let conversationTokens: [String] = {
    let own = Array(0x21...0x7E) + Array(0xA1...0xAC) + Array(0xAE...0xFF)
    let bytes = (own + Array(0x100...0x143)).compactMap { Unicode.Scalar(UInt32($0)) }
    return bytes.map { String($0) } + ["th", "the", "Ġt", "ĠĠ", "aa", "aaaa"]
        + ["<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>"]
}()
