internal import Jobs
internal import PipelineSpec
internal import Records
internal import SystemPackage

extension ReadEngine {
    /// Reads a PDF: text layers where they can be trusted, drawn pages elsewhere.
    func answerPDF(
        _ job: Job,
        step: ReadStep,
        store: @Sendable (PageOutcome) async throws -> Void
    ) async throws -> JobResult {
        let pdf = PDFReader(programs: programs, document: job.document, limits: job.limits)
        let pictures = PictureReader(engine: self, step: step, limits: job.limits)
        var progress = DocumentProgress(limits: job.limits)
        let facts = try await progress.spending { try await pdf.facts() }
        let lastPage = min(facts.pageCount, max(1, job.limits.pages))
        progress.begin(pages: lastPage)
        var routes: Set<String> = []
        for batch in PDFReader.batches(of: lastPage, without: job.storedPages) {
            let layers = try await progress.spending {
                try await pdf.trustedLayers(of: batch)
            }
            for number in batch where !job.storedPages.contains(number) {
                try Task.checkCancellation()
                if let layer = layers[number] {
                    progress.hasPage()
                    routes.insert(PageText.Source.textLayer.rawValue)
                    let page = layer.pageText(number: number, dotsPerInch: PDFReader.dotsPerInch)
                    try await store(.read(page))
                    continue
                }
                try pictures.requireEngine()
                routes.insert(pictures.route)
                let outcome = try await progress.page(number) { milliseconds in
                    try await pictures.readDrawn(
                        number,
                        size: facts.pageSizes[number],
                        of: pdf,
                        milliseconds: milliseconds
                    )
                }
                if case .failed(_, let failure) = outcome, facts.pageCount == 1 { throw failure }
                try await store(outcome)
            }
        }
        try progress.requireAnyPage()
        return JobResult(
            route: routes.sorted(by: >).joined(separator: ", "),
            pageCount: facts.pageCount,
            unreadPages: max(0, facts.pageCount - lastPage),
            peakBytes: progress.peakBytes
        )
    }
}

extension PDFReader {
    /// Ranges of pages that are looked at together.
    ///
    /// - Parameters:
    ///   - pageCount: the last page.
    ///   - stored: pages that need not be read.
    /// - Returns: the ranges in order; together they hold every page that is not stored.
    static func batches(of pageCount: Int, without stored: Set<Int>) -> [ClosedRange<Int>] {
        var batches: [ClosedRange<Int>] = []
        for number in 1...max(1, pageCount) where !stored.contains(number) {
            if let last = batches.last, number < last.lowerBound + batch {
                batches[batches.count - 1] = last.lowerBound...number
            } else {
                batches.append(number...number)
            }
        }
        return batches
    }

    /// The text layers that can stand for their pages.
    ///
    /// - Parameter pages: the pages.
    /// - Returns: the layers by page number; pages that are not there must be drawn.
    /// - Throws: ``JobFailure``, `CancellationError`.
    func trustedLayers(of pages: ClosedRange<Int>) async throws -> [Int: TextLayerPage] {
        let layers = try await textLayers(of: pages)
        let judged = layers.mapValues { ($0, TextLayerJudgement.of($0)) }
        let thin = judged.filter { $0.value.1 == .thin }.keys.sorted()
        var scans: Set<Int> = []
        if let first = thin.first, let last = thin.last {
            let pictures = Dictionary(grouping: try await pictures(on: first...last), by: \.page)
            scans = Set(
                thin.filter { number in
                    judged[number].map {
                        TextLayerJudgement.isScan(pictures[number] ?? [], on: $0.0)
                    } ?? false
                }
            )
        }
        return judged.compactMapValues { layer, judgement in
            judgement == .unusable ? nil : layer
        }
        .filter { !scans.contains($0.key) }
    }
}

extension PictureReader {
    /// Draws a page of a PDF and reads the drawing.
    ///
    /// - Parameters:
    ///   - number: the page, from 1.
    ///   - size: its size in points.
    ///   - pdf: the document.
    ///   - milliseconds: how long both may take.
    /// - Returns: the page and the most memory that it took.
    /// - Throws: ``JobFailure``, `CancellationError`.
    func readDrawn(
        _ number: Int,
        size: PDFFacts.PageSize?,
        of pdf: PDFReader,
        milliseconds: Int
    ) async throws -> (page: PageText, peakBytes: Int) {
        let start = ContinuousClock.now
        let drawn = try await pdf.draw(number, size: size, isGrey: step.engine == nil)
        defer { try? drawn.file.close() }
        let spent = Int((ContinuousClock.now - start) / .milliseconds(1))
        var result = try await read(
            drawn.file,
            page: 1,
            milliseconds: max(1, milliseconds - spent)
        )
        if let warning = drawn.warning { result.page.warnings.append(warning) }
        return result
    }
}

extension DocumentProgress {
    /// Does work that belongs to no one page on the document's clock.
    mutating func spending<Success>(_ work: () async throws -> Success) async throws -> Success {
        _ = try milliseconds()
        let start = ContinuousClock.now
        defer { spend(ContinuousClock.now - start) }
        return try await work()
    }
}
