/// One pass over the weights for some sequences and what is drafted for them.
struct DecodingPass<Model: LanguageModel> {
    let model: Model
    var planner: DraftPlanner

    /// Computes a sequence's prompt and chooses the first token of its answer.
    ///
    /// - Parameters:
    ///   - sequence: A new one.
    ///   - prompt: Its prompt.
    /// - Returns: What follows.
    /// - Throws: ``GenerationFault``.
    mutating func begin(
        _ sequence: GeneratingSequence<Model>,
        with prompt: Model.Prompt
    ) async throws(GenerationFault) -> AnswerInProgress.Step {
        let step = try await sequence.begin(with: prompt, in: model)
        planner.prefilled(sequence.usage.promptTokens, in: sequence.usage.prefill)
        return step
    }

    /// Feeds each sequence its next token, what must follow it, and drafts.
    ///
    /// - Parameter sequences: All of them going on.
    /// - Throws: ``GenerationFault``; they hold what they held before then.
    mutating func run(_ sequences: [GeneratingSequence<Model>]) async throws(GenerationFault) {
        let proposals = sequences.map { $0.proposal(in: model) }
        let counts = planner.counts(for: proposals)
        let runs = sequences.indices.map { sequences[$0].run(counts[$0], of: proposals[$0]) }
        do throws(GenerationFault) {
            try await feed(sequences, runs)
        } catch .outOfMemory(let bytes) {
            // One token of each needs less.
            guard runs.contains(where: { $0.tokens.count > 1 }) else {
                throw .outOfMemory(bytes: bytes)
            }
            try await feed(
                sequences,
                sequences.indices.map { sequences[$0].shortRun(of: proposals[$0]) }
            )
        }
    }

    private mutating func feed(
        _ sequences: [GeneratingSequence<Model>],
        _ runs: [TokenRun]
    ) async throws(GenerationFault) {
        let rows = runs.reduce(0) { $0 + $1.rowCount }
        let start = ContinuousClock.now
        let logits = try await model.decode(runs, into: sequences.map(\.state))
        guard logits.rowCount == rows else {
            throw .logitsMiscounted(found: logits.rowCount, expected: rows)
        }
        let time = ContinuousClock.now - start
        planner.passed(
            in: time,
            drafted: rows - runs.count,
            certain: runs.reduce(0) { $0 + $1.unread },
            sequences: runs.count
        )
        var row = 0
        for (sequence, run) in zip(sequences, runs) {
            sequence.receive(logits, firstRow: row, after: run, in: time)
            row += run.rowCount
        }
    }
}
