internal import Imaging
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
                try await pdf.layers(of: batch, sizes: facts.pageSizes)
            }
            for number in batch where !job.storedPages.contains(number) {
                try Task.checkCancellation()
                let layer = layers[number]
                if let layer, layer.judgement == .usable, !layer.isOverPicture {
                    progress.hasPage()
                    routes.insert(PageText.Source.textLayer.rawValue)
                    try await store(.read(pictures.text(of: layer, number: number)))
                    continue
                }
                let outcome = try await progress.page(number) { milliseconds in
                    try await pictures.readDoubted(
                        number,
                        layer: layer,
                        size: facts.pageSizes[number],
                        of: pdf,
                        milliseconds: milliseconds
                    )
                }
                if case .failed(_, let failure) = outcome, facts.pageCount == 1 { throw failure }
                routes.insert(pictures.route(of: outcome))
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

/// A page's text layer and what is known of it before the page is drawn.
struct JudgedLayer: Sendable {
    var page: TextLayerPage
    var judgement: TextLayerJudgement
    /// Whether pictures cover most of the page, as on a scan.
    var isOverPicture: Bool
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

    /// The text layers of pages, judged.
    ///
    /// - Parameters:
    ///   - pages: the pages.
    ///   - sizes: the pages' sizes as they are shown.
    /// - Returns: the layers by page number.
    /// - Throws: ``JobFailure``, `CancellationError`.
    func layers(
        of pages: ClosedRange<Int>,
        sizes: [Int: PDFFacts.PageSize]
    ) async throws -> [Int: JudgedLayer] {
        var judged: [Int: JudgedLayer] = [:]
        for (number, page) in try await textLayers(of: pages) {
            let page = page.shown(at: sizes[number])
            judged[number] = JudgedLayer(
                page: page,
                judgement: .of(page),
                isOverPicture: false
            )
        }
        let inQuestion = judged.filter { $0.value.judgement == .usable }.keys.sorted()
        guard let first = inQuestion.first, let last = inQuestion.last else { return judged }
        let pictures = Dictionary(grouping: try await pictures(on: first...last), by: \.page)
        for number in inQuestion {
            guard let page = judged[number]?.page, let found = pictures[number] else { continue }
            judged[number]?.isOverPicture = page.isMostlyCovered(by: found)
        }
        return judged
    }
}

extension TextLayerPage {
    /// Whether pictures cover most of the page: one scan, or the strips of one.
    func isMostlyCovered(by pictures: [PagePicture]) -> Bool {
        let area = pictures.reduce(0) { $0 + $1.widthInPoints * $1.heightInPoints }
        return width * height > 0 && area >= 0.5 * width * height
    }
}
