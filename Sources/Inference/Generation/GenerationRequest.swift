public import Tokenization

/// How an answer is made and when it ends.
public struct GenerationOptions: Sendable, Equatable {
    /// How tokens are chosen.
    public var sampling: SamplingOptions
    /// Tokens that an answer may have.
    public var maxTokens: Int
    /// End-of-text tokens: never part of the answer.
    public var stopTokens: Set<TokenID>
    /// Strings that end the answer before them.
    public var stopStrings: [String]
    /// From when on a repetition is a loop; nil lets it go on.
    public var repetitionLimits: RepetitionGuard.Limits?
    /// How many of the likeliest tokens are reported at each step, beside the chosen one; nil reports nothing.
    public var logProbabilities: Int?
    /// Whether tokens are drafted; the answer is the same.
    public var speculation: Speculation
    /// Whether tokens that the mask leaves no choice about are fed together with the one before them; the answer is the same.
    public var feedsStretches: Bool

    /// Collects the options.
    public init(
        sampling: SamplingOptions = .greedy,
        maxTokens: Int = 256,
        stopTokens: Set<TokenID> = [],
        stopStrings: [String] = [],
        repetitionLimits: RepetitionGuard.Limits? = .standard,
        logProbabilities: Int? = nil,
        speculation: Speculation = .whenItPays,
        feedsStretches: Bool = true
    ) {
        self.sampling = sampling
        self.maxTokens = maxTokens
        self.stopTokens = stopTokens
        self.stopStrings = stopStrings
        self.repetitionLimits = repetitionLimits
        self.logProbabilities = logProbabilities
        self.speculation = speculation
        self.feedsStretches = feedsStretches
    }
}

/// A prompt to be answered.
public struct GenerationRequest<Model: LanguageModel>: Sendable {
    /// What the model computes first.
    public var prompt: Model.Prompt
    /// The prompt's tokens, those that the state holds already included: the repetition penalty counts them.
    public var promptTokens: [TokenID]
    /// How the answer is made.
    public var options: GenerationOptions
    /// Which rows of the logits are tokens.
    public var vocabulary: AnswerVocabulary
    /// Turns tokens into text.
    public var decoder: any AnswerDecoder
    /// What may be said; nil leaves it to the model.
    public var mask: (any LogitsMask)?
    /// Texts that the answer is likely to quote, the likeliest first: what was read on a page, say.
    ///
    /// Tokens are drafted from them; the model is not shown them.
    public var drafts: [[TokenID]]
    /// A sequence to go on with, which nobody else uses from now on (a fork, say); nil begins a new one.
    public var state: Model.State?

    /// Collects what an answer needs.
    public init(
        prompt: Model.Prompt,
        promptTokens: [TokenID],
        options: GenerationOptions,
        vocabulary: AnswerVocabulary,
        decoder: any AnswerDecoder,
        mask: (any LogitsMask)? = nil,
        drafts: [[TokenID]] = [],
        state: Model.State? = nil
    ) {
        self.prompt = prompt
        self.promptTokens = promptTokens
        self.options = options
        self.vocabulary = vocabulary
        self.decoder = decoder
        self.mask = mask
        self.drafts = drafts
        self.state = state
    }
}
