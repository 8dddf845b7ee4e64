import Energy
import Exporting
import FeatureCache
import Foundation
import Generation
import Glibc
import ModelStore
import Qwen
import Sandbox
import SystemPackage
import Tensors
import Tokenization
import VisionLanguage
import Jobs

/// One `docket ask`: the model, what it is shown, its answer as it comes, and what is said about it.
struct AskSession {
    private let command: AskCommand
    private let words: AskWords
    private let options: GenerationOptions
    private let location: ModelLocation
    private let compute: Compute
    private let cacheLocation: CacheLocation?
    private let texts: AskMaterial
    private let energy = EnergyMeter()
    /// Whether lines besides the answer are wanted.
    private var speaks: Bool { !command.quiet }

    /// Checks the command line, finds the model and reads the texts.
    ///
    /// - Throws: `Fault`, `ModelStoreFault`.
    init(_ command: AskCommand, words: AskWords) throws {
        self.command = command
        self.words = words
        options = try command.answer.options(logProbabilities: command.logprobs)
        location = try command.model.location()
        compute = command.model.compute
        cacheLocation = command.noCache ? nil : try CacheLocation.ofUser()
        var texts = AskMaterial()
        for path in command.text { try texts.addText(path) }
        for path in command.draft { try texts.addDraft(path) }
        self.texts = texts
    }

    /// Asks, and prints the answer.
    ///
    /// - Returns: How the program shall end.
    /// - Throws: `Fault`, `OutputError`, `CancellationError`.
    func run() async throws -> ExitStatus {
        var progress = AskProgress(isQuiet: command.quiet)
        defer { progress.clear() }
        // The processor's counters begin anew after some minutes, and a long prompt or answer takes longer.
        let reading = Task { [energy] in
            while true {
                try await Task.sleep(for: .seconds(20))
                _ = try energy.joules()
            }
        }
        defer { reading.cancel() }
        var material = texts
        progress.say("loading \(location.name) …")
        let start = ContinuousClock.now
        let model: QuestionAnswering
        do {
            model = try QuestionAnswering(location.files, compute: compute)
        } catch {
            throw Fault(ask: error, model: location.name)
        }
        let load = ContinuousClock.now - start
        try await show(words.pictures, to: model, in: &material, &progress)
        var report = AskReport(location, model, compute, material)
        report.route = command.route(of: words, model: location.name)
        report.stats.load = load
        report.stats.peakBytes = PeakMemory.read(of: getpid())
        if !options.sampling.isGreedy { report.stats.seed = options.sampling.seed }
        progress.clear()
        if speaks { tell(material, model) }
        if material.shown.isEmpty, material.texts.isEmpty, !material.blank.isEmpty {
            return try endBlank(material, report)
        }
        return try await answer(by: model, about: material, &report, &progress)
    }

    // MARK: Before

    private func show(
        _ paths: [String],
        to model: QuestionAnswering,
        in material: inout AskMaterial,
        _ progress: inout AskProgress
    ) async throws {
        guard !paths.isEmpty || !command.video.isEmpty else { return }
        guard let preprocessor = model.preprocessor else {
            if model.model.configuration.family == .qwen3VL {
                throw Fault.halfBlind(model: location.name)
            }
            throw Fault.blind(model: location.name)
        }
        let decoder = PictureDecoder(executable: FilePath(Assembly.executable))
        for path in paths {
            progress.say("decoding \(path) …")
            try await material.addPicture(
                path,
                decoder: decoder,
                preprocessor: preprocessor,
                imageTokens: command.imageTokens,
                pages: command.pages?.pages
            )
        }
        let videos = VideoDecoder(executable: FilePath(Assembly.executable))
        for path in command.video {
            progress.say("decoding \(path) …")
            try await material.addVideo(
                path,
                decoder: videos,
                preprocessor: preprocessor,
                videoTokens: command.videoTokens,
                sampledPerSecond: command.fps
            )
        }
        try Task.checkCancellation()
    }

    private func tell(_ material: AskMaterial, _ model: QuestionAnswering) {
        for warning in material.warnings { Terminal.error("docket: \(warning)") }
        for warning in model.warnings {
            let what =
                switch warning {
                case .missing: "no chat template"
                case .unknown: "a chat template of another kind"
                }
            Terminal.error(
                "docket: \(location.name) has \(what); its family's usual one is used"
            )
        }
        guard !material.shown.isEmpty || !material.texts.isEmpty else { return }
        for name in material.blank {
            Terminal.error("docket: \(name): blank, and not shown to the model")
        }
    }

    private func endBlank(_ material: AskMaterial, _ report: AskReport) throws -> ExitStatus {
        if command.json { try AskOutput.line(report.json(nil).text) }
        for name in material.blank { Terminal.error("docket: \(name): blank, nothing is on it") }
        Terminal.error("docket: the model was not asked: it would make something up")
        return .someFailed
    }

    // MARK: The answer

    private func answer(
        by model: QuestionAnswering,
        about material: AskMaterial,
        _ report: inout AskReport,
        _ progress: inout AskProgress
    ) async throws -> ExitStatus {
        if !material.shown.isEmpty { progress.say("looking …") }
        let question = Question(
            words.question,
            views: material.shown.map(\.view),
            documents: material.texts,
            drafts: material.drafts,
            system: command.system,
            mayThink: command.answer.think
        )
        let prepared = try await prepared(question, for: model)
        report.stats.encoding = prepared.encoding
        report.stats.cachedPictures = prepared.cachedViews
        progress.say("reading \(prepared.prompt.tokens.count) tokens …")
        let thoughts = Thoughts(model.tokenizer, prompt: prepared.prompt.tokens)
        report.beginning = thoughts
        var output = AskOutput()
        let answer = try await stream(
            model.answer(to: prepared, options: options),
            thoughts,
            to: &output,
            &report,
            &progress
        )
        progress.clear()
        // `docket ask … | head -1` has what it wanted.
        guard let answer else { return .success }
        report.take(answer)
        report.take(energy)
        if command.json { try output.write(report.json(answer).text) }
        try output.finish()
        if command.stats, !command.json {
            Terminal.error(
                "route       model (\(report.route?.reason ?? ""))\n" + report.stats.text
            )
        }
        return end(answer, report)
    }

    private func prepared(
        _ question: Question,
        for model: QuestionAnswering
    ) async throws -> PreparedQuestion {
        do throws(AskFault) {
            return try await model.prepare(question, cache: cache(for: question))
        } catch {
            if case .generation(.cancelled) = error { throw CancellationError() }
            throw Fault(ask: error, model: location.name)
        }
    }

    /// Where features of pictures are kept; nil where nowhere.
    private func cache(for question: Question) throws(AskFault) -> FeatureCache? {
        guard let cacheLocation, question.views.contains(where: { !$0.isVideo }) else { return nil }
        return try FeatureCache(
            cacheLocation,
            of: location.files,
            compute: compute
        ) { [speaks = speaks] note in
            if speaks { Terminal.error("docket: \(note.words)") }
        }
    }

    /// Prints the answer as it comes.
    ///
    /// - Returns: The whole of it; nil when nobody reads it any more.
    private func stream(
        _ events: AnswerStream<QwenModel>,
        _ beginning: Thoughts,
        to output: inout AskOutput,
        _ report: inout AskReport,
        _ progress: inout AskProgress
    ) async throws -> Answer? {
        var thoughts = beginning
        var events = events.makeAsyncIterator()
        while let event = try await next(&events, output) {
            switch event {
            case .end(let answer): return answer
            case .piece(let piece):
                let part = thoughts.take(piece)
                report.thought += part.thought
                report.said += part.said
                if !part.thought.isEmpty { progress.say("thinking …") }
                guard !part.said.isEmpty else { continue }
                progress.clear()
                if !command.json { try output.write(part.said) }
                if output.isUnread { return nil }
            }
        }
        throw CancellationError()
    }

    private func next(
        _ events: inout AnswerStream<QwenModel>.Iterator,
        _ output: AskOutput
    ) async throws -> AnswerEvent? {
        do throws(GenerationFault) {
            return try await events.next()
        } catch {
            // What was said so far ends its line before the fault is told.
            var output = output
            try? output.finish()
            throw Fault(generation: error)
        }
    }

    /// Says how the answer ended, where it is not all that the model had to say.
    private func end(_ answer: Answer, _ report: AskReport) -> ExitStatus {
        switch answer.end {
        case .finished, .stopString: return .success
        case .maxTokens:
            if speaks {
                let what =
                    report.said.isEmpty && !report.thought.isEmpty
                    ? "its thoughts were" : "the answer was"
                Terminal.error(
                    "docket: \(what) cut after \(answer.usage.answerTokens) tokens; --max-tokens "
                        + "\(command.answer.maxTokens * 2) allows more"
                )
            }
            return .success
        case .contextLimit:
            if speaks {
                Terminal.error(
                    "docket: the answer was cut: question and answer are all the tokens that the model holds; "
                        + "shorten the text, or make pictures smaller with --image-tokens"
                )
            }
            return .success
        case .repetition:
            let period = answer.loop?.period ?? 0
            Terminal.error(
                "docket: the answer ran into a loop (the same \(period == 1 ? "token" : "\(period) tokens") over and "
                    + "over) and was cut; it is no answer. --repetition-penalty 1.05 may help; --allow-repetition "
                    + "lets it go on"
            )
            return .someFailed
        case .cancelled:
            Terminal.error("docket: interrupted after \(answer.usage.answerTokens) tokens")
            return .interrupted
        }
    }
}
