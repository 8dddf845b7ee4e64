internal import Jobs
internal import PipelineSpec
internal import Records
internal import SystemPackage

extension ReadEngine {
    /// Most memory that a worker may address: room for its models, and for a page of as many pixels in colour,
    /// in grey, in black and white and in Tesseract's own form.
    static func addressSpaceBytes(pixelLimit: Int) -> Int {
        (768 << 20) + 12 * min(max(pixelLimit, 10_000_000), 1_000_000_000)
    }

    /// What a worker for a step is started with.
    func configuration(
        languages: [String],
        limits: Limits,
        mayTurn: Bool
    ) -> WorkerConfiguration {
        WorkerConfiguration(
            languages: languages,
            modelFolder: models.folder,
            mayTurnPages: mayTurn,
            addressSpaceBytes: ReadEngine.addressSpaceBytes(pixelLimit: limits.pixels)
        )
    }

    /// Reads a picture file, of one page or many.
    func answerPictures(
        _ job: Job,
        step: ReadStep,
        store: @Sendable (PageOutcome) async throws -> Void
    ) async throws -> JobResult {
        let reader = PictureReader(engine: self, step: step, limits: job.limits)
        try reader.requireEngine()
        var progress = DocumentProgress(limits: job.limits)
        let shape = try await reader.shape(of: job.document.descriptor, progress: &progress)
        let lastPage = min(shape.pageCount, job.limits.pages)
        progress.begin(pages: lastPage)
        for number in 1...max(1, lastPage) where !job.storedPages.contains(number) {
            try Task.checkCancellation()
            let outcome = try await progress.page(number) { budget in
                try await reader.read(
                    job.document.descriptor,
                    page: number,
                    milliseconds: budget
                )
            }
            // A file of one page fails as a whole, with the page's reason.
            if case .failed(_, let failure) = outcome, shape.pageCount == 1 { throw failure }
            try await store(outcome)
        }
        try progress.requireAnyPage()
        return JobResult(
            route: reader.route,
            pageCount: shape.pageCount,
            unreadPages: max(0, shape.pageCount - lastPage),
            peakBytes: progress.peakBytes
        )
    }
}

/// Counts the time and the failures of one document over its pages.
struct DocumentProgress {
    private let limits: Limits
    /// What is left for the whole document.
    private var budget: Duration = .zero
    private var total: Duration = .zero
    private var firstFailure: JobFailure?
    private var hasReadPage = false
    /// The most memory that any of its pages took.
    var peakBytes = 0

    init(limits: Limits) {
        self.limits = limits
        begin(pages: 1)
    }

    /// Sets the clock of the document: its pages times the limit of a page.
    mutating func begin(pages: Int) {
        total = .milliseconds(limits.millisecondsPerPage) * max(1, pages)
        budget = total
    }

    /// Milliseconds that the next call may take.
    ///
    /// - Throws: ``JobFailure`` when the document's time is used up.
    func milliseconds() throws(JobFailure) -> Int {
        let left = Int(budget / .milliseconds(1))
        guard left > 0 else {
            let whole = Int(total / .milliseconds(1))
            throw .ending(
                of: "",
                end: nil,
                cause: .documentTimeout(milliseconds: whole),
                errors: ""
            )
        }
        return min(left, limits.millisecondsPerPage)
    }

    /// Takes time off the document's clock.
    mutating func spend(_ duration: Duration) {
        budget -= duration
    }

    /// Reads a page; its failure is an outcome, that of the document's clock is not.
    ///
    /// - Parameters:
    ///   - number: the page.
    ///   - read: reads it in at most so many milliseconds.
    /// - Returns: the outcome.
    /// - Throws: ``JobFailure`` when no other page can go better, `CancellationError`.
    mutating func page(
        _ number: Int,
        _ read: (Int) async throws -> (page: PageText, peakBytes: Int)
    ) async throws -> PageOutcome {
        let milliseconds = try milliseconds()
        let start = ContinuousClock.now
        defer { spend(ContinuousClock.now - start) }
        do {
            var result = try await read(milliseconds)
            result.page.number = number
            peakBytes = max(peakBytes, result.peakBytes)
            hasReadPage = true
            return .read(result.page)
        } catch var failure as JobFailure {
            if failure.reason == .missingEngine { throw failure }
            failure.page = number
            if firstFailure == nil { firstFailure = failure }
            return .failed(number: number, failure)
        }
    }

    /// Counts a page that needed no reading of a picture.
    mutating func hasPage() {
        hasReadPage = true
    }

    /// Fails with the first page's reason when every page failed.
    func requireAnyPage() throws(JobFailure) {
        if let firstFailure, !hasReadPage { throw firstFailure }
    }
}
