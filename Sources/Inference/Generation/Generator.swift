/// Answers prompts with a model, one sequence each.
public struct Generator<Model: LanguageModel>: Sendable {
    private let model: Model
    private let history: SpeculationHistory

    /// A generator over a model.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - history: What its earlier answers taught about drafts.
    public init(_ model: Model, history: SpeculationHistory = SpeculationHistory()) {
        self.model = model
        self.history = history
    }

    /// The answer to a prompt, as it comes.
    ///
    /// Nothing is computed before the first event is asked for, and never more than one pass ahead of who reads: one who
    /// stops reading stops the model, and the sequence's memory goes with the iterator.
    public func answer(to request: GenerationRequest<Model>) -> AnswerStream<Model> {
        AnswerStream(model: model, history: history, request: request)
    }
}

/// An answer as it comes: pieces of text, then the whole answer as the last event.
///
/// A cancelled task gets that last event as well, with ``AnswerEnd/cancelled``, within a token.
public struct AnswerStream<Model: LanguageModel>: AsyncSequence, Sendable {
    /// Pieces and the end.
    public typealias Element = AnswerEvent
    /// What the model or the options were not able to do.
    public typealias Failure = GenerationFault

    let model: Model
    let history: SpeculationHistory
    let request: GenerationRequest<Model>

    /// Begins the answer; each iterator computes one of its own.
    public func makeAsyncIterator() -> Iterator {
        Iterator(model: model, history: history, request: request)
    }

    /// Computes the next token when it is asked for one.
    public struct Iterator: AsyncIteratorProtocol {
        private enum Stage {
            case prompt(GenerationRequest<Model>)
            case token(GeneratingSequence<Model>)
            case last(Answer)
            case over
        }

        private let history: SpeculationHistory
        private var pass: DecodingPass<Model>
        private var stage: Stage

        init(model: Model, history: SpeculationHistory, request: GenerationRequest<Model>) {
            self.history = history
            pass = DecodingPass(model: model, planner: DraftPlanner(history))
            stage = .prompt(request)
        }

        /// The next event; nil after the last.
        ///
        /// - Throws: ``GenerationFault``; the stream is over then.
        public mutating func next() async throws(GenerationFault) -> AnswerEvent? {
            try await next(isolation: #isolation)
        }

        /// The next event; nil after the last.
        ///
        /// - Parameter actor: Whose turn is used.
        /// - Returns: The event.
        /// - Throws: ``GenerationFault``; the stream is over then.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(GenerationFault) -> AnswerEvent? {
            let now = stage
            stage = .over
            switch now {
            case .over: return nil
            case .last(let answer): return .end(answer)
            case .prompt(let request):
                let sequence = try GeneratingSequence(
                    request,
                    model: pass.model,
                    history: history
                )
                return event(
                    of: try await pass.begin(sequence, with: request.prompt),
                    sequence
                )
            case .token(let sequence):
                return event(of: try await step(sequence), sequence)
            }
        }

        /// Chooses the next token, after a pass of the model where the last one has not given it.
        private mutating func step(
            _ sequence: GeneratingSequence<Model>
        ) async throws(GenerationFault) -> AnswerInProgress.Step {
            if Task.isCancelled { return sequence.cancel() }
            if !sequence.isVerified {
                do {
                    try await pass.run([sequence])
                } catch .cancelled {
                    return sequence.cancel()
                }
            }
            let (step, wasDrafted) = try sequence.choose(in: pass.model)
            if wasDrafted { pass.planner.accepted(1, of: 1) }
            return step
        }

        private mutating func event(
            of step: AnswerInProgress.Step,
            _ sequence: GeneratingSequence<Model>
        ) -> AnswerEvent {
            switch step {
            case .goesOn(_, let piece):
                stage = .token(sequence)
                return .piece(piece)
            case .ends(let piece?, let answer):
                stage = .last(answer)
                return .piece(piece)
            case .ends(nil, let answer):
                return .end(answer)
            }
        }
    }
}
