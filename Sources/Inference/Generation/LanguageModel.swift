public import Tokenization

/// What generation needs of a model: feed tokens, get the next one's logits, for several sequences at once.
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
    /// - Returns: The logits after the prompt's last token, `[vocabularySize]`.
    /// - Throws: ``GenerationFault``; `CancellationError` is reported as ``GenerationFault/cancelled``.
    func prefill(_ prompt: Prompt, into state: State) async throws(GenerationFault) -> [Float]

    /// Feeds one token to each of several sequences in one pass over the weights.
    ///
    /// - Parameters:
    ///   - tokens: One for each state.
    ///   - states: The sequences, all different.
    /// - Returns: The logits after each token, `[states][vocabularySize]`.
    /// - Throws: ``GenerationFault``.
    func decode(_ tokens: [TokenID], into states: [State]) async throws(GenerationFault)
        -> [[Float]]
}

/// One sequence's keys, values and position.
public protocol DecodingState: AnyObject, Sendable {
    /// Tokens that it holds.
    var tokenCount: Int { get }
    /// Another sequence that begins with all that this one holds; what is shared is not copied until one of them grows.
    func fork() -> Self
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
