internal import Grammar
internal import Jobs
internal import Synchronization
internal import Tokenization

/// The forms of answers, made once for each schema.
final class KeptGrammars: Sendable {
    /// Schemas of one run are few; those of long lists of windows may be more.
    private static let most = 16

    private struct Content {
        var tokens: TokenTrie?
        var grammars: [AnswerSchema: SchemaGrammar] = [:]
    }

    private let tokenizer: Tokenizer
    private let rows: Int
    private let endTokens: Set<TokenID>
    private let content = Mutex(Content())

    /// Makes none yet.
    ///
    /// - Parameters:
    ///   - tokenizer: The model's.
    ///   - rows: Rows of its logits.
    ///   - endTokens: Tokens that end an answer.
    init(_ tokenizer: Tokenizer, rows: Int, endTokens: Set<TokenID>) {
        self.tokenizer = tokenizer
        self.rows = rows
        self.endTokens = endTokens
    }

    /// The form of a schema.
    ///
    /// - Throws: `JobFailure` for one that no answer can have.
    func grammar(of schema: AnswerSchema) throws(JobFailure) -> SchemaGrammar {
        try content.withLock { content throws(JobFailure) in
            if let grammar = content.grammars[schema] { return grammar }
            let tokens = content.tokens ?? TokenTrie(tokenizer, rows: rows)
            content.tokens = tokens
            let grammar: SchemaGrammar
            do throws(SchemaFault) {
                grammar = try SchemaGrammar(schema, tokens: tokens, endTokens: endTokens)
            } catch {
                throw JobFailure(error)
            }
            if content.grammars.count >= Self.most { content.grammars = [:] }
            content.grammars[schema] = grammar
            return grammar
        }
    }
}

extension JobFailure {
    /// A form that no answer can have.
    init(_ fault: SchemaFault) {
        switch fault {
        case .answerTooLong(let tokens, let limit):
            self.init(
                .tooLarge,
                "the shortest answer takes \(tokens) tokens, and it may have \(limit): raise `max-tokens:`"
            )
        case .noEndToken:
            self.init(.engineFailed, "the model's files name no token that ends an answer")
        default: self.init(.unsupported, "the step's fields cannot be asked for at once: \(fault)")
        }
    }
}
