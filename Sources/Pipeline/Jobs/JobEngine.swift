public import PipelineSpec
public import Records
public import Scanning
public import SystemPackage

/// One step applied to one document.
public struct Job: Sendable {
    /// The document.
    public var document: OpenDocument
    /// The step.
    public var step: Step
    /// The step's place in the pipeline, from 0.
    public var stepIndex: Int
    /// The fields of the pipeline's record.
    public var record: [FieldDefinition]
    /// What a document may cost.
    public var limits: Limits
    /// Pages that an earlier, interrupted try has already stored; a `read` job leaves them out.
    public var storedPages: Set<Int>
    /// Milliseconds between a video's pages: page n is the frame at n - 1 times as many.
    public var framesEvery: Int
    /// The text of all pages, once the pipeline's `read` step is done; empty before.
    public var pages: [PageText]
    /// The candidates so far, the best of each field chosen by `Record.choosing(from:)`.
    ///
    /// A model's step is done anew when those of the fields that it fills change; an `ask` also when amounts, numbers,
    /// lists or currencies do. Its result may build on these, and on no others.
    public var candidates: [Candidate]
    /// Where the job goes, and why.
    public var route: JobRouter.Route
    /// Its document's place before the model; nil where there is no order.
    public var turn: Turn?
    /// Answers of a model that an earlier try has stored, by place: of an interrupted one, or of one that had other inputs.
    ///
    /// One whose fingerprint is that of the question at hand need not be asked for again.
    public var storedAnswers: [JobAnswer]
    /// Stores an answer of a model as soon as it is known; when it returns the answer is safe.
    ///
    /// It takes the place of one of the
    /// same position. A stored one that is taken up is kept as well: those that are not go when the job is done.
    public var keepAnswer: @Sendable (JobAnswer) async throws -> Void

    /// Creates a job.
    public init(
        document: OpenDocument,
        step: Step,
        stepIndex: Int,
        record: [FieldDefinition],
        limits: Limits,
        storedPages: Set<Int> = [],
        framesEvery: Int = ReadStep.usualFramesEvery,
        pages: [PageText] = [],
        candidates: [Candidate] = [],
        route: JobRouter.Route = .rules(reason: ""),
        turn: Turn? = nil,
        storedAnswers: [JobAnswer] = [],
        keepAnswer: @escaping @Sendable (JobAnswer) async throws -> Void = { _ in }
    ) {
        self.document = document
        self.step = step
        self.stepIndex = stepIndex
        self.record = record
        self.limits = limits
        self.storedPages = storedPages
        self.framesEvery = framesEvery
        self.pages = pages
        self.candidates = candidates
        self.route = route
        self.turn = turn
        self.storedAnswers = storedAnswers
        self.keepAnswer = keepAnswer
    }
}

/// A document's file, opened for reading: what is handed to an engine, never a path.
public struct OpenDocument: Sendable {
    /// The open file.
    ///
    /// Valid until the job has been answered. Read it with `pread`: its offset is shared.
    public var descriptor: FileDescriptor
    /// SHA-256 of its bytes in lower-case hexadecimal.
    public var sha256: String
    /// Its size in bytes.
    public var byteCount: Int
    /// What its first bytes say it is.
    public var kind: DocumentKind
    /// What a file of unknown kind seems to be, such as `ZIP archive`.
    public var foreignContent: String?
    /// The path as a person knows it, for messages only.
    public var displayPath: String

    /// Creates an open document.
    public init(
        descriptor: FileDescriptor,
        sha256: String,
        byteCount: Int,
        kind: DocumentKind,
        foreignContent: String? = nil,
        displayPath: String
    ) {
        self.descriptor = descriptor
        self.sha256 = sha256
        self.byteCount = byteCount
        self.kind = kind
        self.foreignContent = foreignContent
        self.displayPath = displayPath
    }
}

/// What came of one page of a `read` job.
public enum PageOutcome: Sendable {
    /// Its text (empty and `isBlank` for a blank page).
    case read(PageText)
    /// It could not be read; the other pages go on.
    case failed(number: Int, JobFailure)

    /// The page's number, from 1.
    public var number: Int {
        switch self {
        case .read(let page): page.number
        case .failed(let number, _): number
        }
    }
}

/// What a job gives back when it is done.
public struct JobResult: Sendable {
    /// The engine that answered, and why it was asked: `tesseract`, `text layer`, `rules`.
    public var route: String
    /// Proposals for fields.
    public var candidates: [Candidate]
    /// Outcomes of a `check` step.
    public var checks: [CheckResult]
    /// Count of pages of the document, for a `read` job.
    public var pageCount: Int?
    /// Pages beyond the limit that were not read, for a `read` job.
    public var unreadPages: Int
    /// Largest resident memory of the worker during the job, in bytes; 0 when it ran in this process.
    public var peakBytes: Int
    /// What a person should look at besides the values, such as an answer that was cut: each puts the document under review.
    public var doubts: [String]

    /// Creates a result.
    public init(
        route: String,
        candidates: [Candidate] = [],
        checks: [CheckResult] = [],
        pageCount: Int? = nil,
        unreadPages: Int = 0,
        peakBytes: Int = 0,
        doubts: [String] = []
    ) {
        self.route = route
        self.candidates = candidates
        self.checks = checks
        self.pageCount = pageCount
        self.unreadPages = unreadPages
        self.peakBytes = peakBytes
        self.doubts = doubts
    }
}

/// What can answer a job.
public protocol JobEngine: Sendable {
    /// The engine's name and version and those of its models, as far as they decide the result.
    ///
    /// Part of a job's fingerprint: `tesseract 5.3.0 eng@a1b2c3`.
    func version(for step: Step) -> String

    /// Answers one job.
    ///
    /// - Parameters:
    ///   - job: what to do.
    ///   - store: called for each page of a `read` job as soon as it is known, in page order; when it
    ///     returns the page is safe. What it throws is thrown on.
    /// - Returns: the result, after the last page was stored.
    /// - Throws: ``JobFailure`` when the document failed (it is stored with the job and never stops the
    ///   run), ``EngineUnavailable`` when the engine can answer no job at present (the document waits for it),
    ///   `CancellationError` when the task was cancelled, and whatever `store` threw.
    func answer(
        _ job: Job,
        store: @Sendable (PageOutcome) async throws -> Void
    ) async throws -> JobResult

    /// Lets go of what is kept for a document's next step; called when a document has been through all steps.
    ///
    /// - Parameter document: Its SHA-256.
    func finish(document: String) async

    /// Lets go of everything, such as a loaded model; called when a run asks nothing more. The next job loads it again.
    func unload() async
}

extension JobEngine {
    /// Nothing is kept.
    public func finish(document: String) async {}

    /// Nothing is loaded.
    public func unload() async {}
}
