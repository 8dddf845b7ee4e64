import Answering
import Grammar
import Jobs
import PipelineSpec
import Records
import Scanning

/// The questions of one job: each answer is stored as soon as it is known, and one that an interrupted try has stored is taken up.
struct Dialogue {
    private let job: Job
    private let model: any AnsweringModel
    private let stored: [String: JobAnswer]
    private var position = 0

    init(job: Job, model: any AnsweringModel) {
        self.job = job
        self.model = model
        stored = Dictionary(
            job.storedAnswers.map { ($0.fingerprint, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// An answer to one question.
    struct Reply: Sendable {
        var text: String
        /// Why it ended.
        var end: ModelAnswer.End
        var labels: [ModelAnswer.LabelProbability] = []

        var isCut: Bool { end == .cut }
    }

    /// Asks about pages.
    ///
    /// - Parameters:
    ///   - question: What is asked.
    ///   - shape: The form of the answer.
    ///   - sheets: What the model is shown.
    ///   - part: What the answer is of.
    ///   - isLastLook: Whether no later question shows a page that none has shown: the next document may be looked at then.
    /// - Returns: The answer, which may be none: a loop.
    /// - Throws: `JobFailure`, `EngineUnavailable`, `NothingShown`, `CancellationError`.
    mutating func ask(
        _ question: String,
        shape: AnswerShape,
        about sheets: some Collection<Sheet>,
        part: JobAnswer.Part,
        isLastLook: Bool
    ) async throws -> Reply {
        var asked = ModelQuestion(
            instruction: Wording.instruction,
            question: question,
            shape: shape,
            document: job.document.sha256,
            limits: job.limits
        )
        let isOne = sheets.count == 1
        for sheet in sheets {
            if let text = sheet.text {
                asked.texts.append(isOne ? text : Wording.page(sheet.number, text: text))
            } else {
                asked.pictures.append(picture(of: sheet))
                // An answer that copies what was read comes sooner.
                if case .fields = shape, let page = sheet.page, !page.words.isEmpty {
                    asked.drafts.append(String(page.text.prefix(Sheet.longest)))
                }
            }
        }
        let numbers = sheets.map(\.number)
        let pages = (numbers.min() ?? 1)...(numbers.max() ?? 1)
        if !asked.pictures.isEmpty, let turn = job.turn {
            if isLastLook || turn.hasPassed {
                asked.turn = turn
            } else {
                // Pages are still to be looked at: this document's turn is waited for and not passed.
                await turn.wait()
                asked.turn = Turn()
            }
        }
        return try await ask(asked, part: part, pages: pages)
    }

    /// Asks about earlier answers.
    ///
    /// - Parameters:
    ///   - question: What is asked.
    ///   - shape: The form of the answer.
    ///   - answers: The answers, in the order of their pages.
    ///   - pages: The pages that they are about.
    /// - Returns: The answer, which may be none: a loop.
    /// - Throws: `JobFailure`, `EngineUnavailable`, `CancellationError`.
    mutating func ask(
        _ question: String,
        shape: AnswerShape,
        aboutAnswers answers: [String],
        pages: ClosedRange<Int>
    ) async throws -> Reply {
        try await ask(
            ModelQuestion(
                instruction: Wording.instruction,
                texts: answers,
                question: question,
                shape: shape,
                document: job.document.sha256
            ),
            part: .merged,
            pages: pages
        )
    }

    private mutating func ask(
        _ question: ModelQuestion,
        part: JobAnswer.Part,
        pages: ClosedRange<Int>
    ) async throws -> Reply {
        try Task.checkCancellation()
        let fingerprint = fingerprint(of: question).description
        if var known = stored[fingerprint], question.shape.takes(known) {
            // In its old place, so that nothing is written; unless another answer has taken that.
            known.position = max(position, known.position)
            position = known.position + 1
            try await job.keepAnswer(known)
            return Reply(text: known.text, end: ModelAnswer.End(rawValue: known.end) ?? .finished)
        }
        var answer = try await model.answer(question)
        answer.text = answer.text.withoutControls
        try await job.keepAnswer(
            JobAnswer(
                position: position,
                part: part,
                firstPage: pages.lowerBound,
                lastPage: pages.upperBound,
                question: question.question,
                fingerprint: fingerprint,
                text: answer.text,
                end: answer.end.rawValue,
                work: answer.work
            )
        )
        position += 1
        return Reply(text: answer.text, end: answer.end, labels: answer.labels)
    }

    private func picture(of sheet: Sheet) -> QuestionPicture {
        QuestionPicture(
            descriptor: job.document.descriptor,
            page: sheet.number,
            turnedBy: sheet.page?.turnedBy ?? 0,
            digits: sheet.page.map(\.digits),
            moment: job.document.kind == .video ? (sheet.number - 1) * job.framesEvery : nil,
            displayPath: job.document.displayPath
        )
    }

    private func fingerprint(of question: ModelQuestion) -> Fingerprint {
        var parts = ["answer", model.version, question.document, question.instruction]
        parts += question.pictures.map { picture in
            "page \(picture.page) turned by \(picture.turnedBy)"
                + (picture.moment.map { " at \($0)" } ?? "")
        }
        parts.append("\(question.texts.count) texts")
        parts += question.texts
        parts += [question.question, question.shape.description]
        return Fingerprint(of: parts)
    }
}

extension String {
    /// Without characters that are no print: a NUL ends a text in the database, an escape steers a terminal.
    fileprivate var withoutControls: String {
        guard unicodeScalars.contains(where: Self.steers) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.filter { !Self.steers($0) }))
    }

    private static func steers(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
    }
}

extension AnswerShape {
    /// Whether a stored answer can be used: one that was none is asked for again, since a server may do better.
    fileprivate func takes(_ stored: JobAnswer) -> Bool {
        guard stored.end != ModelAnswer.End.repetition.rawValue else { return false }
        switch self {
        case .text: return stored.text.contains { !$0.isWhitespace }
        case .fields(let schema, _):
            do throws(AnswerFault) {
                _ = try schema.parse(stored.text)
                return true
            } catch {
                return false
            }
        // The shares of the labels are not stored, and it is one short question.
        case .label: return false
        }
    }

    /// Tells forms apart; that of the fields follows from the question.
    fileprivate var description: String {
        switch self {
        case .text(let maxTokens): "text \(maxTokens)"
        case .fields(let schema, let maxTokens): "fields \(maxTokens) \(schema)"
        case .label(let labels): "label " + labels.joined(separator: "\n")
        }
    }
}

extension PageText {
    /// All digits of the page in reading order, those of other scripts as 0 to 9.
    fileprivate var digits: String {
        var digits = ""
        for word in words {
            for scalar in word.text.unicodeScalars {
                if (0x30...0x39).contains(scalar.value) {
                    digits.unicodeScalars.append(scalar)
                } else if !scalar.isASCII, scalar.properties.numericType == .decimal,
                    let value = scalar.properties.numericValue
                {
                    digits += String(Int(value))
                }
            }
        }
        return digits
    }
}
