/// Answers prompts with a model, one sequence each.
public struct Generator<Model: LanguageModel>: Sendable {
    private let model: Model

    /// A generator over a model.
    public init(_ model: Model) {
        self.model = model
    }

    /// The answer to a prompt, as it comes.
    ///
    /// Nothing is computed before the first event is asked for, and never more than one token ahead of who reads: one who
    /// stops reading stops the model, and the sequence's memory goes with the iterator.
    public func answer(to request: GenerationRequest<Model>) -> AnswerStream<Model> {
        AnswerStream(model: model, request: request)
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
    let request: GenerationRequest<Model>

    /// Begins the answer; each iterator computes one of its own.
    public func makeAsyncIterator() -> Iterator {
        Iterator(model: model, request: request)
    }

    /// Computes the next token when it is asked for one.
    public struct Iterator: AsyncIteratorProtocol {
        private enum Stage {
            case prompt(GenerationRequest<Model>)
            case token(GeneratingSequence<Model>)
            case last(Answer)
            case over
        }

        private let model: Model
        private var stage: Stage

        init(model: Model, request: GenerationRequest<Model>) {
            self.model = model
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
                let sequence = try GeneratingSequence(request, model: model)
                return event(
                    of: try await sequence.begin(with: request.prompt, in: model),
                    sequence
                )
            case .token(let sequence):
                return event(of: try await step(sequence), sequence)
            }
        }

        /// Feeds the model the last token and chooses the next.
        private func step(
            _ sequence: GeneratingSequence<Model>
        ) async throws(GenerationFault) -> AnswerInProgress.Step {
            if Task.isCancelled { return sequence.cancel() }
            let start = ContinuousClock.now
            let logits: [[Float]]
            do {
                logits = try await model.decode([sequence.nextToken], into: [sequence.state])
            } catch .cancelled {
                return sequence.cancel()
            }
            guard let logits = logits.first else {
                throw .logitsMiscounted(found: 0, expected: model.vocabularySize)
            }
            return try sequence.goOn(with: logits, since: start, in: model)
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
