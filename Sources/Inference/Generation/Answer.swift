public import Tokenization

/// Why an answer ended.
public enum AnswerEnd: String, Sendable, CaseIterable {
    /// The model said that it was done.
    case finished
    /// A stop string came.
    case stopString
    /// It had as many tokens as it may have.
    case maxTokens
    /// The sequence has as many tokens as the model can hold.
    case contextLimit
    /// It had run into a loop.
    case repetition
    /// The task was cancelled.
    case cancelled

    /// Whether the answer is all that the model had to say.
    public var isWhole: Bool { self == .finished || self == .stopString }
}

/// A token of an answer.
public struct AnswerToken: Sendable, Equatable {
    /// The token.
    public let id: TokenID
    /// What the model held likely where it was chosen, when that was asked for.
    public let logProbabilities: StepLogProbabilities?

    /// Makes a token.
    public init(id: TokenID, logProbabilities: StepLogProbabilities? = nil) {
        self.id = id
        self.logProbabilities = logProbabilities
    }
}

/// What one step added to an answer.
public struct AnswerPiece: Sendable, Equatable {
    /// Whole characters, ready to be shown; may be empty.
    public let text: String
    /// The token that was chosen; nil for text that was held back and is given at the end.
    public let token: AnswerToken?

    /// Makes a piece.
    public init(text: String, token: AnswerToken?) {
        self.text = text
        self.token = token
    }
}

/// What an answer took.
public struct AnswerUsage: Sendable, Equatable {
    /// Tokens of the prompt that were computed for this answer.
    public var promptTokens = 0
    /// Tokens of the answer; the end-of-text token is none of them.
    public var answerTokens = 0
    /// Tokens of it that the mask left no choice about, and that were fed together with those before them, or not at all at its end.
    public var forcedTokens = 0
    /// Passes through the model after the prompt's: one token each, and those that were drafted and right or that were certain.
    public var decodeSteps = 0
    /// Tokens that were drafted and verified.
    public var draftedTokens = 0
    /// Drafted tokens that were right: so many passes were saved.
    public var acceptedTokens = 0
    /// The prompt's time.
    public var prefill = Duration.zero
    /// The time of those passes; in a batch, all sequences share it.
    public var decode = Duration.zero
}

/// A whole answer.
public struct Answer: Sendable, Equatable {
    /// The text; of a loop, the first round only.
    public let text: String
    /// Why it ended.
    public let end: AnswerEnd
    /// Its tokens; of a loop, up to the end of the first round.
    public let tokens: [AnswerToken]
    /// The loop that ended it.
    public let loop: RepetitionGuard.Loop?
    /// What it took.
    public let usage: AnswerUsage
}

/// What an answer's stream gives.
public enum AnswerEvent: Sendable, Equatable {
    /// More of the answer.
    case piece(AnswerPiece)
    /// The whole of it; always the last event.
    case end(Answer)
}
