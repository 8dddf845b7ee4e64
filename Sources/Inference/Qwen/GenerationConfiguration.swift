public import Tokenization

/// How a model's makers suggest to sample from it, from `generation_config.json`.
public struct GenerationConfiguration: Sendable, Equatable {
    /// Tokens that end an answer.
    public var endTokens: [TokenID] = []
    /// The first token of a text.
    public var beginToken: TokenID?
    /// The token that fills up short rows of a batch.
    public var padToken: TokenID?
    /// Whether to sample at all; otherwise the likeliest token is taken.
    public var samples: Bool?
    /// Divides logits.
    public var temperature: Double?
    /// The share of probability that is kept.
    public var topP: Double?
    /// How many tokens are kept.
    public var topK: Int?
    /// Divides the logits of tokens that have occurred.
    public var repetitionPenalty: Double?

    /// Takes what a model's own configuration says about the ends of answers.
    ///
    /// - Parameter configuration: The model's.
    public init(_ configuration: ModelConfiguration) {
        endTokens = configuration.endTokens
        beginToken = configuration.beginToken
    }

    /// Reads a `generation_config.json`.
    ///
    /// - Parameters:
    ///   - json: Its text.
    ///   - configuration: The model's, which speaks where the file is silent.
    /// - Throws: ``QwenFault``: not a configuration, or a value that is none.
    public init(json: [UInt8], configuration: ModelConfiguration) throws(QwenFault) {
        let file = try ConfigurationFile.decode(GenerationFile.self, from: json)
        func tokens(_ key: String, _ values: [Int]?) throws(QwenFault) -> [TokenID] {
            var tokens: [TokenID] = []
            for value in values ?? [] {
                guard let token = TokenID(exactly: value), token >= 0 else {
                    throw .impossibleValue(
                        key: key,
                        found: "\(value)",
                        expected: "a token's number"
                    )
                }
                tokens.append(token)
            }
            return tokens
        }
        let ends = try tokens("eos_token_id", file.eos_token_id?.values)
        endTokens = ends.isEmpty ? configuration.endTokens : ends
        beginToken =
            try tokens("bos_token_id", file.bos_token_id?.values).first ?? configuration.beginToken
        padToken = try tokens("pad_token_id", file.pad_token_id?.values).first
        samples = file.do_sample
        temperature = file.temperature
        topP = file.top_p
        topK = file.top_k
        repetitionPenalty = file.repetition_penalty
    }
}

/// The keys that matter, spelled as upstream spells them.
private struct GenerationFile: Decodable {
    var eos_token_id: ConfigurationFile.OneOrMany?
    var bos_token_id: ConfigurationFile.OneOrMany?
    var pad_token_id: ConfigurationFile.OneOrMany?
    var do_sample: Bool?
    var temperature: Double?
    var top_p: Double?
    var top_k: Int?
    var repetition_penalty: Double?
}
