import ArgumentParser
import Foundation
import Jobs
import OCR
import PipelineSpec
import Records

/// `--route`.
enum RouteWord: String, ExpressibleByArgument, CaseIterable {
    /// By the question, as steps of pipelines.
    case auto
    case model
    case text

    /// The engine that is insisted on; nil for none.
    var insisted: StepRoute? {
        switch self {
        case .auto: nil
        case .model: .model
        case .text: .text
        }
    }
}

extension AskCommand {
    /// Where the question goes: decided as for a step of a pipeline, which cannot say more than a question and what it is about.
    ///
    /// - Parameters:
    ///   - words: The question and the pictures.
    ///   - model: The model's name; empty where it does not matter.
    /// - Returns: To the text or to the model, and why.
    func route(of words: AskWords, model: String = "") -> JobRouter.Route {
        let isAboutPagesOnly =
            !words.pictures.isEmpty && video.isEmpty && text.isEmpty && draft.isEmpty
            && system == nil && logprobs == nil
        let step = AskStep(
            question: words.question,
            fills: [],
            from: words.pictures.isEmpty && video.isEmpty ? .text : .picture,
            route: route.insisted,
            takesText: isAboutPagesOnly
        )
        let route = JobRouter(model: .seeing(name: model)).route(for: .ask(step))
        guard self.route != .auto else { return route }
        return switch route {
        case .text: .text(reason: "--route says so")
        default: .model(reason: "--route says so")
        }
    }
}

/// A `docket ask` that only wants the text: what `docket read` would say, without a model.
struct AskReading {
    let command: AskCommand
    let words: AskWords
    /// Why the text is enough.
    let reason: String

    /// The languages of the pipelines that come with Docket; each page is read in the one that it is in.
    private static let languages = ["eng", "deu", "fra", "spa", "nor", "chi_sim"]

    /// Reads, and prints the text.
    ///
    /// - Returns: How the program shall end.
    /// - Throws: `OutputError`, `CancellationError`.
    func run() async throws -> ExitStatus {
        if !command.quiet, !command.json { Terminal.error("route: text (\(reason))") }
        let assembly = Assembly(jobs: 1)
        let outcome: ExitStatus
        do {
            outcome = try await read(by: assembly.readEngine)
        } catch {
            await assembly.readEngine.shutdown()
            throw error
        }
        await assembly.readEngine.shutdown()
        return outcome
    }

    private func read(by engine: ReadEngine) async throws -> ExitStatus {
        let start = ContinuousClock.now
        var read: [(file: String, page: PageText)] = []
        var hasFailed = false
        for path in words.pictures {
            try Task.checkCancellation()
            do {
                for outcome in try await pages(of: path, by: engine) {
                    switch outcome {
                    case .read(let page): read.append((path, page))
                    case .failed(let number, let failure):
                        hasFailed = true
                        Terminal.error(
                            "docket: \(path) page \(number): \(failure.reason.rawValue): \(failure.detail)"
                        )
                    }
                }
            } catch let failure as JobFailure {
                hasFailed = true
                Terminal.error("docket: \(path): \(failure.reason.rawValue): \(failure.detail)")
            }
        }
        let blank = read.filter(\.page.isBlank).map { "\($0.file) page \($0.page.number)" }
        let written = read.filter { !$0.page.isBlank }
        if command.json {
            try AskOutput.line(json(written, blank: blank, took: .now - start).text)
        } else {
            var writer = PageWriter(format: .text)
            for (file, page) in written { writer.write(page, of: file) }
        }
        tell(read.map { ($0.file, $0.page) }, blank: blank)
        return hasFailed || written.isEmpty ? .someFailed : .success
    }

    private func pages(of path: String, by engine: ReadEngine) async throws -> [PageOutcome] {
        var file = SingleFile(path: path, step: step)
        if let wanted = command.pages?.pages {
            file.leftOut = Set(1...file.limits.pages).subtracting(wanted)
        }
        let outcomes = try await file.pages(by: engine)
        if let wanted = command.pages?.pages, outcomes.isEmpty {
            throw JobFailure(.unreadable, "no page \(wanted.lowerBound)")
        }
        return outcomes
    }

    /// The question's own script comes first: who asks in Chinese mostly asks about Chinese.
    private var step: ReadStep {
        let installed = Set(LanguageModels.installed().languages)
        let isChinese = words.question.unicodeScalars.contains {
            (0x4E00...0x9FFF).contains($0.value)
        }
        let wanted = (isChinese ? ["chi_sim"] : []) + Self.languages
        var languages: [String] = []
        for language in wanted where installed.contains(language) && !languages.contains(language) {
            languages.append(language)
        }
        return languages.isEmpty ? ReadStep() : ReadStep(languages: languages)
    }

    private func tell(_ read: [(file: String, page: PageText)], blank: [String]) {
        guard !command.quiet else { return }
        for (file, page) in read {
            for warning in page.warnings {
                Terminal.error("docket: \(file) page \(page.number): \(warning)")
            }
        }
        for name in blank { Terminal.error("docket: \(name): blank, nothing is on it") }
    }

    private func json(
        _ read: [(file: String, page: PageText)],
        blank: [String],
        took: Duration
    ) -> JSONValue {
        .object([
            "answer": read.isEmpty ? .null : .text(read.map(\.page.text).joined(separator: "\n")),
            "end": .text(read.isEmpty ? "blank" : "finished"),
            "is_whole": .flag(!read.isEmpty),
            "route": JobRouter.Route.text(reason: reason).json,
            "model": .null,
            "pages": .list(
                read.map { file, page in
                    .object([
                        "file": .text(file), "page": .number(page.number),
                        "source": .text(page.source.rawValue),
                        "language": page.language.map(JSONValue.text) ?? .null,
                        "text": .text(page.text),
                    ])
                }
            ),
            "blank": .list(blank.map(JSONValue.text)),
            "stats": .object(["read_seconds": .fraction(took / .seconds(1))]),
        ])
    }
}

extension JobRouter.Route {
    /// The engine and why it was chosen, as it stands in `--json`.
    var json: JSONValue { .object(["engine": .text(engine), "reason": .text(reason)]) }
}
