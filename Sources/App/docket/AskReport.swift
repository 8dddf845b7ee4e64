import Energy
import Generation
import Glibc
import Jobs
import ModelStore
import Qwen
import Sandbox
import Tensors
import Tokenization
import VisionLanguage

/// What is told about an answer: `--stats` and `--json`.
struct AskReport {
    var stats: AskStats
    /// Who answers, and why.
    var route: JobRouter.Route?
    /// What the model thought and said so far.
    var thought = ""
    var said = ""
    /// Tells thoughts from words, as it was before the first token.
    var beginning: Thoughts?
    private let blank: [String]
    private let tokenizer: Tokenizer

    init(
        _ location: ModelLocation,
        _ model: QuestionAnswering,
        _ compute: Compute,
        _ material: AskMaterial
    ) {
        let mergeSize = model.model.configuration.vision?.mergeSize ?? 1
        let settings = model.preprocessor?.settings
        stats = AskStats(
            model: location.name,
            family: model.model.configuration.family.rawValue,
            weightBytes: model.weightBytes,
            threads: compute.pool.threadCount,
            kernels: compute.kernels.name,
            precision: model.model.arithmetic,
            pictures: material.shown.map { shown in
                let grid = shown.view.patches.grid
                let side = settings?.patchSize ?? 1
                return AskStats.Picture(
                    name: shown.name,
                    width: shown.width,
                    height: shown.height,
                    shownWidth: grid.columns * side,
                    shownHeight: grid.rows * side,
                    frames: shown.frames,
                    tokens: grid.tokenCount(mergeSize: mergeSize)
                )
            },
            decoding: material.decoding,
            pictureWorkerPeakBytes: material.peakBytes
        )
        blank = material.blank
        tokenizer = model.tokenizer
    }

    /// Takes what the answer took.
    mutating func take(_ answer: Answer) {
        stats.prefill = answer.usage.prefill
        stats.decode = answer.usage.decode
        stats.promptTokens = answer.usage.promptTokens
        stats.answerTokens = answer.usage.answerTokens
        stats.decodeSteps = answer.usage.decodeSteps
        stats.draftedTokens = answer.usage.draftedTokens
        stats.acceptedTokens = answer.usage.acceptedTokens
        stats.peakBytes = PeakMemory.read(of: getpid())
    }

    /// Takes what the processor used so far.
    mutating func take(_ energy: EnergyMeter) {
        do throws(EnergyFault) {
            stats.energy = .success(try energy.joules())
        } catch {
            stats.energy = .failure(error)
        }
    }

    /// One object.
    ///
    /// - Parameter answer: Nil when the model was not asked.
    /// - Returns: The answer, how it ended, what was shown and what it took.
    func json(_ answer: Answer?) -> JSONValue {
        var fields: [String: JSONValue] = [
            "answer": answer.map { .text(text(of: $0)) } ?? .null,
            "end": .text(answer.map { Self.word($0.end) } ?? "blank"),
            "is_whole": .flag(answer?.end.isWhole ?? false),
            "model": .text(stats.model),
            "route": route?.json ?? .null,
            "pictures": stats.picturesJSON,
            "blank": .list(blank.map(JSONValue.text)),
            "tokens": .list(answer?.tokens.map { .number(Int($0.id)) } ?? []),
            "stats": stats.json,
        ]
        if !thought.isEmpty { fields["thoughts"] = .text(thought) }
        if let loop = answer?.loop {
            fields["loop"] = .object([
                "period": .number(loop.period), "repeated_tokens": .number(loop.repeatedTokens),
            ])
        }
        if let answer, answer.tokens.contains(where: { $0.logProbabilities != nil }) {
            fields["logprobs"] = .list(answer.tokens.compactMap { logProbabilities(of: $0) })
        }
        return .object(fields)
    }

    /// Without thoughts; of a loop the first round only.
    private func text(of answer: Answer) -> String {
        guard answer.loop != nil, var thoughts = beginning else { return said }
        var decoder = StreamingDecoder(tokenizer, skippingSpecial: true)
        return answer.tokens.map { token in
            thoughts.take(AnswerPiece(text: decoder.append(token.id), token: token)).said
        }.joined()
    }

    private func logProbabilities(of token: AnswerToken) -> JSONValue? {
        guard let step = token.logProbabilities else { return nil }
        guard case .object(var fields) = json(step.chosen) else { return nil }
        fields["likeliest"] = .list(step.likeliest.map { json($0) })
        return .object(fields)
    }

    private func json(_ token: TokenLogProbability) -> JSONValue {
        .object([
            "id": .number(Int(token.token)),
            "text": .text(tokenizer.decode([token.token])),
            "logprob": .fraction(token.logProbability),
        ])
    }

    private static func word(_ end: AnswerEnd) -> String {
        switch end {
        case .finished: "finished"
        case .stopString: "stop-string"
        case .maxTokens: "max-tokens"
        case .contextLimit: "context-limit"
        case .repetition: "repetition"
        case .cancelled: "cancelled"
        }
    }
}
