public import Tokenization

/// Which rows of the logits are tokens: a checkpoint's table is padded past its tokenizer, and ids may be missing in between.
public struct AnswerVocabulary: Sendable, Equatable {
    /// Tokens that may be chosen; its capacity is the logits' size.
    public let tokens: TokenSet
    /// Whether every row is a token.
    public let isWhole: Bool

    /// Describes a vocabulary.
    ///
    /// - Parameters:
    ///   - rows: Logits that the model gives.
    ///   - tokenCount: Ids of the tokenizer are below this.
    ///   - absent: Ids below it that stand for nothing.
    public init(rows: Int, tokenCount: Int, absent: [TokenID] = []) {
        var tokens = TokenSet(capacity: rows, all: true)
        if tokenCount < rows {
            for id in max(0, tokenCount)..<rows { tokens.remove(TokenID(id)) }
        }
        for id in absent { tokens.remove(id) }
        self.tokens = tokens
        isWhole = tokens.count == rows
    }
}

extension AnswerVocabulary {
    /// The tokens of a tokenizer among a model's rows.
    ///
    /// - Parameters:
    ///   - rows: Logits that the model gives.
    ///   - tokenizer: The model's.
    public init(rows: Int, tokenizer: Tokenizer) {
        let count = min(rows, tokenizer.idLimit)
        self.init(
            rows: rows,
            tokenCount: tokenizer.idLimit,
            absent: (0..<count).map { TokenID($0) }.filter { !tokenizer.contains($0) }
        )
    }
}
