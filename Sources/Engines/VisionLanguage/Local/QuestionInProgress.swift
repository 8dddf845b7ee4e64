internal import Answering
internal import FeatureCache
internal import Generation
internal import Grammar
internal import Jobs
internal import Qwen
internal import Tokenization

/// One question on its way: pictures, prompt, answer.
struct QuestionInProgress: Sendable {
    private let question: ModelQuestion
    private let model: LoadedModel
    private let owner: LocalModel
    private let reader: PictureReader?

    init(
        _ question: ModelQuestion,
        to model: LoadedModel,
        owner: LocalModel,
        reader: PictureReader?
    ) {
        self.question = question
        self.model = model
        self.owner = owner
        self.reader = reader
    }

    /// Answers it, on threads of everybody's: pictures are prepared and texts put into tokens while others are answered.
    ///
    /// - Throws: `JobFailure`, `EngineUnavailable`, `NothingShown`, `GenerationFault`, ``AskFault``, `CancellationError`.
    @concurrent func answer() async throws -> ModelAnswer {
        var work = AnswerWork()
        let views = try await views(&work)
        let shared = try prompt(views)
        work.promptTokens = shared.prompt.tokens.count
        let limit = model.asking.model.contextLength
        let needed = work.promptTokens + (try leastTokens)
        guard needed <= limit else { throw JobFailure(needed: needed, limit: limit) }
        try await owner.begin(model)
        do {
            let answer = try await answer(shared, &work)
            await owner.end()
            return answer
        } catch {
            await owner.end()
            throw error
        }
    }

    // MARK: Pictures

    /// A picture that the model is shown.
    private struct View {
        let name: PictureName
        let features: PictureFeatures
    }

    /// The pictures, those without anything on them left out.
    private func views(_ work: inout AnswerWork) async throws -> [View] {
        guard !question.pictures.isEmpty else { return [] }
        defer { question.turn?.pass() }
        let names = question.pictures.map {
            PictureName(
                document: question.document,
                path: $0.displayPath,
                page: $0.page,
                turnedBy: $0.turnedBy
            )
        }
        var pictures = names.map { model.pictures[$0] }
        let missing = pictures.indices.filter { pictures[$0] == nil }
        var origins = [FeatureOrigin](repeating: .shared, count: names.count)
        if let reader, !missing.isEmpty {
            let start = ContinuousClock.now
            let pages = try await reader.pages(of: missing.map { question.pictures[$0] })
            work.decodingPictures = (ContinuousClock.now - start).milliseconds
            // Who comes after its turn has passed must not learn from documents behind it.
            let isInTurn = question.turn.map { !$0.hasPassed } ?? true
            await question.turn?.wait()
            let turn = ContinuousClock.now
            for (place, page) in zip(missing, pages) {
                try Task.checkCancellation()
                guard let picture = page.picture else {
                    pictures[place] = .blank
                    model.pictures.keep(.blank, as: names[place])
                    continue
                }
                let found = try await model.asking.features(
                    of: SeenPicture(
                        picture,
                        digits: question.pictures[place].digits,
                        source: SeenPicture.Sides(
                            width: page.sourceWidth,
                            height: page.sourceHeight
                        )
                    ),
                    cache: model.cache,
                    lookUp: model.settled[names[place]] ?? (isInTurn ? .inTurn : .same)
                )
                model.settled.settle(found.origin, of: names[place])
                origins[place] = found.origin
                work.rejectedNear += found.rejectedNear
                pictures[place] = .seen(found.features)
                model.pictures.keep(.seen(found.features), as: names[place])
            }
            work.seeing = (ContinuousClock.now - turn).milliseconds
        }
        var views: [View] = []
        for (place, picture) in pictures.enumerated() {
            guard case .seen(let features) = picture else { continue }
            views.append(View(name: names[place], features: features))
            work.features.append(origins[place])
        }
        if views.isEmpty, question.texts.isEmpty {
            throw NothingShown(pages: question.pictures.map(\.page))
        }
        return views
    }

    // MARK: The prompt

    private func prompt(_ views: [View]) throws(AskFault) -> SharedPrompt {
        let parts = views.map { TurnPart.picture(tokens: $0.features.tokenCount) }
        let tokens = try tokens(parts, question.question)
        let control = model.asking.tokenizer.id(ofAdded: "<|im_start|>")
        let end = model.asking.tokenizer.id(ofAdded: "<|im_end|>")
        // Texts hold no control token: the user's turn begins with the last but one.
        let turns = tokens.indices.filter { tokens[$0] == control }
        let instruction = turns.dropLast().last ?? 0
        // The same without the question, up to the end of the user's turn: what both begin with is shared.
        let material = try self.tokens(parts, "")
        let materialEnd = material.lastIndex { $0 == end } ?? 0
        let common = zip(tokens, material[..<materialEnd]).prefix { $0 == $1 }.count
        return SharedPrompt(
            prompt: QwenPrompt(tokens: tokens, images: views.map(\.features)),
            pictures: views.map(\.name),
            document: question.document,
            instruction: instruction,
            material: max(instruction, common)
        )
    }

    private func tokens(
        _ parts: [TurnPart],
        _ text: String
    ) throws(AskFault) -> [TokenID] {
        try model.asking.tokens(
            system: question.instruction.isEmpty ? nil : question.instruction,
            views: parts,
            texts: question.texts + [text],
            mayThink: false,
            closesThoughts: true
        )
    }

    /// Tokens that an answer takes at least.
    private var leastTokens: Int {
        get throws {
            switch question.shape {
            case .text: 1
            case .fields(let schema, _): try model.grammars.grammar(of: schema).leastTokens
            case .label(let labels):
                labels.map { model.asking.tokenizer.encode($0).count }.max() ?? 1
            }
        }
    }

    // MARK: The answer

    private func answer(
        _ shared: SharedPrompt,
        _ work: inout AnswerWork
    ) async throws -> ModelAnswer {
        let start = ContinuousClock.now
        let beginning = try await model.prefixes.beginning(of: shared)
        work.reusedTokens = beginning.reused
        work.reading = (ContinuousClock.now - start).milliseconds
        let held = beginning.state.tokenCount
        let rest = QwenPrompt(
            tokens: Array(shared.prompt.tokens[held...]),
            images: held < shared.material ? shared.prompt.images : []
        )
        switch question.shape {
        case .text(let maxTokens):
            return try await text(rest, beginning.state, room(maxTokens, shared), nil, shared, work)
        case .fields(let schema, let maxTokens):
            let most = room(maxTokens, shared)
            let mask: SchemaMask
            do {
                mask = try SchemaMask(model.grammars.grammar(of: schema), maxTokens: most)
            } catch let fault as SchemaFault {
                throw JobFailure(fault)
            }
            return try await text(rest, beginning.state, most, mask, shared, work)
        case .label(let labels):
            return try await label(labels, rest, beginning.state, work)
        }
    }

    /// Tokens that an answer may have: as many as it was given, or as the model still holds.
    private func room(_ maxTokens: Int, _ shared: SharedPrompt) -> Int {
        max(1, min(maxTokens, model.asking.model.contextLength - shared.prompt.tokens.count))
    }

    private func text(
        _ rest: QwenPrompt,
        _ state: QwenState,
        _ maxTokens: Int,
        _ mask: SchemaMask?,
        _ shared: SharedPrompt,
        _ work: AnswerWork
    ) async throws -> ModelAnswer {
        var options = GenerationOptions(maxTokens: maxTokens)
        // What a schema allows is bounded, and what repeats itself in a list may stand so on the page.
        if mask != nil { options.repetitionLimits = nil }
        let answer = try await model.batch.answer(
            to: model.asking.request(
                for: rest,
                promptTokens: shared.prompt.tokens,
                drafts: question.drafts.map { model.asking.tokenizer.encode($0) },
                options: options,
                mask: mask,
                state: state
            )
        )
        var work = work
        work.answerTokens = answer.usage.answerTokens
        work.forcedTokens = answer.usage.forcedTokens
        work.reading += answer.usage.prefill.milliseconds
        work.answering = answer.usage.decode.milliseconds
        let end: ModelAnswer.End =
            switch answer.end {
            case .finished, .stopString: .finished
            case .maxTokens, .contextLimit: .cut
            case .repetition: .repetition
            case .cancelled: throw CancellationError()
            }
        guard var mask else {
            return ModelAnswer(text: said(answer.text), end: end, work: work)
        }
        for token in answer.tokens { mask.advance(by: token.id) }
        return ModelAnswer(text: answer.text, end: mask.isHeldShort ? .cut : .finished, work: work)
    }

    /// An answer without what the model thought aloud before it, although it was asked not to.
    private func said(_ text: String) -> String {
        guard let end = text.ranges(of: "</think>").last else { return text }
        return String(text[end.upperBound...].drop(while: \.isNewline))
    }

    private func label(
        _ labels: [String],
        _ rest: QwenPrompt,
        _ state: QwenState,
        _ work: AnswerWork
    ) async throws -> ModelAnswer {
        var work = work
        let start = ContinuousClock.now
        let texts = labels.map { model.asking.tokenizer.encode($0) }
        guard let most = texts.map(\.count).max(), !texts.contains(where: \.isEmpty) else {
            throw JobFailure(.unsupported, "labels must have a letter each")
        }
        let scores = ContinuationScores(model.asking.model, endTokens: model.asking.endTokens)
        let shares = shares(
            ofLogProbabilities: try await scores.logProbabilities(
                of: texts,
                after: rest,
                in: state
            )
        )
        work.answering = (ContinuousClock.now - start).milliseconds
        var best = 0
        for place in shares.indices where shares[place] > shares[best] { best = place }
        work.answerTokens = min(most, texts[best].count)
        return ModelAnswer(
            text: labels[best],
            end: .finished,
            labels: zip(labels, shares).map {
                ModelAnswer.LabelProbability(label: $0, probability: $1)
            },
            work: work
        )
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int { Int(self / .milliseconds(1)) }
}
