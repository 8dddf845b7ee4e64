internal import SystemPackage
public import Tensors
public import Tokenization

extension Tokenizer {
    /// Makes a tokenizer of what a GGUF file holds.
    ///
    /// - Parameter file: The file of the decoder.
    /// - Throws: ``TokenizerFault``, naming the key.
    public convenience init(_ file: GGUFFile) throws(TokenizerFault) {
        let keys = TokenizerKeys(metadata: file.metadata)
        var ends: [Int] = []
        for key in ["ggml.eos_token_id", "ggml.eot_token_id"] {
            if let end = try keys.value(key, file.metadata.integer), !ends.contains(end) {
                ends.append(end)
            }
        }
        let model = try keys.needed("ggml.model", file.metadata.text)
        let preTokenizer = try keys.needed("ggml.pre", file.metadata.text)
        let tokens = try keys.needed("ggml.tokens", file.metadata.texts)
        let merges = try keys.needed("ggml.merges", file.metadata.texts)
        let types = try keys.value("ggml.token_type", file.metadata.integers) ?? []
        let template = try keys.value("chat_template", file.metadata.text)
        try self.init(
            gguf: keys.file,
            model: model,
            preTokenizer: preTokenizer,
            tokens: tokens,
            types: types,
            merges: merges,
            endTokens: ends,
            chatTemplate: template
        )
    }
}

/// The keys of a tokenizer, with faults that name them.
private struct TokenizerKeys {
    let metadata: GGUFMetadata

    var file: String { metadata.file.string }

    func value<Value>(
        _ key: String,
        _ read: (String) throws(WeightFault) -> Value?
    ) throws(TokenizerFault) -> Value? {
        do throws(WeightFault) {
            return try read("tokenizer.\(key)")
        } catch {
            throw .unsupported(
                file: file,
                key: "tokenizer.\(key)",
                found: "of another type, or too long",
                supported: "the type that the format gives it"
            )
        }
    }

    func needed<Value>(
        _ key: String,
        _ read: (String) throws(WeightFault) -> Value?
    ) throws(TokenizerFault) -> Value {
        guard let value = try value(key, read) else {
            throw .missing(file: file, key: "tokenizer.\(key)")
        }
        return value
    }
}
