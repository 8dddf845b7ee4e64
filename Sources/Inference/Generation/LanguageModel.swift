public import Tokenization

/// What generation needs of a model: feed tokens, get the logits after each, for several sequences at once.
///
/// A `State` is one sequence: its keys and values and its place. Forking one shares what is already computed.
public protocol LanguageModel: Sendable {
    /// One sequence's keys, values and position.
    associatedtype State: DecodingState
    /// What a sequence begins with: tokens, and the features of its pictures.
    associatedtype Prompt: Sendable

    /// Rows of the logits, padding rows included.
    var vocabularySize: Int { get }
    /// The most tokens that a sequence may have.
    var contextLength: Int { get }

    /// A new, empty sequence.
    func makeState() -> State

    /// Computes a prompt after what the state holds already.
    ///
    /// - Parameters:
    ///   - prompt: What is new.
    ///   - state: The sequence; it holds the prompt afterwards.
    ///   - wanted: The tokens whose logits are wanted; nil for all. Others may be left at minus infinity.
    /// - Returns: The logits after the prompt's last token, one row.
    /// - Throws: ``GenerationFault``; `CancellationError` is reported as ``GenerationFault/cancelled``.
    func prefill(
        _ prompt: Prompt,
        into state: State,
        wanted: [TokenID]?
    ) async throws(GenerationFault) -> Logits

    /// Feeds one or several tokens to each of several sequences in one pass over the weights.
    ///
    /// The logits after a token are, to the last bit, what they would be had the tokens before it been fed one by one and no
    /// other sequence been there: drafts are verified by that.
    ///
    /// - Parameters:
    ///   - runs: One for each state, each of one token at least.
    ///   - states: The sequences, all different.
    /// - Returns: The logits after each token of each run but the ``TokenRun/unread`` ones, in their order.
    /// - Throws: ``GenerationFault``; the sequences hold what they held before then.
    func decode(_ runs: [TokenRun], into states: [State]) async throws(GenerationFault) -> Logits

    /// A prompt that goes on with tokens of the answer: computing it gives, to the last bit, what feeding them after it would.
    ///
    /// - Parameters:
    ///   - prompt: The prompt.
    ///   - tokens: What stands after it.
    /// - Returns: Both; nil where that cannot be told.
    func prompt(_ prompt: Prompt, followedBy tokens: [TokenID]) -> Prompt?
}

extension LanguageModel {
    /// Not told: the tokens are fed after the prompt.
    public func prompt(_ prompt: Prompt, followedBy tokens: [TokenID]) -> Prompt? { nil }

    /// Computes a prompt after what the state holds already.
    ///
    /// - Parameters:
    ///   - prompt: What is new.
    ///   - state: The sequence; it holds the prompt afterwards.
    /// - Returns: The logits after the prompt's last token, `[vocabularySize]`.
    /// - Throws: ``GenerationFault``.
    public func prefill(
        _ prompt: Prompt,
        into state: State
    ) async throws(GenerationFault) -> [Float] {
        try await prefill(prompt, into: state, wanted: nil)[0].elements
    }

    /// Feeds one token to each of several sequences in one pass over the weights.
    ///
    /// - Parameters:
    ///   - tokens: One for each state.
    ///   - states: The sequences, all different.
    /// - Returns: The logits after each token, `[states][vocabularySize]`.
    /// - Throws: ``GenerationFault``.
    public func decode(
        _ tokens: [TokenID],
        into states: [State]
    ) async throws(GenerationFault) -> [[Float]] {
        let logits = try await decode(tokens.map { TokenRun([$0]) }, into: states)
        return (0..<logits.rowCount).map { logits[$0].elements }
    }
}

/// What one sequence is fed in a pass.
public struct TokenRun: Sendable, Equatable {
    /// The tokens, in their order.
    public var tokens: [TokenID]
    /// For each of them the tokens whose logits are wanted after it; nil for all.
    ///
    /// Others may be left at minus infinity.
    public var wanted: [[TokenID]?]
    /// So many tokens at the beginning have no row among the logits: what follows them is known.
    public var unread: Int

    /// Makes a run.
    ///
    /// - Parameters:
    ///   - tokens: The tokens, in their order.
    ///   - wanted: What is wanted after each; all logits unless said.
    ///   - unread: Tokens at the beginning after which no logits are given: fewer than there are tokens.
    public init(_ tokens: [TokenID], wanted: [[TokenID]?]? = nil, unread: Int = 0) {
        precondition(wanted.map { $0.count == tokens.count } ?? true)
        precondition(unread >= 0 && (unread < tokens.count || unread == 0))
        self.tokens = tokens
        self.wanted = wanted ?? Array(repeating: nil, count: tokens.count)
        self.unread = unread
    }

    /// Rows of logits that a pass gives for it.
    public var rowCount: Int { tokens.count - unread }
}

/// One sequence's keys, values and position.
public protocol DecodingState: AnyObject, Sendable {
    /// Tokens that it holds.
    var tokenCount: Int { get }
    /// Another sequence that begins with all that this one holds; what is shared is not copied until one of them grows.
    func fork() -> Self
    /// Takes back the last tokens, which must have been fed by ``LanguageModel/decode(_:into:)`` after the last prompt.
    ///
    /// Sequences that were forked from this one keep them.
    ///
    /// - Parameter tokenCount: Tokens that it holds afterwards: as many as now or fewer.
    func truncate(to tokenCount: Int)
}

/// Why generation stopped without an answer.
public enum GenerationFault: Error, Equatable, Sendable {
    /// The task was cancelled.
    case cancelled
    /// The prompt and the answer need more tokens than the model can hold.
    case contextExceeded(needed: Int, limit: Int)
    /// Memory for the keys and values could not be had.
    case outOfMemory(bytes: Int)
    /// The prompt's pictures and its picture tokens do not match.
    case pictureMismatch(tokens: Int, features: Int)
    /// The model computed a logit that is no number or infinite; `step` counts the answer's tokens from 0.
    case logitsNotFinite(step: Int, token: TokenID)
    /// The model gave another number of logits than it has rows.
    case logitsMiscounted(found: Int, expected: Int)
    /// Neither vocabulary nor mask left a token to choose.
    case nothingAllowed(step: Int)
    /// An option has a value that means nothing.
    case optionOutOfRange(name: String, value: Double)
    /// A token that the model has no row for: the tokenizer belongs to another model.
    case tokenOutOfRange(token: TokenID, vocabularySize: Int)
    /// A prompt without a token has nothing to continue.
    case emptyPrompt
}
