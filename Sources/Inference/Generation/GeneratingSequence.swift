import Tokenization

/// A sequence of a model and the answer that grows in it.
///
/// A class, so that the answer grows in place: what an iterator keeps between two events would be copied with each token.
final class GeneratingSequence<Model: LanguageModel> {
    /// What a pass gave that is not taken yet: of tokens after a wrong draft it never is.
    private struct Verification {
        let logits: Logits
        /// The row of the token that was fed first.
        let firstRow: Int
        /// Tokens that were fed and are not verified yet.
        var drafts: ArraySlice<TokenID>
        let wanted: [[TokenID]?]
        /// Tokens that the sequence held before.
        let held: Int
        /// Rows that were taken.
        var taken = 0
    }

    let state: Model.State
    /// What the model is fed next.
    private var nextToken: TokenID = 0
    private var answer: AnswerInProgress
    private var verification: Verification?

    /// An answer of which nothing is computed yet.
    init(
        _ request: GenerationRequest<Model>,
        model: Model,
        history: SpeculationHistory
    ) throws(GenerationFault) {
        answer = try AnswerInProgress(request, history)
        guard !request.promptTokens.isEmpty else { throw .emptyPrompt }
        // The last of the prompt's tokens gives the first of the answer, which needs no room of its own.
        guard request.promptTokens.count <= model.contextLength else {
            throw .contextExceeded(
                needed: request.promptTokens.count,
                limit: model.contextLength
            )
        }
        state = request.state ?? model.makeState()
    }

    /// Computes the prompt and chooses the first token.
    func begin(
        with prompt: Model.Prompt,
        in model: Model
    ) async throws(GenerationFault) -> AnswerInProgress.Step {
        if Task.isCancelled { return cancel() }
        let start = ContinuousClock.now
        let held = state.tokenCount
        let wanted = answer.wanted
        let logits: Logits
        do {
            logits = try await model.prefill(prompt, into: state, wanted: wanted)
        } catch .cancelled {
            return cancel()
        }
        guard logits.rowCount == 1 else {
            throw .logitsMiscounted(found: logits.rowCount, expected: 1)
        }
        answer.usage.promptTokens = state.tokenCount - held
        answer.usage.prefill = ContinuousClock.now - start
        let step = try answer.take(
            logits[0],
            among: wanted,
            hasRoom: state.tokenCount < model.contextLength
        )
        if case .goesOn(let token, _) = step { nextToken = token }
        return step
    }

    // MARK: Passes

    /// Tokens that may be fed with the next one.
    func proposal(in model: Model) -> DraftProposal {
        let room = model.contextLength - state.tokenCount - 1
        return answer.proposal(atMost: min(DraftPlanner.mostDrafted, room))
    }

    /// What a pass is to be given.
    func run(_ drafted: Int, of proposal: DraftProposal) -> TokenRun {
        TokenRun(
            [nextToken] + proposal.tokens.prefix(drafted),
            wanted: Array(proposal.wanted.prefix(drafted + 1))
        )
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
        answer.usage.draftedTokens += run.tokens.count - 1
        answer.usage.decode += time
        verification = Verification(
            logits: logits,
            firstRow: firstRow,
            drafts: run.tokens.dropFirst(),
            wanted: run.wanted,
            held: state.tokenCount - run.tokens.count
        )
    }

    /// Whether a token can be chosen without another pass.
    var isVerified: Bool { verification != nil }

    /// Chooses the next token from what the last pass gave.
    ///
    /// - Parameter model: The model.
    /// - Returns: What follows, and whether the model has been fed the token already.
    /// - Throws: ``GenerationFault`` of the sampler.
    func choose(
        in model: Model
    ) throws(GenerationFault) -> (step: AnswerInProgress.Step, wasDrafted: Bool) {
        guard var now = verification else {
            throw .logitsMiscounted(found: 0, expected: 1)
        }
        verification = nil
        let fed = now.held + now.taken + 1
        let step: AnswerInProgress.Step
        do {
            step = try answer.take(
                now.logits[now.firstRow + now.taken],
                among: now.wanted[now.taken],
                hasRoom: fed < model.contextLength
            )
        } catch {
            state.truncate(to: fed)
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
        }
        if state.tokenCount > fed { state.truncate(to: fed) }
        return (step, false)
    }

    /// What the prompt and all passes took so far.
    var usage: AnswerUsage { answer.usage }

    /// Ends the answer where it stands.
    func cancel() -> AnswerInProgress.Step {
        // Its last token was not to be fed yet.
        if let verification { state.truncate(to: verification.held + verification.taken) }
        verification = nil
        return answer.end(.cancelled)
    }
}
