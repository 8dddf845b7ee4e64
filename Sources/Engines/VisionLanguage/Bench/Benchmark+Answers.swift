internal import Generation
internal import Qwen
internal import Tokenization

extension Benchmark {
    // MARK: One answer

    /// Measures an answer alone, after a prompt of text.
    mutating func answers(
        _ stage: BenchmarkStage,
        after count: Int,
        _ beforeRun: (Int) -> Void
    ) async throws(AskFault) -> BenchmarkResult {
        let held = try await prefill(count - 1)
        let bytes = model.weightBytesPerToken
        var (rates, shares): ([Double], [Double]) = ([], [])
        var joules: [Double?] = []
        for run in 1...runs {
            try checkCancellation()
            beforeRun(run)
            let bandwidth = nextBandwidth()
            let before = joulesNow
            let rate = try await decodeRate(after: held, count)
            joules.append(self.joules(since: before))
            rates.append(rate)
            if let bandwidth { shares.append(rate * Double(bytes) / bandwidth) }
        }
        var result = BenchmarkResult(
            stage: stage,
            measure: .tokensPerSecond(RunSamples(rates)),
            tokens: BenchmarkStage.decodeSteps
        )
        result.bytesPerToken = bytes
        result.cacheBytesRead =
            (count + BenchmarkStage.decodeSteps / 2) * model.cacheBytesPerToken
        result.bandwidthShare = shares.isEmpty ? nil : RunSamples(shares)
        return result.using(joules)
    }

    /// Tokens a second of one answer: the model's steps, and choosing and spelling their tokens.
    ///
    /// - Parameters:
    ///   - held: A sequence that holds all of the prompt but its last token; it stays as it is.
    ///   - count: Tokens of the prompt.
    /// - Returns: The rate, the first token, which the prompt gives, not counted.
    /// - Throws: ``AskFault``.
    private func decodeRate(after held: QwenState, _ count: Int) async throws(AskFault) -> Double {
        let tokens = text(count)
        var request = request(
            QwenPrompt(tokens: Array(tokens.suffix(1))),
            tokens: BenchmarkStage.decodeSteps + 1
        )
        request.promptTokens = tokens
        request.state = held.fork()
        var events = Generator(model).answer(to: request).makeAsyncIterator()
        do throws(GenerationFault) {
            _ = try await events.next()
            let start = ContinuousClock.now
            while let event = try await events.next() {
                guard case .end(let answer) = event else { continue }
                guard answer.end != .cancelled else { throw .cancelled }
                return Double(answer.usage.decodeSteps)
                    / ((ContinuousClock.now - start) / .seconds(1))
            }
        } catch {
            throw .generation(error)
        }
        throw .generation(.cancelled)
    }

    /// An answer of so many tokens, whatever they are.
    private func request(
        _ prompt: QwenPrompt,
        tokens: Int
    ) -> GenerationRequest<QwenModel> {
        var request = answering.request(
            for: PreparedQuestion(prompt: prompt, viewTokens: [], encoding: .zero),
            options: GenerationOptions(
                maxTokens: tokens,
                repetitionLimits: nil,
                speculation: .off
            )
        )
        request.options.stopTokens = []
        return request
    }

    // MARK: Several answers

    /// Measures answers that are made together, each run beside one alone.
    mutating func batches(_ beforeRun: (Int) -> Void) async throws(AskFault) -> BenchmarkResult {
        let count = BenchmarkStage.shortPrompt
        let held = try await prefill(count - 1)
        var (rates, times): ([Double], [Double]) = ([], [])
        var joules: [Double?] = []
        for run in 1...runs {
            try checkCancellation()
            beforeRun(run)
            let single = try await decodeRate(after: held, count)
            let before = joulesNow
            let rate = try await batchRate()
            joules.append(self.joules(since: before))
            rates.append(rate)
            times.append(rate / single)
        }
        var result = BenchmarkResult(
            stage: .batch,
            measure: .tokensPerSecond(RunSamples(rates)),
            tokens: BenchmarkStage.batchWidth * BenchmarkStage.decodeSteps
        )
        result.timesSingle = RunSamples(times)
        return result.using(joules)
    }

    /// Tokens a second of all answers together, from when all have begun.
    private func batchRate() async throws(AskFault) -> Double {
        let width = BenchmarkStage.batchWidth
        let requests = (0..<width).map { index in
            request(
                QwenPrompt(tokens: text(BenchmarkStage.shortPrompt, from: 5 * index)),
                tokens: BenchmarkStage.decodeSteps + 1
            )
        }
        var begun: Set<Int> = []
        var start = ContinuousClock.now
        var steps = 0
        for await event in BatchGenerator(model, width: width).answers(to: requests) {
            if begun.insert(event.index).inserted, begun.count == width {
                start = ContinuousClock.now
            }
            switch event.event {
            case .failure(let fault): throw .generation(fault)
            case .success(.piece): continue
            case .success(.end(let answer)):
                guard answer.end != .cancelled else { throw .generation(.cancelled) }
                steps += answer.usage.decodeSteps
            }
        }
        return Double(steps) / ((ContinuousClock.now - start) / .seconds(1))
    }

    // MARK: An answer about a picture

    /// Measures all that stands between a decoded picture and the end of an answer about it.
    func answersToPictures(_ beforeRun: (Int) -> Void) async throws(AskFault) -> BenchmarkResult {
        guard let preprocessor = answering.preprocessor,
            let size = BenchmarkStage.answer.pictureSize
        else { throw .seesNothing }
        let picture = DrawnPicture.drawn(width: size.width, height: size.height)
        var seconds: [Double] = []
        var joules: [Double?] = []
        for run in 1...runs {
            try checkCancellation()
            beforeRun(run)
            let before = joulesNow
            let start = ContinuousClock.now
            let question = Question(
                "Describe this picture.",
                views: [View(picture: try patches(of: picture, preprocessor))]
            )
            let prepared = try await answering.prepare(question)
            var events = Generator(model)
                .answer(to: request(prepared.prompt, tokens: BenchmarkStage.answerTokens))
                .makeAsyncIterator()
            do throws(GenerationFault) {
                while let event = try await events.next() {
                    if case .end(let answer) = event, answer.end == .cancelled {
                        throw .cancelled
                    }
                }
            } catch {
                throw .generation(error)
            }
            seconds.append((ContinuousClock.now - start) / .seconds(1))
            joules.append(self.joules(since: before))
        }
        return BenchmarkResult(
            stage: .answer,
            measure: .seconds(RunSamples(seconds)),
            tokens: BenchmarkStage.answerTokens
        ).using(joules)
    }
}
