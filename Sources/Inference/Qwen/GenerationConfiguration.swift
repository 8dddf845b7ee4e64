public import Tokenization

/// What ends a model's answers, from `generation_config.json`.
///
/// How its makers suggest to sample is not taken from there: answers are greedy unless a caller says otherwise.
public struct GenerationConfiguration: Sendable, Equatable {
    /// Tokens that end an answer.
    public var endTokens: [TokenID] = []

    /// Takes what a model's own configuration says about the ends of answers.
    ///
    /// - Parameter configuration: The model's.
    public init(_ configuration: ModelConfiguration) {
        endTokens = configuration.endTokens
    }

    /// Reads a `generation_config.json`.
    ///
    /// - Parameters:
    ///   - json: Its text.
    ///   - configuration: The model's, which speaks where the file is silent.
    /// - Throws: ``QwenFault``: not a configuration, or a value that is none.
    public init(json: [UInt8], configuration: ModelConfiguration) throws(QwenFault) {
        let file = try ConfigurationFile.decode(GenerationFile.self, from: json)
        var ends: [TokenID] = []
        for value in file.eos_token_id?.values ?? [] {
            guard let token = TokenID(exactly: value), token >= 0 else {
                throw .impossibleValue(
                    key: "eos_token_id",
                    found: "\(value)",
                    expected: "a token's number"
                )
            }
            ends.append(token)
        }
        endTokens = ends.isEmpty ? configuration.endTokens : ends
    }
}

/// The key that matters, spelled as upstream spells it.
private struct GenerationFile: Decodable {
    var eos_token_id: ConfigurationFile.OneOrMany?
}
