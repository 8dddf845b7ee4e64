internal import Jobs
internal import PipelineSpec
internal import Records
internal import Sandbox
internal import SystemPackage

/// Reads pages of picture files for one step: by a worker, or by the program that the step names.
struct PictureReader {
    let engine: ReadEngine
    let step: ReadStep
    let limits: Limits

    /// What the result is said to come from.
    var route: String {
        guard let program = step.engine?.first else { return "tesseract" }
        return "program \(program.split(separator: "/").last.map(String.init) ?? program)"
    }

    /// Fails when the language or the program that the step names is not there.
    func requireEngine() throws(JobFailure) {
        guard let command = step.engine else {
            try engine.models.require(step.languages)
            return
        }
        guard let program = command.first, ProgramRunner.find(program) != nil else {
            throw JobFailure(
                .missingEngine,
                "program '\(PlainLine.of(command.first ?? ""))' is not installed"
            )
        }
    }

    /// Pages and size of a picture file, from its header.
    func shape(
        of file: FileDescriptor,
        progress: inout DocumentProgress
    ) async throws -> DocumentShape {
        let reply = try await ask(
            .inspect(pageLimits),
            [file],
            milliseconds: try progress.milliseconds()
        )
        guard case .shape(let shape) = reply.answer else { throw nonsense("no shape") }
        return try believed { () throws(AnswerCheck.Nonsense) in try AnswerCheck.checked(shape) }
    }

    /// Reads one page.
    ///
    /// - Parameters:
    ///   - file: the picture file.
    ///   - page: its page, from 1.
    ///   - milliseconds: how long it may take.
    /// - Returns: the page, numbered 1, and the most memory that it took.
    /// - Throws: ``JobFailure``, `CancellationError`.
    func read(
        _ file: FileDescriptor,
        page: Int,
        milliseconds: Int
    ) async throws -> (page: PageText, peakBytes: Int) {
        let request = PageRequest(
            page: page,
            layout: step.layout,
            prepare: step.prepare,
            limits: pageLimits,
            barcodes: step.barcodes
        )
        if let command = step.engine {
            return try await read(file, by: command, request, milliseconds: milliseconds)
        }
        let (reply, lostSymbols) = try await ask(request, file, milliseconds: milliseconds)
        guard case .page(let answer) = reply.answer else { throw nonsense("no page") }
        let read = try believed { () throws(AnswerCheck.Nonsense) in
            try AnswerCheck.checked(answer, limits: pageLimits)
        }
        let text = PageText(
            number: 1,
            width: read.width,
            height: read.height,
            words: read.words,
            symbols: read.symbols,
            source: .tesseract,
            // Only a name that the step gave it is taken from a worker.
            language: step.languages.first { $0 == read.language },
            isBlank: read.isBlank,
            turnedBy: read.turnedBy,
            warnings: read.warnings + (lostSymbols ? [PictureReader.lostSymbols] : []),
            isCutShort: read.isCutShort
        )
        return (text, reply.peakBytes)
    }

    /// Has a page read; without its bar codes where the worker came to grief over it with them.
    private func ask(
        _ request: PageRequest,
        _ file: FileDescriptor,
        milliseconds: Int
    ) async throws -> (reply: WorkerReply, lostSymbols: Bool) {
        let start = ContinuousClock.now
        do {
            return (try await ask(.read(request), [file], milliseconds: milliseconds), false)
        } catch let failure as JobFailure where request.barcodes && failure.reason == .crashed {
            let spent = Int((ContinuousClock.now - start) / .milliseconds(1))
            var plain = request
            plain.barcodes = false
            let left = max(1, milliseconds - spent)
            return (try await ask(.read(plain), [file], milliseconds: left), true)
        }
    }

    /// Said of a page whose bar codes ended the worker.
    private static let lostSymbols = "its bar codes were not read: the reader broke down over them"

    // MARK: - Another program

    private func read(
        _ file: FileDescriptor,
        by command: [String],
        _ request: PageRequest,
        milliseconds: Int
    ) async throws -> (page: PageText, peakBytes: Int) {
        let start = ContinuousClock.now
        let picture = try memoryFile()
        defer { try? picture.close() }
        let reply = try await ask(.picture(request), [file, picture], milliseconds: milliseconds)
        guard case .picture(let answer) = reply.answer else { throw nonsense("no picture") }
        let prepared = try believed { () throws(AnswerCheck.Nonsense) in
            try AnswerCheck.checked(answer, limits: pageLimits)
        }
        let spent = Int((ContinuousClock.now - start) / .milliseconds(1))
        let output = try await run(
            command,
            picture: picture,
            milliseconds: max(1, milliseconds - spent)
        )
        let read = ProgramOutput.parse(
            output,
            width: prepared.pictureWidth,
            height: prepared.pictureHeight
        )
        var page = PageText(
            number: 1,
            width: prepared.placement.width,
            height: prepared.placement.height,
            words: prepared.words(read.words),
            symbols: prepared.symbols,
            source: .program,
            turnedBy: prepared.turnedBy,
            warnings: prepared.warnings,
            isCutShort: prepared.isCutShort
        )
        // Plain text says nothing of how sure it is; what a program gives as plain text stands.
        let isSure = read.form == .text || ReadingQuality(read.words).hasClearWord
        if !prepared.hasLetters && page.symbols.isEmpty && (page.words.isEmpty || !isSure) {
            page.isBlank = true
            page.words = []
        }
        if read.form == .text && !page.words.isEmpty {
            page.warnings.append("the program gave plain text: places and confidence are not known")
        }
        return (page, reply.peakBytes)
    }

    private func run(
        _ command: [String],
        picture: FileDescriptor,
        milliseconds: Int
    ) async throws -> [UInt8] {
        do {
            try picture.seek(offset: 0, from: .start)
        } catch {
            throw JobFailure(.engineFailed, "the prepared picture cannot be read: \(error)")
        }
        var programs = engine.programs
        programs.outputBytes = PictureReader.outputLimit
        // It is the user's own, and may be set up by variables that nobody here knows.
        programs.variables = .notSecret
        let outcome = try await programs.runForJob(
            command,
            input: picture,
            milliseconds: milliseconds
        )
        defer { try? outcome.output.close() }
        let name = PlainLine.of(command.first ?? "")
        switch outcome.end {
        case .exited(0): break
        case .exited(ProcessEnd.outOfMemory), .signalled:
            throw JobFailure.ending(of: name, end: outcome.end, cause: nil, errors: outcome.errors)
        case .exited(WalledProgram.ExitStatus.missing):
            throw JobFailure(.missingEngine, "program '\(name)' is not installed")
        case .exited(let status):
            let last = outcome.errors.split(whereSeparator: \.isNewline).last.map(PlainLine.of)
            throw JobFailure(
                .engineFailed,
                "\(name) ended with status \(status)" + (last.map { ": \($0)" } ?? "")
            )
        }
        guard outcome.output.byteCount <= PictureReader.outputLimit else {
            throw JobFailure(
                .engineFailed,
                "\(name) printed more than \(PictureReader.outputLimit) bytes"
            )
        }
        return try outcome.output.readAll(limit: PictureReader.outputLimit)
    }

    /// Most bytes that a program may print for a page.
    private static let outputLimit = 32_000_000

    /// Most bytes of a picture file: those of the documents were counted before, a drawn page takes three a pixel.
    private static let drawnBytes = 3 * PDFReader.drawnPixels + 1000

    // MARK: - Workers

    var pageLimits: PageLimits {
        PageLimits(bytes: max(limits.bytes, PictureReader.drawnBytes), pixels: limits.pixels)
    }

    func ask(
        _ request: WorkerRequest,
        _ descriptors: [FileDescriptor],
        milliseconds: Int
    ) async throws -> WorkerReply {
        try await engine.pool.ask(
            WorkerCall(
                request: request,
                descriptors: descriptors,
                configuration: engine.configuration(
                    languages: step.engine == nil ? step.languages : [],
                    limits: limits,
                    mayTurn: step.prepare.contains(.orient)
                ),
                milliseconds: milliseconds,
                stallMilliseconds: limits.stallMilliseconds
            )
        )
    }

    private func believed<Success>(
        _ check: () throws(AnswerCheck.Nonsense) -> Success
    ) throws(JobFailure) -> Success {
        do {
            return try check()
        } catch {
            throw nonsense(error.what)
        }
    }

    func nonsense(_ what: String) -> JobFailure {
        .ending(of: "the reader", end: nil, cause: .garbage(what), errors: "")
    }

    private func memoryFile() throws(JobFailure) -> FileDescriptor {
        do {
            return try MemoryFile.make(name: "docket-page")
        } catch {
            throw JobFailure(.outOfMemory, "no file in memory could be made: \(error)")
        }
    }
}

extension PreparedPicture {
    /// Words of the prepared picture as words of the page.
    func words(_ words: [RawWord]) -> [Word] {
        AnswerCheck.words(
            words.map { word in
                Word(
                    text: word.text,
                    box: placement.box(
                        left: word.left,
                        top: word.top,
                        right: word.right,
                        bottom: word.bottom
                    ),
                    confidence: word.confidence / 100,
                    block: word.block,
                    line: word.line
                )
            },
            width: placement.width,
            height: placement.height
        )
    }
}
