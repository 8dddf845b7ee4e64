internal import Imaging
internal import Jobs
internal import PipelineSpec
internal import Records
internal import SystemPackage

extension PictureReader {
    /// What the outcome of a PDF page is said to come from.
    func route(of outcome: PageOutcome) -> String {
        guard case .read(let page) = outcome, page.source == .textLayer else { return route }
        return PageText.Source.textLayer.rawValue
    }

    /// A text layer as the page's words.
    func text(of layer: JudgedLayer, number: Int) -> PageText {
        layer.page.pageText(
            number: number,
            dotsPerInch: PDFReader.dotsPerInch,
            mayTurn: step.prepare.contains(.orient)
        )
    }

    /// Reads a page of a PDF whose text layer cannot stand for it without a look at the page itself.
    ///
    /// - Parameters:
    ///   - number: the page, from 1.
    ///   - layer: its text layer; nil where there is none.
    ///   - size: its size in points.
    ///   - pdf: the document.
    ///   - milliseconds: how long all may take.
    /// - Returns: the page, from the layer or the drawing, and the most memory that it took.
    /// - Throws: ``JobFailure``, `CancellationError`.
    func readDoubted(
        _ number: Int,
        layer: JudgedLayer?,
        size: PDFFacts.PageSize?,
        of pdf: PDFReader,
        milliseconds: Int
    ) async throws -> (page: PageText, peakBytes: Int) {
        let start = ContinuousClock.now
        func left() -> Int {
            max(1, milliseconds - Int((ContinuousClock.now - start) / .milliseconds(1)))
        }
        func drawn() async throws -> (page: PageText, peakBytes: Int) {
            try requireEngine()
            return try await readDrawn(number, size: size, of: pdf, milliseconds: left())
        }
        guard let layer else { return try await drawn() }
        let flaw: TextLayerFlaw
        switch layer.judgement {
        case .absent: return try await drawn()
        case .unusable(let certain):
            var result = try await drawn()
            result.page.warnings.append(certain.warning)
            return result
        case .doubtful(let seeming): flaw = seeming
        case .usable, .thin:
            let seen = try await look(
                at: number,
                layer: layer.page,
                size: size,
                of: pdf,
                milliseconds: left()
            )
            guard let seen else { return (text(of: layer, number: number), 0) }
            flaw = seen
        }
        var result = try await drawn()
        let words = text(of: layer, number: number)
        let comparison = TextLayerComparison(layer: words, reading: result.page)
        if comparison.bearsOut(against: flaw) { return (words, result.peakBytes) }
        result.page.warnings.append(flaw.warning)
        return result
    }

    /// Draws a page of a PDF and reads the drawing.
    private func readDrawn(
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

    /// Draws a page small and looks whether it is printed where the layer has its words, and not elsewhere.
    ///
    /// A page that cannot be drawn or looked at is left to its layer.
    private func look(
        at number: Int,
        layer: TextLayerPage,
        size: PDFFacts.PageSize?,
        of pdf: PDFReader,
        milliseconds: Int
    ) async throws -> TextLayerFlaw? {
        let start = ContinuousClock.now
        do {
            let drawn = try await pdf.draw(
                number,
                size: size,
                isGrey: true,
                mostDotsPerInch: TextLayerLook.dotsPerInch
            )
            defer { try? drawn.file.close() }
            let turns = layer.turnsToUpright
            let page = layer.turned(by: turns)
            let request = LookRequest(
                boxes: page.words.map { page.box(of: $0, dotsPerInch: drawn.dotsPerInch) },
                quarterTurns: turns,
                limits: pageLimits
            )
            let spent = Int((ContinuousClock.now - start) / .milliseconds(1))
            let reply = try await ask(
                .look(request),
                [drawn.file],
                milliseconds: max(1, milliseconds - spent)
            )
            guard case .looked(let look) = reply.answer else { throw nonsense("no look") }
            return look.flaw
        } catch is JobFailure {
            return nil
        }
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
