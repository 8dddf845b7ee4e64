/// Answers several prompts together: one pass over the weights gives every running answer its next token.
///
/// Batching is continuous: where an answer ends, the next prompt takes its place while the others go on. An answer is the same
/// as ``Generator`` would give it.
public struct BatchGenerator<Model: LanguageModel>: Sendable {
    private let model: Model
    private let width: Int
    private let history: SpeculationHistory

    /// A generator over a model.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - width: Sequences that run at once; each holds memory for its keys and values.
    ///   - history: What its earlier answers taught about drafts.
    public init(
        _ model: Model,
        width: Int,
        history: SpeculationHistory = SpeculationHistory()
    ) {
        self.model = model
        self.history = history
        self.width = max(1, width)
    }

    /// The answers to several prompts, as they come.
    public func answers(to requests: [GenerationRequest<Model>]) -> BatchStream<Model> {
        BatchStream(model: model, width: width, history: history, requests: requests)
    }
}

/// What one of several answers gives.
public struct BatchEvent: Sendable, Equatable {
    /// Which request it belongs to, from 0.
    public let index: Int
    /// The event; a fault ends that answer and no other.
    public let event: Result<AnswerEvent, GenerationFault>
}

/// Several answers as they come; each ends with its ``AnswerEvent/end(_:)`` or its fault.
public struct BatchStream<Model: LanguageModel>: AsyncSequence, Sendable {
    /// Events of all answers, in the order in which they were computed.
    public typealias Element = BatchEvent
    /// Faults are events of the answer that they end.
    public typealias Failure = Never

    let model: Model
    let width: Int
    let history: SpeculationHistory
    let requests: [GenerationRequest<Model>]

    /// Begins the answers.
    public func makeAsyncIterator() -> Iterator {
        Iterator(model: model, width: width, history: history, requests: requests)
    }

    /// Computes one step of all running answers when its events have been read.
    public struct Iterator: AsyncIteratorProtocol {
        private struct Running {
            let index: Int
            let sequence: GeneratingSequence<Model>
        }

        private let width: Int
        private let history: SpeculationHistory
        private var pass: DecodingPass<Model>
        private var waiting: ArraySlice<(offset: Int, element: GenerationRequest<Model>)>
        private var running: [Running] = []
        private var ready: ArraySlice<BatchEvent> = []

        init(
            model: Model,
            width: Int,
            history: SpeculationHistory,
            requests: [GenerationRequest<Model>]
        ) {
            self.width = width
            self.history = history
            pass = DecodingPass(model: model, planner: DraftPlanner(history))
            waiting = Array(requests.enumerated())[...]
        }

        /// The next event; nil when every answer has ended.
        public mutating func next() async -> BatchEvent? {
            await next(isolation: #isolation)
        }

        /// The next event; nil when every answer has ended.
        ///
        /// - Parameter actor: Whose turn is used.
        /// - Returns: The event.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> BatchEvent? {
            while ready.isEmpty, !(running.isEmpty && waiting.isEmpty) {
                if running.count < width, let (index, request) = waiting.popFirst() {
                    await admit(request, index)
                } else {
                    await step()
                }
            }
            return ready.popFirst()
        }

        /// Computes a prompt; its answer runs from now on.
        private mutating func admit(_ request: GenerationRequest<Model>, _ index: Int) async {
            do throws(GenerationFault) {
                let sequence = try GeneratingSequence(
                    request,
                    model: pass.model,
                    history: history
                )
                let step = try await pass.begin(sequence, with: request.prompt)
                var accepted = 0
                if let going = report(step, of: Running(index: index, sequence: sequence)),
                    let stays = try take(going, &accepted)
                {
                    running.append(stays)
                }
            } catch {
                ready.append(BatchEvent(index: index, event: .failure(error)))
            }
        }

        /// Gives every running answer its next token, and those that were drafted right.
        private mutating func step() async {
            let batch = running
            running = []
            guard !Task.isCancelled else { return cancel(batch) }
            do throws(GenerationFault) {
                try await pass.run(batch.map(\.sequence))
            } catch .cancelled {
                return cancel(batch)
            } catch {
                for one in batch {
                    ready.append(BatchEvent(index: one.index, event: .failure(error)))
                }
                return
            }
            var accepted = 0
            for one in batch {
                do throws(GenerationFault) {
                    if let going = try take(one, &accepted) { running.append(going) }
                } catch {
                    ready.append(BatchEvent(index: one.index, event: .failure(error)))
                }
            }
            pass.planner.accepted(accepted, of: batch.count)
        }

        /// Takes all that a pass gave for one answer.
        ///
        /// - Returns: The answer, if it goes on.
        private mutating func take(
            _ one: Running,
            _ accepted: inout Int
        ) throws(GenerationFault) -> Running? {
            while one.sequence.isVerified {
                let (step, wasDrafted) = try one.sequence.choose(in: pass.model)
                if wasDrafted { accepted += 1 }
                guard report(step, of: one) != nil else { return nil }
            }
            return one
        }

        private mutating func cancel(_ batch: [Running]) {
            for one in batch { _ = report(one.sequence.cancel(), of: one) }
        }

        /// Queues what a step gave.
        ///
        /// - Returns: The answer, if it goes on.
        private mutating func report(_ step: AnswerInProgress.Step, of one: Running) -> Running? {
            switch step {
            case .goesOn(_, let piece):
                ready.append(BatchEvent(index: one.index, event: .success(.piece(piece))))
                return one
            case .ends(let piece, let answer):
                if let piece {
                    ready.append(BatchEvent(index: one.index, event: .success(.piece(piece))))
                }
                ready.append(BatchEvent(index: one.index, event: .success(.end(answer))))
                return nil
            }
        }
    }
}
