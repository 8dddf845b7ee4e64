import Tokenization

/// One answer as it grows: what is chosen from each step's logits, what of it is shown, and when it ends.
struct AnswerInProgress: Sendable {
    /// What follows a step.
    enum Step {
        /// The model is to be fed this token.
        case goesOn(TokenID, AnswerPiece)
        /// Nothing more is computed.
        case ends(AnswerPiece?, Answer)
    }

    private let options: GenerationOptions
    private let vocabulary: AnswerVocabulary
    private var sampler: Sampler
    private var mask: (any LogitsMask)?
    private var decoder: any AnswerDecoder
    private var stopStrings: StopStrings
    private var repetition: RepetitionGuard?
    private var tokens: [AnswerToken] = []
    private var text = ""
    /// Bytes of text that were shown after each token.
    private var textEnds: [Int] = []
    var usage = AnswerUsage()

    init<Model>(_ request: GenerationRequest<Model>) throws(GenerationFault) {
        options = request.options
        vocabulary = request.vocabulary
        mask = request.mask
        decoder = request.decoder
        sampler = try Sampler(
            options.sampling,
            vocabulary: vocabulary,
            prompt: request.promptTokens
        )
        stopStrings = StopStrings(options.stopStrings)
        repetition = options.repetitionLimits.map { RepetitionGuard($0) }
    }

    /// Chooses the next token.
    ///
    /// - Parameters:
    ///   - logits: What the model gave after the last token.
    ///   - hasRoom: Whether the sequence can take one more token.
    /// - Returns: What follows.
    /// - Throws: ``GenerationFault`` of the sampler.
    mutating func take(_ logits: [Float], hasRoom: Bool) throws(GenerationFault) -> Step {
        let remaining = options.maxTokens - tokens.count
        guard remaining > 0 else { return end(.maxTokens) }
        let id = try sampler.choose(from: logits, mask: mask, remaining: remaining)
        if options.stopTokens.contains(id) { return end(.finished) }
        mask?.advance(by: id)

        let token = AnswerToken(
            id: id,
            logProbabilities: options.logProbabilities.map {
                StepLogProbabilities(of: id, count: $0, logits: logits, vocabulary: vocabulary)
            }
        )
        tokens.append(token)
        usage.answerTokens = tokens.count
        let (shown, isStopped) = stopStrings.append(decoder.append(id))
        show(shown)
        let piece = AnswerPiece(text: shown, token: token)
        if isStopped { return .ends(piece, answer(.stopString)) }
        if let loop = repetition?.append(id) {
            return .ends(piece, answer(.repetition, loop: loop))
        }
        if tokens.count >= options.maxTokens { return end(.maxTokens, after: piece) }
        if !hasRoom { return end(.contextLimit, after: piece) }
        return .goesOn(id, piece)
    }

    /// Ends the answer where it stands, with the text that was held back.
    mutating func end(_ end: AnswerEnd, after piece: AnswerPiece? = nil) -> Step {
        var (rest, isStopped) = stopStrings.append(decoder.finish())
        if !isStopped { rest += stopStrings.finish() }
        show(rest)
        let last: AnswerPiece? =
            if let piece {
                AnswerPiece(text: piece.text + rest, token: piece.token)
            } else {
                rest.isEmpty ? nil : AnswerPiece(text: rest, token: nil)
            }
        return .ends(last, answer(end))
    }

    private mutating func show(_ piece: String) {
        text += piece
        textEnds.append(text.utf8.count)
    }

    private func answer(_ end: AnswerEnd, loop: RepetitionGuard.Loop? = nil) -> Answer {
        guard let loop else {
            return Answer(text: text, end: end, tokens: tokens, loop: nil, usage: usage)
        }
        return Answer(
            text: String(decoding: text.utf8.prefix(textEnds[loop.keptTokens - 1]), as: UTF8.self),
            end: end,
            tokens: Array(tokens.prefix(loop.keptTokens)),
            loop: loop,
            usage: usage
        )
    }
}
