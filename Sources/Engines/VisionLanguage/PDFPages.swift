internal import Imaging
internal import Qwen
internal import Sandbox
internal import SystemPackage

/// The pages of a PDF, drawn by poppler behind walls and decoded by a walled process.
struct PDFPages {
    /// Print is no sharper than this: what a page would measure if it had been scanned.
    private static let dotsPerInch = 300.0
    /// The longest side that a drawing may have: no picture library goes beyond 32767.
    private static let longestSide = 32_000.0
    /// The longest side is drawn at least so long: print can be told from nothing then, however few tokens it becomes.
    private static let shortestSide = 1400.0
    /// Most bytes of poppler's answers that are looked at.
    private static let answerLimit = 16_000_000
    private static let package = "poppler-utils"

    private let decoder: PictureDecoder
    private let document: DocumentFile
    private let process: PictureProcess
    private let programs: ProgramRunner

    init(decoder: PictureDecoder, document: DocumentFile, process: PictureProcess) {
        self.decoder = decoder
        self.document = document
        self.process = process
        var programs = ProgramRunner(selfExecutable: decoder.executable.string)
        programs.outputBytes = 3 * decoder.limits.pixels + 1000
        programs.alone = true
        self.programs = programs
    }

    /// Draws and decodes pages.
    ///
    /// - Parameters:
    ///   - pages: Which, from 1; nil for all.
    ///   - target: What settles the size that a page gets.
    ///   - pictures: Gets the pages in their order, those in front of a fault too.
    /// - Throws: ``PictureFault``.
    func decode(
        pages: ClosedRange<Int>?,
        target: TargetSize,
        into pictures: inout [DecodedPicture]
    ) async throws(PictureFault) {
        let facts = try await facts(of: pages)
        for page in try decoder.wanted(pages, of: facts.pageCount) {
            guard let size = facts.pageSizes[page] else {
                throw .corrupt("page \(page) has no size")
            }
            let scanned = try scannedSize(size)
            let wanted = try target(for: scanned, limits: decoder.limits)
            let drawing = try await draw(page, size: size, for: wanted)
            defer { try? drawing.close() }
            _ = try await process.open(drawing, bytes: programs.outputBytes)
            pictures.append(
                try await decoder.decode(
                    page,
                    of: facts.pageCount,
                    at: 1,
                    size: scanned,
                    target: wanted,
                    process: process
                )
            )
        }
    }

    /// Count of all pages, and sizes of those that may be wanted.
    private func facts(of pages: ClosedRange<Int>?) async throws(PictureFault) -> PDFFacts {
        let first = max(1, pages?.lowerBound ?? 1)
        let last = min(pages?.upperBound ?? .max - 1, first + decoder.limits.pages)
        // From the first page on: pdfinfo refuses a range that begins behind the last page, and the caller has better words for it.
        let output = try await run(["pdfinfo", "-f", "1", "-l", "\(max(first, last))", "-"])
        defer { try? output.close() }
        guard let text = try? output.readAll(limit: Self.answerLimit),
            let facts = PDFFacts.parse(String(decoding: text, as: UTF8.self)), facts.pageCount > 0
        else { throw .corrupt("the PDF has no pages") }
        return facts
    }

    /// What the page would measure as a scan.
    private func scannedSize(_ size: PDFFacts.PageSize) throws(PictureFault) -> (
        width: Int, height: Int
    ) {
        // A plan of square metres is scanned more coarsely rather than not at all.
        let scale = min(
            Self.dotsPerInch / 72,
            (Double(decoder.limits.pixels) * 0.99 / (size.width * size.height)).squareRoot(),
            Self.longestSide / max(size.width, size.height)
        )
        return (
            max(1, Int((size.width * scale).rounded())),
            max(1, Int((size.height * scale).rounded()))
        )
    }

    /// Draws a page a little larger than it will be, so that letters are made smaller, never larger.
    private func draw(
        _ page: Int,
        size: PDFFacts.PageSize,
        for target: (width: Int, height: Int)
    ) async throws(PictureFault) -> FileDescriptor {
        let wanted = max(
            Double(target.width) / size.width,
            Double(target.height) / size.height,
            Self.shortestSide / max(size.width, size.height)
        )
        // A pipeline may allow fewer pixels still; what poppler rounds up is within the rest.
        let pixels = Double(decoder.limits.pixels) * 0.95
        let scale = min(wanted, (pixels / (size.width * size.height)).squareRoot())
        return try await run(
            [
                "pdftoppm", "-r", "\(scale * 72)", "-cropbox", "-f", "\(page)", "-l", "\(page)",
                "-",
            ]
        )
    }

    private func run(_ command: [String]) async throws(PictureFault) -> FileDescriptor {
        let input = try document.again()
        defer { try? input.close() }
        let time = decoder.limits.time
        let outcome: ProgramRunner.Outcome
        do {
            outcome = try await programs.run(
                command,
                input: input,
                milliseconds: Int(time / .milliseconds(1))
            )
        } catch {
            throw PictureFault(error, package: Self.package)
        }
        switch outcome.end {
        case .exited(0): return outcome.output
        case .exited(1...3), .exited(99):
            try? outcome.output.close()
            throw Self.refusal(outcome.errors)
        default:
            try? outcome.output.close()
            throw PictureFault(
                endOf: command[0],
                outcome.end,
                errors: outcome.errors,
                time: time
            )
        }
    }

    /// Why poppler refused the document.
    private static func refusal(_ messages: String) -> PictureFault {
        if messages.contains("password") { return .encrypted }
        if messages.contains("unsupported") && messages.contains("ncrypt") { return .encrypted }
        let last = messages.split(whereSeparator: \.isNewline).last.map(String.init)
        return .corrupt(PlainLine.of(last ?? "poppler cannot read the PDF"))
    }
}

extension PictureFault {
    /// What a program that was not run to its end means.
    init(_ fault: ProgramFault, package: String) {
        self =
            switch fault {
            case .notInstalled(let name): .missingProgram(name, package: package)
            case .notStarted(let name, let cause):
                .crashed("\(name) could not be started: \(PlainLine.of(cause))")
            case .timedOut(_, let milliseconds): .timeout(seconds: milliseconds / 1000)
            case .noMemoryFile: .outOfMemory
            case .cancelled: .cancelled
            }
    }
}
