import Tokenization

/// A sequence of a model and the answer that grows in it.
///
/// A class, so that the answer grows in place: what an iterator keeps between two events would be copied with each token.
final class GeneratingSequence<Model: LanguageModel> {
    let state: Model.State
    /// What the model is fed next.
    private(set) var nextToken: TokenID = 0
    private var answer: AnswerInProgress

    /// An answer of which nothing is computed yet.
    init(_ request: GenerationRequest<Model>, model: Model) throws(GenerationFault) {
        answer = try AnswerInProgress(request)
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
        let logits: [Float]
        do {
            logits = try await model.prefill(prompt, into: state)
        } catch .cancelled {
            return cancel()
        }
        answer.usage.promptTokens = state.tokenCount - held
        answer.usage.prefill = ContinuousClock.now - start
        return try choose(from: logits, in: model)
    }

    /// Chooses from what the model gave for ``nextToken``, which its sequence now holds.
    func goOn(
        with logits: [Float],
        since start: ContinuousClock.Instant,
        in model: Model
    ) throws(GenerationFault) -> AnswerInProgress.Step {
        answer.usage.decodeSteps += 1
        answer.usage.decode += ContinuousClock.now - start
        return try choose(from: logits, in: model)
    }

    /// Ends the answer where it stands.
    func cancel() -> AnswerInProgress.Step {
        answer.end(.cancelled)
    }

    private func choose(
        from logits: [Float],
        in model: Model
    ) throws(GenerationFault) -> AnswerInProgress.Step {
        let step = try answer.take(logits, hasRoom: state.tokenCount < model.contextLength)
        if case .goesOn(let token, _) = step { nextToken = token }
        return step
    }
}
