internal import Generation
internal import Grammar
internal import Qwen
internal import Tokenization

extension Benchmark {
    /// What is asked of a document: six fields, as long as a receipt's usually are.
    ///
    /// None may be `null`: a model that knows nothing would leave out most of them.
    private static let schema = AnswerSchema.object([
        .init("merchant", .text(atMost: 24)),
        .init("date", .date),
        .init("total", .number(digits: 4, decimals: 2)),
        .init("currency", .choice(["EUR", "USD", "GBP", "CHF", "CNY", "JPY"])),
        .init("category", .choice(["groceries", "restaurant", "travel", "office", "other"])),
        .init("number", .text(atMost: 16)),
    ])

    /// Measures answers of six fields one by one, each token in a pass of its own.
    func fields(_ beforeRun: (Int) -> Void) async throws(AskFault) -> BenchmarkResult {
        let requests = try await requests()
        var (seconds, joules): ([Double], [Double?]) = ([], [])
        var tokens = 0
        for run in 1...runs {
            try checkCancellation()
            beforeRun(run)
            let before = joulesNow
            let taken = try await oneByOne(requests)
            joules.append(self.joules(since: before))
            seconds.append(taken.seconds)
            tokens = taken.tokens
        }
        return BenchmarkResult(
            stage: .fields,
            measure: .seconds(RunSamples(seconds)),
            tokens: tokens
        ).using(joules)
    }

    /// Measures the same answers together, what is certain of them fed at once, each run beside them one by one.
    func fieldsTogether(_ beforeRun: (Int) -> Void) async throws(AskFault) -> BenchmarkResult {
        let requests = try await requests()
        var (seconds, times, joules): ([Double], [Double], [Double?]) = ([], [], [])
        var tokens = 0
        for run in 1...runs {
            try checkCancellation()
            beforeRun(run)
            let single = try await oneByOne(requests)
            let before = joulesNow
            let taken = try await together(requests)
            joules.append(self.joules(since: before))
            seconds.append(taken.seconds)
            times.append(single.seconds / taken.seconds)
            tokens = taken.tokens
        }
        var result = BenchmarkResult(
            stage: .fieldsTogether,
            measure: .seconds(RunSamples(seconds)),
            tokens: tokens
        )
        result.timesSingle = RunSamples(times)
        return result.using(joules)
    }

    /// One request for each document, its prompt computed but for the last token; the model's answers depend on these alone.
    private func requests() async throws(AskFault) -> [GenerationRequest<QwenModel>] {
        let count = BenchmarkStage.shortPrompt
        var requests: [GenerationRequest<QwenModel>] = []
        let mask: SchemaMask
        let maxTokens: Int
        do throws(SchemaFault) {
            let grammar = try SchemaGrammar(
                Self.schema,
                tokens: TokenTrie(answering.tokenizer, rows: model.vocabularySize),
                endTokens: answering.endTokens
            )
            maxTokens = max(BenchmarkStage.fieldTokens, grammar.leastTokens)
            mask = try SchemaMask(grammar, maxTokens: maxTokens)
        } catch {
            // The schema is good and its answers are given room: no token is left where none ends an answer.
            throw .generation(.nothingAllowed(step: 0))
        }
        for index in 0..<BenchmarkStage.batchWidth {
            let tokens = text(count, from: 5 * index)
            let state = model.makeState()
            do {
                let prompt = QwenPrompt(tokens: Array(tokens.dropLast()))
                _ = try await model.prefill(prompt, into: state)
            } catch {
                throw .generation(error)
            }
            var request = answering.request(
                for: PreparedQuestion(
                    prompt: QwenPrompt(tokens: Array(tokens.suffix(1))),
                    viewTokens: [],
                    encoding: .zero
                ),
                options: GenerationOptions(
                    maxTokens: maxTokens,
                    repetitionLimits: nil,
                    speculation: .off
                ),
                mask: mask
            )
            request.promptTokens = tokens
            request.state = state
            requests.append(request)
        }
        return requests
    }

    /// Answers one after the other, without stretches.
    ///
    /// - Returns: Seconds of a document after its prompt, and tokens of all.
    private func oneByOne(
        _ requests: [GenerationRequest<QwenModel>]
    ) async throws(AskFault) -> (seconds: Double, tokens: Int) {
        var (decode, tokens) = (Duration.zero, 0)
        for var request in requests {
            request.options.feedsStretches = false
            request.state = request.state?.fork()
            do throws(GenerationFault) {
                for try await event in Generator(model).answer(to: request) {
                    guard case .end(let answer) = event else { continue }
                    guard answer.end != .cancelled else { throw .cancelled }
                    decode += answer.usage.decode
                    tokens += answer.usage.answerTokens
                }
            } catch {
                throw .generation(error)
            }
        }
        return (decode / .seconds(1) / Double(requests.count), tokens)
    }

    /// Answers all at once.
    ///
    /// - Returns: Seconds of a document after all prompts, and tokens of all.
    private func together(
        _ requests: [GenerationRequest<QwenModel>]
    ) async throws(AskFault) -> (seconds: Double, tokens: Int) {
        var requests = requests
        for index in requests.indices {
            requests[index].state = requests[index].state?.fork()
        }
        var begun: Set<Int> = []
        var start = ContinuousClock.now
        var tokens = 0
        let batch = BatchGenerator(model, width: requests.count)
        for await event in batch.answers(to: requests) {
            if begun.insert(event.index).inserted, begun.count == requests.count {
                start = ContinuousClock.now
            }
            switch event.event {
            case .failure(let fault): throw .generation(fault)
            case .success(.piece): continue
            case .success(.end(let answer)):
                guard answer.end != .cancelled else { throw .generation(.cancelled) }
                tokens += answer.usage.answerTokens
            }
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return (seconds / Double(requests.count), tokens)
    }
}
