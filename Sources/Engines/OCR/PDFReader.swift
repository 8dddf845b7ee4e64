internal import Glibc
internal import Imaging
internal import Jobs
internal import PipelineSpec
internal import Sandbox
internal import SystemPackage

/// One PDF read through poppler's programs, each inside walls with the document as its standard input.
struct PDFReader: Sendable {
    /// The resolution at which pages are drawn, and to which word boxes of text layers are scaled.
    static let dotsPerInch = 300
    /// Below this resolution print is no longer read: 24-point letters are 12 pixels high.
    static let leastDotsPerInch = 50
    private static let pointsToPixels = (300.0 / 72) * (300.0 / 72)
    /// Most pixels of a drawn page: an A2 sheet at 300 dpi.
    static let drawnPixels = 40_000_000
    /// Pages whose text layers come from one start of poppler.
    static let batch = 50
    /// Most bytes of a program's answer that are looked at.
    private static let answerLimit = 64_000_000

    let programs: ProgramRunner
    let document: OpenDocument
    let limits: Limits

    /// Count and sizes of the pages.
    ///
    /// - Returns: the facts.
    /// - Throws: ``JobFailure``: `encrypted`, `corrupt`, `missing-engine` or how poppler ended.
    func facts() async throws -> PDFFacts {
        let output = try await run(["pdfinfo", "-f", "1", "-l", "\(max(1, limits.pages))", "-"])
        guard let facts = PDFFacts.parse(String(decoding: output, as: UTF8.self)),
            facts.pageCount > 0
        else {
            throw JobFailure(.corrupt, "the PDF has no pages")
        }
        return facts
    }

    /// Text layers of a range of pages, from one start of poppler; page by page where that fails.
    ///
    /// - Parameter pages: the numbers of the pages.
    /// - Returns: the layers that could be read.
    /// - Throws: ``JobFailure`` with the reason `missing-engine`; `CancellationError`.
    func textLayers(of pages: ClosedRange<Int>) async throws -> [Int: TextLayerPage] {
        do {
            let output = try await run(
                ["pdftotext", "-bbox-layout", "-cropbox"] + range(pages) + ["-", "-"]
            )
            let layers = TextLayerParser.parse(output).prefix(pages.count)
            return Dictionary(
                uniqueKeysWithValues: zip(pages, layers)
            )
        } catch let failure as JobFailure where failure.reason != .missingEngine {
            // One page that poppler chokes on must not cost the others their text.
            guard pages.count > 1 else { return [:] }
            var layers: [Int: TextLayerPage] = [:]
            for page in pages {
                layers.merge(try await textLayers(of: page...page)) { first, _ in first }
            }
            return layers
        }
    }

    /// The pictures on a range of pages.
    ///
    /// - Parameter pages: the numbers of the pages.
    /// - Returns: the pictures; none where poppler cannot tell.
    /// - Throws: ``JobFailure`` with the reason `missing-engine`; `CancellationError`.
    func pictures(on pages: ClosedRange<Int>) async throws -> [PagePicture] {
        do {
            let output = try await run(["pdfimages", "-list"] + range(pages) + ["-"])
            return PagePicture.parse(String(decoding: output, as: UTF8.self))
        } catch let failure as JobFailure where failure.reason != .missingEngine {
            return []
        }
    }

    /// A page drawn as a picture.
    struct DrawnPage {
        /// The picture's file, PNM, open for reading; the caller closes it.
        var file: FileDescriptor
        var dotsPerInch: Int
        var warning: String?
    }

    /// Draws one page.
    ///
    /// - Parameters:
    ///   - number: the page's number, from 1.
    ///   - size: its size in points.
    ///   - isGrey: whether grey will do, which is drawn and handed over faster.
    ///   - mostDotsPerInch: the highest resolution that is of use.
    /// - Returns: the drawn page.
    /// - Throws: ``JobFailure``.
    func draw(
        _ number: Int,
        size: PDFFacts.PageSize?,
        isGrey: Bool,
        mostDotsPerInch: Int = PDFReader.dotsPerInch
    ) async throws -> DrawnPage {
        let possible = PDFReader.resolution(for: size, pixelLimit: limits.pixels)
        let dotsPerInch = min(mostDotsPerInch, possible)
        if let size, dotsPerInch < PDFReader.leastDotsPerInch {
            let pixels = size.width * size.height * PDFReader.pointsToPixels
            throw JobFailure(
                .tooLarge,
                "a page of \(Int(min(pixels, 1e15))) pixels at \(PDFReader.dotsPerInch) dpi, the limit is \(min(limits.pixels, PDFReader.drawnPixels))"
            )
        }
        let outcome = try await start(
            ["pdftoppm"] + (isGrey ? ["-gray"] : []) + [
                "-r", "\(dotsPerInch)", "-cropbox", "-f", "\(number)", "-l",
                "\(number)", "-",
            ]
        )
        do {
            try check(outcome, program: "pdftoppm")
            return DrawnPage(
                file: outcome.output,
                dotsPerInch: dotsPerInch,
                warning: possible < PDFReader.dotsPerInch
                    ? "the page is so large that it was drawn at \(dotsPerInch) dpi" : nil
            )
        } catch {
            try? outcome.output.close()
            throw error
        }
    }

    /// 300 dpi, or what keeps the page within the limit of pixels.
    ///
    /// - Parameters:
    ///   - size: the page's size in points; nil when it is not known.
    ///   - pixelLimit: most pixels of a page.
    /// - Returns: the resolution, at least 1.
    static func resolution(for size: PDFFacts.PageSize?, pixelLimit: Int) -> Int {
        guard let size else { return dotsPerInch }
        let limit = Double(min(pixelLimit, drawnPixels))
        // Sides are rounded up to whole pixels, hence the small margin.
        let fitting = (0.995 * limit / (size.width * size.height)).squareRoot() * 72
        // Very long strips: no picture library goes beyond 32767 pixels a side.
        let longest = 32_000 * 72 / max(size.width, size.height)
        return max(1, Int(min(Double(dotsPerInch), fitting, longest)))
    }

    // MARK: - Programs

    private func range(_ pages: ClosedRange<Int>) -> [String] {
        ["-f", "\(pages.lowerBound)", "-l", "\(pages.upperBound)"]
    }

    private func run(_ command: [String]) async throws -> [UInt8] {
        let outcome = try await start(command)
        defer { try? outcome.output.close() }
        try check(outcome, program: command[0])
        return try outcome.output.readAll(limit: PDFReader.answerLimit)
    }

    private func start(_ command: [String]) async throws -> ProgramRunner.Outcome {
        guard ProgramRunner.find(command[0]) != nil else {
            throw JobFailure(
                .missingEngine,
                "\(command[0]) is not installed, without which PDFs cannot be read; apt install poppler-utils"
            )
        }
        let input = try document.reopened()
        defer { try? input.close() }
        return try await programs.runForJob(
            command,
            input: input,
            milliseconds: limits.millisecondsPerPage
        )
    }

    private func check(_ outcome: ProgramRunner.Outcome, program: String) throws(JobFailure) {
        switch outcome.end {
        case .exited(0): return
        case .exited(1...3), .exited(99): throw PDFFacts.refusal(outcome.errors)
        default:
            throw .ending(of: program, end: outcome.end, cause: nil, errors: outcome.errors)
        }
    }
}

extension OpenDocument {
    /// The same file with an offset of its own, at its start, for a program that reads it from front to back.
    ///
    /// - Returns: a descriptor; the caller closes it.
    /// - Throws: ``JobFailure`` with the reason `unreadable`.
    func reopened() throws(JobFailure) -> FileDescriptor {
        do {
            return try FileDescriptor.open(
                FilePath("/proc/self/fd/\(descriptor.rawValue)"),
                .readOnly,
                options: .closeOnExec
            )
        } catch {
            // Its permissions may have changed since; then the shared offset has to serve.
            do {
                try descriptor.seek(offset: 0, from: .start)
                return try descriptor.duplicate()
            } catch {
                throw JobFailure(.unreadable, "the file cannot be read again: \(error)")
            }
        }
    }
}
