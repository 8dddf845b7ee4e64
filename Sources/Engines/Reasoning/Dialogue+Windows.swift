import Answering
import Jobs
import PipelineSpec
import Records
import Scanning

/// A document's sheets, and how many of them one question is about.
struct SheetWindows: Sendable {
    /// What the model is shown, in order.
    let sheets: [Sheet]
    /// Pages of the document, blank ones too.
    let pageCount: Int
    /// Sheets in one question.
    let window: Int
    /// Sheets from one question's first to the next one's.
    let stride: Int

    /// Divides a document.
    ///
    /// - Throws: `JobFailure` when nobody has told what pages it has.
    init(_ job: Job, from source: StepSource, window: Int, stride: Int) throws {
        self.window = max(1, window)
        self.stride = min(max(1, stride), self.window)
        guard job.pages.isEmpty else {
            sheets = Sheet.sheets(of: job.pages, from: source)
            pageCount = job.pages.map(\.number).max() ?? 1
            return
        }
        guard source == .picture, job.document.kind.isOnePicture else {
            throw JobFailure(
                .unsupported,
                "no step has read it: `- read: text` above this step tells its pages"
            )
        }
        sheets = [Sheet(number: 1, page: nil, content: .picture)]
        pageCount = 1
    }

    /// The sheets of each question, first to last; every sheet is in one of them at least.
    var windows: [ArraySlice<Sheet>] {
        var windows: [ArraySlice<Sheet>] = []
        var start = 0
        while start < sheets.count {
            let end = min(start + window, sheets.count)
            windows.append(sheets[start..<end])
            if end == sheets.count { break }
            start += stride
        }
        return windows
    }
}

/// The answer to a question about some pages.
struct WindowReply: Sendable {
    /// Numbers of the pages, ascending.
    let pages: [Int]
    /// The answer.
    let reply: Dialogue.Reply

    /// From the first page to the last.
    var span: ClosedRange<Int> { (pages.first ?? 1)...(pages.last ?? 1) }

    /// The answer's text.
    ///
    /// - Throws: `JobFailure` for one that ran into a loop.
    func text() throws(JobFailure) -> String {
        guard reply.end != .repetition else { throw noAnswer("ran into a loop") }
        return reply.text
    }

    /// The failure of a job whose answer is none.
    ///
    /// - Parameter what: What is wrong with it, as in `the model's answer about page 3 … `.
    /// - Returns: The failure.
    func noAnswer(_ what: String) -> JobFailure {
        JobFailure(.engineFailed, "the model's answer about \(Wording.named(span)) \(what)")
    }
}

extension [WindowReply] {
    /// Makes something of each answer.
    ///
    /// One that is none is left out and a doubt, as long as there are others.
    ///
    /// - Parameters:
    ///   - doubts: What a person is told.
    ///   - take: Makes something of an answer, or says that it is none.
    /// - Returns: What was made, in order.
    /// - Throws: `JobFailure` of the first, where all are none.
    func taken<Made>(
        doubts: inout [String],
        _ take: (WindowReply) throws(JobFailure) -> Made
    ) throws(JobFailure) -> [Made] {
        var made: [Made] = []
        var failures: [JobFailure] = []
        for reply in self {
            do throws(JobFailure) {
                made.append(try take(reply))
            } catch {
                failures.append(error)
            }
        }
        if made.isEmpty, let first = failures.first { throw first }
        doubts += Self.few(failures.map(\.detail))
        return made
    }

    /// What a person is told of answers that were cut.
    var cuts: [String] {
        Self.few(
            filter(\.reply.isCut).map {
                "the model's answer about \(Wording.named($0.span)) was cut: values may be missing"
            }
        )
    }

    /// The first of many sentences, and how many there are besides: a book has hundreds of windows.
    private static func few(_ sentences: [String]) -> [String] {
        guard sentences.count > 4 else { return sentences }
        return sentences.prefix(3) + ["so it is with \(sentences.count - 3) others of its answers"]
    }
}

extension Dialogue {
    /// A question and the form of its answer.
    typealias Asked = (question: String, shape: AnswerShape)

    /// Asks the same about each window of a document, one after the other: pictures of one window are open at a time.
    ///
    /// What is too long for the model is asked about in halves, and so are the windows after it that are as long. A window of which all
    /// pages turn out to be blank has no answer.
    ///
    /// - Parameters:
    ///   - windows: The document's sheets.
    ///   - asking: The question about some pages (nil for the whole document) of so many sheets.
    /// - Returns: The answers in the order of the pages; one for a document that fits a window, none for one that is blank.
    /// - Throws: `JobFailure`, as `too-large` for a single page that is too long; `EngineUnavailable`; `CancellationError`.
    mutating func ask(
        eachOf windows: SheetWindows,
        _ asking: (PagePart?, _ sheetCount: Int) -> Asked
    ) async throws -> [WindowReply] {
        var waiting = Array(windows.windows.reversed())
        var isDivided = waiting.count > 1
        var tooMany = Int.max
        var replies: [WindowReply] = []
        while let sheets = waiting.popLast() {
            if sheets.count >= tooMany, sheets.count > 1 {
                waiting += Self.halves(of: sheets).reversed()
                continue
            }
            let numbers = sheets.map(\.number)
            let span = (numbers.first ?? 1)...(numbers.last ?? 1)
            let part =
                isDivided
                ? PagePart(
                    pages: span,
                    pageCount: windows.pageCount,
                    isPassage: span.count == 1 && sheets.contains(where: \.isPassage)
                ) : nil
            let (question, shape) = asking(part, sheets.count)
            do {
                let reply = try await ask(
                    question,
                    shape: shape,
                    about: sheets,
                    part: isDivided ? .window : .whole,
                    isLastLook: waiting.isEmpty
                )
                replies.append(WindowReply(pages: Self.distinct(numbers), reply: reply))
            } catch let failure as JobFailure where failure.reason == .tooLarge {
                let halves = Self.halves(of: sheets)
                guard !halves.isEmpty else { throw failure }
                if sheets.count > 1 { tooMany = min(tooMany, sheets.count) }
                isDivided = true
                waiting += halves.reversed()
            } catch is NothingShown {
                continue
            }
        }
        return replies
    }

    /// Two windows in place of one; none where it cannot be divided.
    private static func halves(of sheets: ArraySlice<Sheet>) -> [ArraySlice<Sheet>] {
        guard sheets.count > 1 else { return sheets.first?.halves?.map { [$0] } ?? [] }
        let middle = sheets.startIndex + (sheets.count + 1) / 2
        return [sheets[..<middle], sheets[middle...]]
    }

    /// Ascending numbers, each once.
    private static func distinct(_ numbers: [Int]) -> [Int] {
        var distinct: [Int] = []
        for number in numbers where distinct.last != number { distinct.append(number) }
        return distinct
    }
}

extension Sheet {
    /// Whether it is less than a page.
    fileprivate var isPassage: Bool {
        if case .passage = content { true } else { false }
    }
}

extension DocumentKind {
    /// Whether a file of this kind is one picture, so that nobody need count its pages.
    fileprivate var isOnePicture: Bool {
        switch self {
        case .jpeg, .png, .bmp, .pnm, .jpeg2000: true
        // A WebP, GIF or HEIC can hold several; the reader takes the first of an animation.
        case .webp, .gif, .heic: true
        case .tiff, .pdf, .video, .text, .empty, .unknown: false
        }
    }
}
