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

    /// Tokens that the mask leaves no choice about, and what follows them.
    struct Stretch: Sendable {
        var tokens: [TokenID] = []
        fileprivate(set) var mask: (any LogitsMask)?
        fileprivate(set) var remaining: Int
        /// Whether nothing but the end follows.
        fileprivate(set) var endsAnswer = false
    }

    private let options: GenerationOptions
    /// Tokens that it may have: as many as the options say, or fewer where the sequence is full before.
    private let limit: Int
    private let vocabulary: AnswerVocabulary
    private var sampler: Sampler
    private var mask: (any LogitsMask)?
    private var decoder: any AnswerDecoder
    private var stopStrings: StopStrings
    private var repetition: RepetitionGuard?
    private var drafter: Drafter?
    private var tokens: [AnswerToken] = []
    private var text = ""
    /// Bytes of text that were shown after each token.
    private var textEnds: [Int] = []
    var usage = AnswerUsage()

    /// Begins an answer.
    ///
    /// - Parameters:
    ///   - request: What is asked.
    ///   - history: What earlier answers taught about drafts.
    ///   - room: Tokens that the model can give after the prompt.
    /// - Throws: ``GenerationFault/optionOutOfRange(name:value:)``.
    init<Model>(
        _ request: GenerationRequest<Model>,
        _ history: SpeculationHistory,
        room: Int
    ) throws(GenerationFault) {
        options = request.options
        limit = min(options.maxTokens, room)
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
        if options.speculation != .off, options.maxTokens > 1 {
            drafter = Drafter(
                drafts: request.drafts,
                prompt: request.promptTokens,
                history: history
            )
        }
    }

    // MARK: What may come

    /// The tokens whose logits the next step needs; nil for all.
    var wanted: [TokenID]? {
        options.logProbabilities == nil ? few(in: mask, remaining: remaining) : nil
    }

    /// The tokens whose logits the step after a stretch needs; nil for all.
    func wanted(after stretch: Stretch) -> [TokenID]? {
        options.logProbabilities == nil
            ? few(in: stretch.mask, remaining: stretch.remaining) : nil
    }

    /// The tokens that must come next.
    ///
    /// - Parameter most: As many at most.
    /// - Returns: None where the mask leaves a choice, or where logits are to be reported.
    func stretch(atMost most: Int) -> Stretch {
        var stretch = Stretch(mask: mask, remaining: remaining)
        guard mask != nil, options.feedsStretches, options.logProbabilities == nil else {
            return stretch
        }
        while stretch.remaining > 0, stretch.tokens.count < most,
            let few = stretch.mask?.fewAllowed(atMost: 1, remaining: stretch.remaining),
            few.count == 1, vocabulary.tokens.contains(few[0]),
            !options.stopTokens.contains(few[0])
        {
            stretch.tokens.append(few[0])
            stretch.mask?.advance(by: few[0])
            stretch.remaining -= 1
        }
        stretch.endsAnswer =
            stretch.remaining == 0 || isOver(stretch.mask, remaining: stretch.remaining)
        return stretch
    }

    /// Whether a mask allows nothing but an end.
    private func isOver(_ mask: (any LogitsMask)?, remaining: Int) -> Bool {
        guard let mask, !options.stopTokens.isEmpty,
            let few = mask.fewAllowed(
                atMost: options.stopTokens.count,
                remaining: max(1, remaining)
            )
        else { return false }
        return !few.isEmpty && few.allSatisfy { options.stopTokens.contains($0) }
    }

    /// Tokens that may follow the one that is fed next.
    ///
    /// - Parameter room: Tokens that the sequence can take after it.
    /// - Returns: The stretch that must follow; where there is none, those that the drafter guesses as far as the mask allows them.
    func proposal(room: Int) -> DraftProposal {
        var proposal = DraftProposal(isUnconditional: options.speculation == .always)
        let stretch = stretch(atMost: min(DraftProposal.mostStretched, room))
        proposal.stretch = stretch.tokens
        proposal.wantedAtOnce = wanted
        proposal.wanted = []
        var mask = stretch.mask
        var (remaining, chance) = (stretch.remaining, 1.0)
        let most = stretch.tokens.isEmpty ? min(DraftPlanner.mostDrafted, room) : 0
        var guesses = (drafter?.guesses(atMost: most) ?? [])[...]
        while true {
            let few = few(in: mask, remaining: remaining)
            proposal.wanted.append(options.logProbabilities == nil ? few : nil)
            // The last token that the answer may have needs none after it.
            guard drafter != nil, proposal.tokens.count < most, remaining > 1 else { break }
            var next = guesses.popFirst()
            if let few, few.count == 1 {
                if next?.token != few[0] { guesses = [] }
                next = (few[0], 1)
            } else if let guess = next, mask?.allows(guess.token, remaining: remaining) == false {
                next = nil
            }
            guard let next, vocabulary.tokens.contains(next.token),
                !options.stopTokens.contains(next.token)
            else { break }
            chance *= next.chance
            guard chance > Self.leastChance || proposal.isUnconditional else { break }
            proposal.tokens.append(next.token)
            proposal.chances.append(next.chance)
            mask?.advance(by: next.token)
            remaining -= 1
        }
        return proposal
    }

    /// Guesses less likely than this are worth no look at the mask.
    private static let leastChance = 0.05

    private var remaining: Int { limit - tokens.count }

    /// What a mask allows, where reading only those rows of the model's table is worth it: each may lie in a panel of 32 rows of its own.
    private func few(in mask: (any LogitsMask)?, remaining: Int) -> [TokenID]? {
        mask?.fewAllowed(atMost: max(1, vocabulary.tokens.capacity / 64), remaining: remaining)
    }

    // MARK: A step

    /// Chooses the next token.
    ///
    /// - Parameters:
    ///   - logits: What the model gave after the last token.
    ///   - few: The tokens whose logits alone were wanted.
    /// - Returns: What follows.
    /// - Throws: ``GenerationFault`` of the sampler.
    mutating func take(
        _ logits: LogitsRow,
        among few: [TokenID]?
    ) throws(GenerationFault) -> Step {
        guard remaining > 0 else { return end(fullEnd) }
        let id = try sampler.choose(from: logits, among: few, mask: mask, remaining: remaining)
        if options.stopTokens.contains(id) { return end(wholeEnd) }
        return add(
            AnswerToken(
                id: id,
                logProbabilities: options.logProbabilities.map {
                    StepLogProbabilities(of: id, count: $0, logits: logits, vocabulary: vocabulary)
                }
            )
        )
    }

    /// Takes a token of a stretch, which needs no logits.
    mutating func take(certain id: TokenID) -> Step {
        sampler.take(id)
        usage.forcedTokens += 1
        return add(AnswerToken(id: id))
    }

    /// How an answer ends that has as many tokens as it may have.
    private var fullEnd: AnswerEnd { limit < options.maxTokens ? .contextLimit : .maxTokens }

    /// How an answer ends that is whole.
    private var wholeEnd: AnswerEnd { mask?.isHeldShort == true ? .maxTokens : .finished }

    private mutating func add(_ token: AnswerToken) -> Step {
        let id = token.id
        mask?.advance(by: id)
        drafter?.append(id)
        tokens.append(token)
        usage.answerTokens = tokens.count
        let (shown, isStopped) = stopStrings.append(decoder.append(id))
        show(shown)
        let piece = AnswerPiece(text: shown, token: token)
        if isStopped { return .ends(piece, answer(.stopString)) }
        if let loop = repetition?.append(id) {
            return .ends(piece, answer(.repetition, loop: loop))
        }
        // The model need not be asked whether the answer ends where nothing else may come.
        if isOver(mask, remaining: remaining) { return end(wholeEnd, after: piece) }
        if remaining <= 0 { return end(fullEnd, after: piece) }
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
