public import FeatureCache
public import Generation
internal import Jobs
public import Qwen
public import Tokenization

/// A loaded model and all that stands between a question and its answer: template, tokens, vision tower, generation.
public struct QuestionAnswering: Sendable {
    /// The network.
    public let model: QwenModel
    /// Its tokens.
    public let tokenizer: Tokenizer
    /// What ends its answers.
    public let generation: GenerationConfiguration
    /// How pictures are made ready for it; nil for a model that does not see.
    public let preprocessor: PicturePreprocessor?
    /// Bytes of all weights in their files.
    public let weightBytes: Int
    /// What to tell the user about the model, once.
    public let warnings: [ChatTemplateWarning]
    /// What its answers taught about drafts; for a ``BatchGenerator`` over the model too.
    public let history = SpeculationHistory()
    private let template: ChatTemplate
    private let vocabulary: AnswerVocabulary

    /// Joins the parts of one model.
    ///
    /// - Parameters:
    ///   - model: The network.
    ///   - tokenizer: Its tokens.
    ///   - generation: Its `generation_config.json`.
    ///   - preprocessor: Its settings for pictures; not used by a model that does not see.
    ///   - weightBytes: Bytes of all weights in their files.
    public init(
        model: QwenModel,
        tokenizer: Tokenizer,
        generation: GenerationConfiguration,
        preprocessor: PicturePreprocessor,
        weightBytes: Int
    ) {
        self.model = model
        self.weightBytes = weightBytes
        self.tokenizer = tokenizer
        self.generation = generation
        self.preprocessor = model.configuration.vision == nil ? nil : preprocessor
        template = ChatTemplate(tokenizer, family: model.configuration.family.chatFamily)
        warnings = template.warnings
        vocabulary = AnswerVocabulary(rows: model.vocabularySize, tokenizer: tokenizer)
    }

    /// Whether it can be shown pictures.
    public var seesPictures: Bool { preprocessor != nil }

    /// Tokens that end an answer.
    public var endTokens: Set<TokenID> {
        Set(generation.endTokens).union(tokenizer.endTokens)
    }

    // MARK: Asking

    /// Puts a question into tokens and its pictures through the vision tower.
    ///
    /// - Parameters:
    ///   - question: The question.
    ///   - cache: Where features of pictures are kept; nil where nowhere.
    /// - Returns: What ``answer(to:options:mask:)`` goes on with, as often as wanted.
    /// - Throws: ``AskFault``.
    public func prepare(
        _ question: Question,
        cache: FeatureCache? = nil
    ) async throws(AskFault) -> PreparedQuestion {
        if !question.views.isEmpty, !seesPictures { throw .seesNothing }
        // Tokens first: a question that is too long is told before minutes of seeing.
        let tokens = try self.tokens(of: question)
        guard tokens.count <= model.contextLength else {
            throw .generation(
                .contextExceeded(needed: tokens.count, limit: model.contextLength)
            )
        }
        let start = ContinuousClock.now
        var features: [PictureFeatures] = []
        var cachedViews = 0
        for view in question.views {
            guard let seen = view.seen else {
                features.append(try await encoded(view.patches))
                continue
            }
            let found = try await self.features(
                of: seen,
                patches: view.patches,
                cache: cache,
                lookUp: .inTurn
            )
            if found.origin != .computed { cachedViews += 1 }
            features.append(found.features)
        }
        let pairs = zip(question.views, features)
        return PreparedQuestion(
            prompt: QwenPrompt(
                tokens: tokens,
                images: pairs.filter { !$0.0.isVideo }.map(\.1),
                videos: pairs.filter { $0.0.isVideo }.map(\.1)
            ),
            drafts: question.drafts.map { tokenizer.encode($0) },
            viewTokens: features.map(\.tokenCount),
            cachedViews: cachedViews,
            encoding: question.views.isEmpty ? .zero : ContinuousClock.now - start
        )
    }

    /// The answer to a question, as it comes.
    ///
    /// - Parameters:
    ///   - question: As prepared.
    ///   - options: How the answer is made; the model's own end tokens are added to its stop tokens.
    ///   - mask: What may be said; nil leaves it to the model.
    /// - Returns: Pieces of text, and the whole answer at the end.
    public func answer(
        to question: PreparedQuestion,
        options: GenerationOptions,
        mask: (any LogitsMask)? = nil
    ) -> AnswerStream<QwenModel> {
        Generator(model, history: history)
            .answer(to: request(for: question, options: options, mask: mask))
    }

    /// What ``Generator`` and ``BatchGenerator`` take.
    ///
    /// - Parameters:
    ///   - question: As prepared.
    ///   - options: How the answer is made; the model's own end tokens are added to its stop tokens.
    ///   - mask: What may be said; nil leaves it to the model.
    /// - Returns: The request.
    public func request(
        for question: PreparedQuestion,
        options: GenerationOptions,
        mask: (any LogitsMask)? = nil
    ) -> GenerationRequest<QwenModel> {
        request(
            for: question.prompt,
            promptTokens: question.prompt.tokens,
            drafts: question.drafts,
            options: options,
            mask: mask,
            state: nil
        )
    }

    /// The same for a prompt whose beginning a sequence holds already.
    func request(
        for rest: QwenPrompt,
        promptTokens: [TokenID],
        drafts: [[TokenID]],
        options: GenerationOptions,
        mask: (any LogitsMask)?,
        state: QwenState?
    ) -> GenerationRequest<QwenModel> {
        var options = options
        options.stopTokens.formUnion(endTokens)
        return GenerationRequest(
            prompt: rest,
            promptTokens: promptTokens,
            options: options,
            vocabulary: vocabulary,
            decoder: StreamingDecoder(tokenizer, skippingSpecial: true),
            mask: mask,
            drafts: drafts,
            state: state
        )
    }

    // MARK: Tokens

    private func tokens(of question: Question) throws(AskFault) -> [TokenID] {
        let parts: [TurnPart] = question.views.map { view in
            let grid = view.patches.grid
            let mergeSize = model.configuration.vision?.mergeSize ?? 1
            let tokens = grid.tokenCount(mergeSize: mergeSize)
            guard let seconds = view.seconds else { return .picture(tokens: tokens) }
            return .video(seconds.map { VideoStep(seconds: $0, tokens: tokens / grid.time) })
        }
        return try tokens(
            system: question.system,
            views: parts,
            texts: question.documents + [question.text],
            mayThink: question.mayThink
        )
    }

    /// Puts what a model is told into tokens.
    ///
    /// - Parameters:
    ///   - system: Instructions; nil leaves it to the model's template.
    ///   - views: Pictures and videos.
    ///   - texts: What follows them; the question is the last.
    ///   - mayThink: Whether a model that can think aloud first may do so.
    ///   - closesThoughts: Whether one that always thinks aloud is made to speak at once.
    /// - Returns: The tokens, each picture with all of its own.
    /// - Throws: ``AskFault/template(_:)``.
    func tokens(
        system: String?,
        views: [TurnPart],
        texts: [String],
        mayThink: Bool,
        closesThoughts: Bool = false
    ) throws(AskFault) -> [TokenID] {
        // An empty line tells a text from what comes after it.
        let parts = views + [.text(texts.joined(separator: "\n\n"))]
        var options = ChatTemplate.Options()
        options.thinking = mayThink
        options.closesThoughts = closesThoughts
        do {
            return try template.prompt(
                Conversation(system: system, turns: [Turn(.user, parts)]),
                options: options
            ).ids
        } catch {
            throw .template(error)
        }
    }
}

extension ModelFamily {
    /// The conversations that the family is made for.
    var chatFamily: ChatFamily {
        switch self {
        case .qwen3VL: .qwen3VL
        case .qwen3: .qwen3
        case .qwen2: .qwen2
        }
    }
}
