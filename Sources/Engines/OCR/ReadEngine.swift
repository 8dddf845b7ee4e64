internal import Glibc
public import Jobs
public import PipelineSpec
internal import Records
internal import Sandbox
internal import Scanning
internal import Synchronization
internal import SystemPackage

/// Answers `read: text`: pictures by Tesseract or another program, PDFs by their text layer, text files as they are.
///
/// Foreign bytes are only ever decoded in worker processes and programs behind walls; this process sees
/// words and checks them.
public final class ReadEngine: JobEngine {
    /// Changes with how pages are prepared, laid out and judged, and makes older results `stale`.
    static let readingVersion = 3

    let models: LanguageModels
    let pool: WorkerPool
    let programs: ProgramRunner
    private let poppler = Mutex<String?>(nil)

    /// Creates the engine; nothing is started before the first job.
    ///
    /// - Parameters:
    ///   - jobs: documents read at a time, and with that most worker processes.
    ///   - selfExecutable: path of the docket binary, started as `worker` and as `walled`.
    ///   - models: the language models; those of the machine when nothing else is said.
    public init(
        jobs: Int,
        selfExecutable: String = "/proc/self/exe",
        models: LanguageModels = .installed()
    ) {
        self.models = models
        // The link means another file to whoever else resolves it.
        let executable = ReadEngine.resolved(selfExecutable)
        pool = WorkerPool(slots: jobs, executable: FilePath(executable))
        programs = ProgramRunner(selfExecutable: executable)
    }

    /// Ends the worker processes.
    public func shutdown() async {
        await pool.shutdown()
    }

    /// Tesseract, its models, poppler and Docket's own reading, as far as they decide the result.
    ///
    /// - Parameter step: a `read` step.
    /// - Returns: names and versions; an empty string for any other step.
    public func version(for step: Step) -> String {
        guard case .read(let step) = step else { return "" }
        let own = "docket-read \(ReadEngine.readingVersion)"
        let pdf = "poppler \(popplerVersion())"
        if let engine = step.engine {
            return "\(own), program \(engine.joined(separator: " ")), \(pdf)"
        }
        let digest = models.digest(of: step.languages)
        let orientation = step.prepare.contains(.orient) ? " " + models.digest(of: ["osd"]) : ""
        return "\(own), tesseract \(TesseractHandle.version) \(digest)\(orientation), \(pdf)"
    }

    /// Reads the pages of one document.
    ///
    /// - Parameters:
    ///   - job: the document, the `read` step and the limits.
    ///   - store: called for each page in page order.
    /// - Returns: the route and the count of pages.
    /// - Throws: ``JobFailure``, `CancellationError`, and whatever `store` threw.
    public func answer(
        _ job: Job,
        store: @Sendable (PageOutcome) async throws -> Void
    ) async throws -> JobResult {
        guard case .read(let step) = job.step else {
            throw JobFailure(.unsupported, "the step is not one that reads")
        }
        guard job.document.byteCount <= job.limits.bytes else {
            throw JobFailure(
                .tooLarge,
                "\(job.document.byteCount) bytes, the limit is \(job.limits.bytes)"
            )
        }
        switch job.document.kind {
        case .empty: throw JobFailure(.empty, "the file has no bytes")
        case .unknown:
            throw JobFailure(.unsupported, "neither a picture nor a PDF nor text")
        case .text: return try await answerText(job, store: store)
        case .pdf: return try await answerPDF(job, step: step, store: store)
        case .video: return try await answerVideo(job, step: step, store: store)
        case .jpeg, .png, .webp, .tiff, .gif, .bmp, .pnm, .heic, .jpeg2000:
            return try await answerPictures(job, step: step, store: store)
        }
    }

    /// Starts a worker and has it try what its walls must refuse: for `docket doctor`.
    ///
    /// - Parameters:
    ///   - readablePath: a file that this user may read.
    ///   - writablePath: a file that this user may make.
    ///   - port: a port of the loopback.
    /// - Returns: what became of each try.
    /// - Throws: ``JobFailure`` when there is no worker.
    public func probeWalls(
        readablePath: String,
        writablePath: String,
        port: UInt16
    ) async throws -> ProbeReport {
        let reply = try await pool.ask(
            WorkerCall(
                request: .probe(
                    ProbeRequest(
                        readablePath: readablePath,
                        writablePath: writablePath,
                        program: "/bin/true",
                        port: port
                    )
                ),
                descriptors: [],
                configuration: configuration(languages: [], limits: .standard, mayTurn: false),
                milliseconds: 30_000,
                stallMilliseconds: 30_000
            )
        )
        guard case .probed(let report) = reply.answer else {
            throw JobFailure(.crashed, "the reader did not answer the question")
        }
        return report
    }

    // MARK: - Text files

    private func answerText(
        _ job: Job,
        store: @Sendable (PageOutcome) async throws -> Void
    ) async throws -> JobResult {
        let result = JobResult(route: PageText.Source.plainText.rawValue, pageCount: 1)
        guard !job.storedPages.contains(1) else { return result }
        let bytes: [UInt8]
        do {
            bytes = try job.document.descriptor.readAll(limit: PlainTextPage.byteLimit)
        } catch {
            throw JobFailure(.unreadable, "the file cannot be read: \(error)")
        }
        guard let page = PlainTextPage.page(from: bytes, byteCount: job.document.byteCount) else {
            throw JobFailure(.unsupported, "the file holds zero bytes and is no text")
        }
        try await store(.read(page))
        return result
    }

    // MARK: - Versions

    private func popplerVersion() -> String {
        poppler.withLock { known in
            if let known { return known }
            let version = PopplerVersion.installed() ?? "missing"
            known = version
            return version
        }
    }

    private static func resolved(_ path: String) -> String {
        guard let resolved = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }
}
