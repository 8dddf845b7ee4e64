import Tokenization

/// A sequence of a model and the answer that grows in it.
///
/// A class, so that the answer grows in place: what an iterator keeps between two events would be copied with each token.
final class GeneratingSequence<Model: LanguageModel> {
    /// What a pass gave that is not taken yet: of tokens after a wrong draft it never is.
    private struct Verification {
        let logits: Logits
        /// The row of the token after which the first choice is made.
        let firstRow: Int
        /// Tokens that were fed and are not verified yet.
        var drafts: ArraySlice<TokenID>
        let wanted: [[TokenID]?]
        /// Tokens that the sequence held before that token.
        let held: Int
        /// Whether a prompt ended with that token: what is fed with a prompt stays.
        var isOfPrompt = false
        /// Rows that were taken.
        var taken = 0
    }

    let state: Model.State
    /// What the model is fed next.
    private var nextToken: TokenID = 0
    private var answer: AnswerInProgress
    private var verification: Verification?
    /// Tokens that must come next: fed already where something is left to verify; else the answer ends with them, and none is fed.
    private var certain: ArraySlice<TokenID> = []

    /// An answer of which nothing is computed yet.
    init(
        _ request: GenerationRequest<Model>,
        model: Model,
        history: SpeculationHistory
    ) throws(GenerationFault) {
        // The last of the prompt's tokens gives the first of the answer, which needs no room of its own.
        let room = model.contextLength - request.promptTokens.count + 1
        answer = try AnswerInProgress(request, history, room: max(1, room))
        guard !request.promptTokens.isEmpty else { throw .emptyPrompt }
        guard room > 0 else {
            throw .contextExceeded(
                needed: request.promptTokens.count,
                limit: model.contextLength
            )
        }
        state = request.state ?? model.makeState()
        roomAfterPrompt = room - 1
    }

    private let roomAfterPrompt: Int

    /// Computes the prompt, and with it what the answer must begin with, and chooses the first token.
    func begin(
        with prompt: Model.Prompt,
        in model: Model
    ) async throws(GenerationFault) -> AnswerInProgress.Step {
        if Task.isCancelled { return cancel() }
        let start = ContinuousClock.now
        let held = state.tokenCount
        let stretch = answer.stretch(
            atMost: min(DraftProposal.mostStretched, roomAfterPrompt)
        )
        let longer =
            stretch.tokens.isEmpty ? nil : model.prompt(prompt, followedBy: stretch.tokens)
        let wanted = longer == nil ? answer.wanted : answer.wanted(after: stretch)
        let logits: Logits
        do {
            logits = try await model.prefill(longer ?? prompt, into: state, wanted: wanted)
        } catch .cancelled {
            return cancel()
        }
        guard logits.rowCount == 1 else {
            throw .logitsMiscounted(found: logits.rowCount, expected: 1)
        }
        certain = longer == nil ? [] : stretch.tokens[...]
        answer.usage.promptTokens = state.tokenCount - held - certain.count
        answer.usage.prefill = ContinuousClock.now - start
        verification = Verification(
            logits: logits,
            firstRow: 0,
            drafts: [],
            wanted: [wanted],
            held: state.tokenCount - 1,
            isOfPrompt: true
        )
        return try choose(in: model).step
    }

    // MARK: Passes

    /// Tokens that may be fed with the next one.
    func proposal(in model: Model) -> DraftProposal {
        answer.proposal(room: model.contextLength - state.tokenCount - 1)
    }

    /// What a pass is to be given.
    func run(_ drafted: Int, of proposal: DraftProposal) -> TokenRun {
        let certain = [nextToken] + proposal.stretch
        return TokenRun(
            certain + proposal.tokens.prefix(drafted),
            wanted: proposal.stretch.map { _ in [] } + proposal.wanted.prefix(drafted + 1),
            unread: certain.count - 1
        )
    }

    /// The least that a pass can be given.
    func shortRun(of proposal: DraftProposal) -> TokenRun {
        TokenRun([nextToken], wanted: [proposal.wantedAtOnce])
    }

    /// Takes what a pass gave for a run, which the sequence now holds.
    ///
    /// - Parameters:
    ///   - logits: The pass's.
    ///   - firstRow: The run's first row of them.
    ///   - run: What was fed.
    ///   - time: What the pass took.
    func receive(_ logits: Logits, firstRow: Int, after run: TokenRun, in time: Duration) {
        answer.usage.decodeSteps += 1
        answer.usage.draftedTokens += run.rowCount - 1
        answer.usage.decode += time
        certain = run.tokens.dropFirst().prefix(run.unread)
        verification = Verification(
            logits: logits,
            firstRow: firstRow,
            drafts: run.tokens.dropFirst(run.unread + 1),
            wanted: Array(run.wanted.dropFirst(run.unread)),
            held: state.tokenCount - run.rowCount
        )
    }

    /// Whether a token can be chosen without another pass.
    var isVerified: Bool { verification != nil || !certain.isEmpty }

    /// Chooses the next token from what the last pass gave.
    ///
    /// - Parameter model: The model.
    /// - Returns: What follows, and whether it was a draft that was right.
    /// - Throws: ``GenerationFault`` of the sampler.
    func choose(
        in model: Model
    ) throws(GenerationFault) -> (step: AnswerInProgress.Step, wasDrafted: Bool) {
        if let token = certain.popFirst() {
            let step = answer.take(certain: token)
            if case .ends = step { takeBackCertain() }
            return (step, false)
        }
        guard var now = verification else {
            throw .logitsMiscounted(found: 0, expected: 1)
        }
        verification = nil
        let fed = now.held + now.taken + 1
        let step: AnswerInProgress.Step
        do {
            step = try answer.take(
                now.logits[now.firstRow + now.taken],
                among: now.wanted[now.taken]
            )
        } catch {
            truncate(to: fed)
            throw error
        }
        if case .goesOn(let token, _) = step {
            nextToken = token
            if now.drafts.first == token {
                answer.usage.acceptedTokens += 1
                now.drafts.removeFirst()
                now.taken += 1
                verification = now
                return (step, true)
            }
            let rest = answer.stretch(atMost: .max)
            if rest.endsAnswer { certain = rest.tokens[...] }
        }
        truncate(to: fed)
        return (step, false)
    }

    private func truncate(to count: Int) {
        if state.tokenCount > count { state.truncate(to: count) }
    }

    /// Forgets the rest of a stretch in which the answer ended.
    private func takeBackCertain() {
        if let now = verification, !now.isOfPrompt { truncate(to: now.held + 1 - certain.count) }
        verification = nil
        certain = []
    }

    /// What the prompt and all passes took so far.
    var usage: AnswerUsage { answer.usage }

    /// Ends the answer where it stands.
    func cancel() -> AnswerInProgress.Step {
        // Its last token was not to be fed yet.
        if let verification, !verification.isOfPrompt {
            truncate(to: verification.held + verification.taken - certain.count)
        }
        verification = nil
        certain = []
        return answer.end(.cancelled)
    }
}
