internal import Answering
internal import Grammar
internal import Jobs

/// One question on its way to a server: asked, read, and once more where the answer has not its form.
struct RemoteQuestion {
    private let question: ModelQuestion
    private let pictures: [String]
    private let model: String
    private let exchange: ChatExchange
    var work = AnswerWork()

    /// Tokens that a label may take besides its own: what some models write around it.
    private static let tokensAroundLabel = 64

    init(
        _ question: ModelQuestion,
        pictures: [String],
        model: String,
        exchange: ChatExchange
    ) {
        self.question = question
        self.pictures = pictures
        self.model = model
        self.exchange = exchange
    }

    /// Asks.
    ///
    /// - Throws: `JobFailure`, also for an answer that is none; `EngineUnavailable`; `CancellationError`.
    mutating func answer() async throws -> ModelAnswer {
        switch question.shape {
        case .text(let maxTokens): try await text(maxTokens)
        case .fields(let schema, let maxTokens): try await fields(schema, maxTokens)
        case .label(let labels): try await label(labels)
        }
    }

    // MARK: Shapes

    private mutating func text(_ maxTokens: Int) async throws -> ModelAnswer {
        let (reply, _) = try await ask(request(.free, maxTokens))
        let said = SaidText(reply.text, isMarkup: true)
        try Self.check(said, reply, server)
        return ModelAnswer(text: said.text, end: reply.isCut ? .cut : .finished, work: work)
    }

    private mutating func fields(
        _ schema: AnswerSchema,
        _ maxTokens: Int
    ) async throws -> ModelAnswer {
        guard let tree = JSONReader.strict(Array(schema.jsonSchema.utf8)) else {
            throw JobFailure(.unsupported, "a schema that is no JSON")
        }
        var request = request(.json(schema: tree), max(1, maxTokens))
        while true {
            let (reply, dialect) = try await ask(request) { reply in
                FoundAnswer(in: reply.text, for: schema).map { !$0.isCut } ?? false
            }
            // A correction asks for its form in words too, and an answer that broke off may have had it.
            let isEvidence = request.correction == nil && !reply.isCut
            let trouble: String
            if let found = FoundAnswer(in: reply.text, for: schema) {
                do {
                    let (value, isShortened) = try AnswerFitting.fit(found, to: schema)
                    if isEvidence { exchange.answered(in: dialect.format, fits: true) }
                    return ModelAnswer(
                        text: value.json,
                        end: reply.isCut || isShortened ? .cut : .finished,
                        work: work
                    )
                } catch {
                    trouble = error.words
                }
            } else {
                try Self.check(SaidText(reply.text), reply, server)
                trouble = "it is not JSON of the form that was asked for"
            }
            if isEvidence { exchange.answered(in: dialect.format, fits: false) }
            // An answer that broke off breaks off again.
            guard request.correction == nil, !reply.isCut else {
                throw Self.noAnswer(reply, trouble, server)
            }
            request.correction = (
                reply.text,
                "This does not fit: \(trouble). Answer again, with the whole JSON and nothing else; null for what is not there."
                    + request.addition(in: dialect, isCorrection: true)
            )
        }
    }

    private mutating func label(_ labels: [String]) async throws -> ModelAnswer {
        let longest = labels.map(\.utf8.count).max() ?? 0
        // Said freely, a label's first token has the likelihood that is asked for; within JSON it comes after what nobody would say.
        var isHeld = !exchange.known.takes(.logprobs)
        var correction: (said: String, words: String)?
        while true {
            var request = request(
                .label(labels, isHeld: isHeld),
                longest + Self.tokensAroundLabel
            )
            request.correction = correction
            let (reply, dialect) = try await ask(request) { reply in
                SaidLabel.label(inAnswer: reply.text, among: labels) != nil
            }
            if let label = SaidLabel.label(inAnswer: reply.text, among: labels) {
                // What it says of itself is no evidence; what it would have said instead is the share that is asked for.
                let shares = LabelShares.shares(of: labels, in: reply) ?? []
                return ModelAnswer(
                    text: label,
                    end: .finished,
                    labels: zip(labels, shares).map {
                        ModelAnswer.LabelProbability(label: $0, probability: $1)
                    },
                    work: work
                )
            }
            if !isHeld, dialect.format <= .looseSchema {
                isHeld = true
                continue
            }
            try Self.check(SaidText(reply.text), reply, server)
            guard correction == nil else {
                throw Self.noAnswer(reply, "it is none of the labels", server)
            }
            correction = (
                reply.text,
                "Answer with one of these and nothing else: " + labels.joined(separator: ", ")
            )
        }
    }

    // MARK: Asking

    private var server: String { exchange.server.address.destination }

    private func request(_ form: ChatRequest.Form, _ maxTokens: Int) -> ChatRequest {
        ChatRequest(
            model: model,
            instruction: question.instruction,
            pictures: pictures,
            texts: question.texts,
            question: question.question,
            form: form,
            maxTokens: max(1, maxTokens)
        )
    }

    private mutating func ask(
        _ request: ChatRequest,
        isWhole: (ChatReply) -> Bool = { _ in false }
    ) async throws -> (ChatReply, ChatDialect) {
        let (reply, dialect, taken) = try await exchange.reply(to: request, isWhole: isWhole)
        work.promptTokens += reply.promptTokens
        work.reusedTokens += reply.cachedTokens
        work.answerTokens += reply.answerTokens
        work.answering += taken.milliseconds
        if !reply.refusal.isEmpty {
            throw JobFailure(
                .engineFailed,
                "\(server): the model refuses: \(SaidExcerpt.of(reply.refusal))"
            )
        }
        if reply.finish == .contentFilter {
            throw JobFailure(.engineFailed, "\(server): its content filter ended the answer")
        }
        return (reply, dialect)
    }

    /// Refuses an answer without a word in it.
    private static func check(
        _ said: SaidText,
        _ reply: ChatReply,
        _ server: String
    ) throws(JobFailure) {
        guard said.text.isEmpty else { return }
        throw JobFailure(
            .engineFailed,
            said.isThought || reply.hasThoughts
                ? "\(server): the model thought until its tokens were used up; give it more (`max-tokens:`), or one that does not think"
                : "\(server): the model said nothing"
        )
    }

    private static func noAnswer(
        _ reply: ChatReply,
        _ trouble: String,
        _ server: String
    ) -> JobFailure {
        JobFailure(
            .engineFailed,
            "\(server): the answer cannot be used: \(trouble); it begins: \(SaidExcerpt.of(reply.text))"
        )
    }
}

extension ChatReply {
    /// Whether it ended for want of tokens.
    var isCut: Bool { finish == .length }
}

extension AnswerFitting.Misfit {
    /// What does not fit, for a model and for a person.
    var words: String {
        "\(place.isEmpty ? "the answer" : place) is \(found), expected \(expected)"
    }
}
