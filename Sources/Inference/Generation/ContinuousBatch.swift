/// Answers prompts that come at any time: one pass over the weights gives every answer that runs its next token.
///
/// A prompt joins while the others go on, and leaves when its answer ends; while a long one is computed the others go on between its
/// chunks. An answer is the same as ``Generator`` would give it.
public actor ContinuousBatch<Model: LanguageModel> {
    /// One answer and who waits for it.
    private final class Running {
        let number: Int
        let sequence: GeneratingSequence<Model>
        let asker: CheckedContinuation<Result<Answer, GenerationFault>, Never>
        var isCancelled = false

        init(
            _ number: Int,
            _ sequence: GeneratingSequence<Model>,
            _ asker: CheckedContinuation<Result<Answer, GenerationFault>, Never>
        ) {
            self.number = number
            self.sequence = sequence
            self.asker = asker
        }
    }

    /// Prompts shorter than this say little of what a token's time is: a pass over the weights takes most of theirs.
    private static var fewestTimed: Int { 64 }

    private let model: Model
    private let history: SpeculationHistory
    private let places: Places
    private var planner: DraftPlanner
    private var running: [Running] = []
    /// Answers whose prompt is computed, which take part in the next pass.
    private var joining: [Running] = []
    private var isGoing = false
    private var nextNumber = 0

    /// A batch over a model, of nothing yet.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - width: Answers that run at once; each holds memory for its keys and values. Others wait.
    ///   - history: What its earlier answers taught about drafts.
    public init(
        _ model: Model,
        width: Int = .max,
        history: SpeculationHistory = SpeculationHistory()
    ) {
        self.model = model
        self.history = history
        places = Places(width)
        planner = DraftPlanner(history)
    }

    /// The answer to a prompt, together with all others that run meanwhile.
    ///
    /// - Parameter request: What is asked.
    /// - Returns: The whole answer.
    /// - Throws: ``GenerationFault``, of this answer alone; ``GenerationFault/cancelled`` when the caller's task is cancelled.
    public func answer(
        to request: GenerationRequest<Model>
    ) async throws(GenerationFault) -> Answer {
        try await places.take()
        defer { places.give() }
        let sequence = try GeneratingSequence(request, model: model, history: history)
        switch try await sequence.begin(with: request.prompt, in: model) {
        case .ends(_, let answer):
            guard answer.end != .cancelled else { throw .cancelled }
            return answer
        case .goesOn: break
        }
        // What the answer must begin with came with the prompt.
        while sequence.isVerified {
            if case .ends(_, let answer) = try sequence.choose(in: model).step { return answer }
        }
        return try await rest(of: sequence).get()
    }

    /// Lets an answer run to its end.
    private func rest(
        of sequence: GeneratingSequence<Model>
    ) async -> Result<Answer, GenerationFault> {
        let number = nextNumber
        nextNumber += 1
        return await withTaskCancellationHandler {
            await withCheckedContinuation { asker in
                joining.append(Running(number, sequence, asker))
                if !isGoing {
                    isGoing = true
                    Task { await self.go() }
                }
            }
        } onCancel: {
            // It is heard after the answer has joined: until then this actor does nothing else.
            Task { await self.cancel(number) }
        }
    }

    private func cancel(_ number: Int) {
        (running + joining).first { $0.number == number }?.isCancelled = true
    }

    // MARK: Passes

    /// Makes passes as long as any answer runs.
    private func go() async {
        var pass = DecodingPass(model: model, planner: planner)
        while true {
            for usage in joining.map(\.sequence.usage)
            where usage.promptTokens >= Self.fewestTimed {
                pass.planner.prefilled(usage.promptTokens, in: usage.prefill)
            }
            let batch = (running + joining).filter { one in
                if one.isCancelled { end(one, .failure(.cancelled)) }
                return !one.isCancelled
            }
            joining = []
            running = batch
            if batch.isEmpty { break }
            do throws(GenerationFault) {
                try await pass.run(batch.map(\.sequence))
            } catch {
                running = survivors(of: error, in: batch)
                continue
            }
            var accepted = 0
            running = batch.filter { goesOn($0, &accepted) }
            pass.planner.accepted(accepted, of: batch.count)
        }
        planner = pass.planner
        isGoing = false
    }

    /// Ends what a pass that failed ends: where memory is short the youngest answer, else all.
    private func survivors(of fault: GenerationFault, in batch: [Running]) -> [Running] {
        var staying = batch
        if case .outOfMemory = fault, let youngest = staying.popLast() {
            end(youngest, .failure(fault))
            return staying
        }
        for one in batch { end(one, .failure(fault)) }
        return []
    }

    /// Takes all that a pass gave for one answer.
    ///
    /// - Returns: Whether it goes on.
    private func goesOn(_ one: Running, _ accepted: inout Int) -> Bool {
        do throws(GenerationFault) {
            while one.sequence.isVerified {
                let (step, wasDrafted) = try one.sequence.choose(in: model)
                if wasDrafted { accepted += 1 }
                if case .ends(_, let answer) = step {
                    end(one, .success(answer))
                    return false
                }
            }
            return true
        } catch {
            end(one, .failure(error))
            return false
        }
    }

    private func end(_ one: Running, _ result: Result<Answer, GenerationFault>) {
        one.asker.resume(returning: result)
    }
}
