import Answering
import EvidenceSearch
import Jobs
import PipelineSpec
import Records

/// A job whose answer is a text in the model's own words: a summary, a reply, or the answer to a question that fills no field.
struct WrittenAnswer {
    private let job: Job
    private let model: any AnsweringModel
    /// The field that takes the text; nil where it is kept as the job's answer only.
    private let field: String?
    private let kind: Kind
    private let source: StepSource
    private let window: Int
    private let stride: Int
    private let maxTokens: Int

    private enum Kind {
        case summary
        /// The step's words; whether the pipeline itself bounds the answer.
        case answer(words: String, isBounded: Bool)
        case composition(words: String)
    }

    /// Tokens of an answer whose step names no bound.
    static let usualTokens = 512
    /// Characters of answers that one question merges; there are two at least.
    static let mergedCharacters = 12_000

    /// A `summarize` job.
    init(summarizing step: SummarizeStep, job: Job, model: any AnsweringModel) {
        self.job = job
        self.model = model
        field = step.field
        kind = .summary
        source = step.from
        window = step.window
        stride = step.stride
        maxTokens = step.maxTokens
    }

    /// An `ask` job whose answer is kept as it is, or fills one field with a composed text.
    init(
        asking step: AskStep,
        for field: String? = nil,
        job: Job,
        model: any AnsweringModel
    ) {
        self.job = job
        self.model = model
        self.field = field
        kind =
            field == nil
            ? .answer(words: step.question, isBounded: step.maxTokens != nil)
            : .composition(words: step.question)
        source = step.from
        window = step.window
        stride = step.stride
        maxTokens = step.maxTokens ?? Self.usualTokens
    }

    /// The one text field that a step composes; nil for steps that fill others.
    static func field(of step: AskStep, in record: [FieldDefinition]) -> String? {
        guard step.composed, step.fills.count == 1,
            let field = record.first(where: { $0.name == step.fills[0] }),
            case .text = field.type
        else { return nil }
        return field.name
    }

    /// Asks about each window, and merges the answers until one is left.
    ///
    /// - Throws: `JobFailure`, also for an answer that is none; `EngineUnavailable`; `CancellationError`.
    func result() async throws -> JobResult {
        let windows = try SheetWindows(job, from: source, window: window, stride: stride)
        guard !windows.sheets.isEmpty else { return JobResult(route: "model") }
        var dialogue = Dialogue(job: job, model: model)
        let replies = try await dialogue.ask(eachOf: windows) { part, _ in
            (question(of: part), .text(maxTokens: maxTokens))
        }
        var doubts: [String] = []
        var passages = try replies.taken(doubts: &doubts) { reply throws(JobFailure) in
            try Passage(reply, of: self)
        }
        // What says that there is nothing on its pages adds nothing to the others.
        passages.removeAll(where: \.isNothing)
        while passages.count > 1 {
            var merged: [Passage] = []
            for group in groups(of: passages) {
                merged.append(try await merge(group, &dialogue))
            }
            passages = merged
        }
        guard let last = passages.first else { return JobResult(route: "model", doubts: doubts) }
        return result(last, doubts: doubts)
    }

    /// A text about some pages.
    private struct Passage {
        var text: String
        var pages: ClosedRange<Int>
        var isCut: Bool

        /// Whether it is the instruction's word for what is not there.
        var isNothing: Bool { ["null", "null."].contains(text.lowercased()) }

        init(_ window: WindowReply, of answer: WrittenAnswer) throws(JobFailure) {
            text = try answer.usable(window)
            isCut = window.reply.isCut
            pages = window.span
        }
    }

    private func result(_ passage: Passage, doubts: [String]) -> JobResult {
        var text = passage.text
        var isBrokenOff = passage.isCut
        if passage.isCut, case .summary = kind, let whole = WholeSentences(of: text).text {
            text = whole
            isBrokenOff = false
        }
        if passage.isCut, case .answer(_, isBounded: true) = kind { isBrokenOff = false }
        var result = JobResult(route: "model", doubts: doubts)
        if isBrokenOff {
            result.doubts += ["the model's text was cut after \(maxTokens) tokens"]
        }
        guard let field else { return result }
        if case .summary = kind {
            text = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        }
        result.candidates = [
            Candidate(
                field: field,
                content: .text(text),
                printed: text,
                // It is looked for nowhere: nothing speaks for it or against it.
                confidence: ModelValues.unsoughtConfidence,
                evidence: [],
                reason: "written by the model from \(Wording.named(passage.pages))",
                features: [.model: 1]
            )
        ]
        return result
    }

    // MARK: Merging

    /// Neighbours that one question merges.
    private func groups(of passages: [Passage]) -> [ArraySlice<Passage>] {
        var groups: [ArraySlice<Passage>] = []
        var start = 0
        var length = 0
        for (index, passage) in passages.enumerated() {
            if length + passage.text.count > Self.mergedCharacters, index - start >= 2 {
                groups.append(passages[start..<index])
                start = index
                length = 0
            }
            length += passage.text.count
        }
        groups.append(passages[start...])
        return groups
    }

    private func merge(
        _ group: ArraySlice<Passage>,
        _ dialogue: inout Dialogue
    ) async throws -> Passage {
        let first = group[group.startIndex]
        guard group.count > 1 else { return first }
        let span = first.pages.lowerBound...(group.map(\.pages.upperBound).max() ?? 1)
        do {
            let reply = try await dialogue.ask(
                mergingQuestion,
                shape: .text(maxTokens: maxTokens),
                aboutAnswers: group.map { Wording.answer($0.text, about: $0.pages) },
                pages: span
            )
            let pages = [span.lowerBound, span.upperBound]
            return try Passage(WindowReply(pages: pages, reply: reply), of: self)
        } catch let failure as JobFailure where failure.reason == .tooLarge && group.count > 2 {
            let middle = group.startIndex + group.count / 2
            let parts = [
                try await merge(group[..<middle], &dialogue),
                try await merge(group[middle...], &dialogue),
            ]
            return try await merge(parts[...], &dialogue)
        }
    }

    // MARK: Words

    private func question(of part: PagePart?) -> String {
        switch kind {
        case .summary: Wording.summary(maxTokens: maxTokens, of: part)
        case .answer(let words, _): Wording.text(words: words, of: part)
        case .composition(let words): Wording.composition(words: words, of: part)
        }
    }

    private var mergingQuestion: String {
        switch kind {
        case .summary: Wording.mergedSummary(maxTokens: maxTokens)
        case .answer(let words, _), .composition(let words): Wording.mergedText(words: words)
        }
    }

    /// The text of an answer that is one.
    private func usable(_ window: WindowReply) throws(JobFailure) -> String {
        var text = try window.text()[...]
        while let first = text.first, first.isWhitespace { text = text.dropFirst() }
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        guard !text.isEmpty else { throw window.noAnswer("is empty") }
        switch kind {
        case .answer(words: String(text), isBounded: _), .composition(words: String(text)):
            throw window.noAnswer("only repeats the question")
        case .summary, .answer, .composition: return String(text)
        }
    }
}

/// The part of a text that was cut which ends with a whole sentence.
struct WholeSentences {
    /// The sentences; nil where they are less than half of the text.
    let text: String?

    init(of cut: String) {
        let ends: Set<Character> = [".", "!", "?", "。", "！", "？", "…"]
        let characters = Array(cut)
        // A point within a number or an abbreviation has no space behind it, or a small letter after that.
        let end = characters.indices.last { index in
            guard ends.contains(characters[index]) else { return false }
            guard !"。！？".contains(characters[index]) else { return true }
            guard index + 1 < characters.count else { return true }
            guard characters[index + 1].isWhitespace else { return false }
            return index + 2 >= characters.count || !characters[index + 2].isLowercase
        }
        guard let end, (end + 1) * 2 >= characters.count else {
            text = nil
            return
        }
        text = String(characters[...end])
    }
}
