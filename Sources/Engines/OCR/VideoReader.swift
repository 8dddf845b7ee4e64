internal import Glibc
internal import Imaging
internal import Jobs
internal import PipelineSpec
internal import Sandbox
internal import SystemPackage

/// One video read through ffmpeg's programs, each inside walls with the document as its standard input.
struct VideoReader: Sendable {
    /// Most bytes of ffprobe's answer that are looked at.
    private static let answerLimit = 1_000_000
    /// Bytes of a long answer of which only the end counts.
    private static let endLength = 16_000

    let document: OpenDocument
    let limits: Limits
    private let programs: ProgramRunner

    init(programs: ProgramRunner, document: OpenDocument, limits: Limits) {
        var programs = programs
        programs.addressSpaceBytes = VideoProgram.addressSpaceBytes
        programs.outputBytes = 3 * limits.pixels + 1000
        programs.alone = true
        programs.threads = VideoProgram.threads
        self.programs = programs
        self.document = document
        self.limits = limits
    }

    /// A frame as a picture's file.
    struct Frame {
        /// PPM, open for reading; the caller closes it.
        var file: FileDescriptor
        /// What ffmpeg complained of and went on.
        var warning: String?
    }

    /// How long the video is, by what it says, or by its last frame where it does not say.
    ///
    /// - Returns: milliseconds, at least 1.
    /// - Throws: ``JobFailure``, `CancellationError`.
    func milliseconds() async throws -> Int {
        let outcome = try await run(VideoProgram.facts)
        defer { try? outcome.output.close() }
        try check(outcome, "ffprobe")
        let answer = try outcome.output.readAll(limit: Self.answerLimit)
        guard let facts = VideoFacts.parse(answer) else {
            throw JobFailure(.unsupported, "there is no video in the file")
        }
        guard facts.width * facts.height <= limits.pixels else {
            throw JobFailure(
                .tooLarge,
                "frames of \(facts.width)x\(facts.height) pixels, the limit is \(limits.pixels)"
            )
        }
        if let seconds = facts.seconds { return max(1, Int(seconds * 1000)) }
        let times = try await run(VideoProgram.times)
        defer { try? times.output.close() }
        try check(times, "ffprobe")
        guard
            let last = VideoProgram.lastTime(
                in: try times.output.readEnd(limit: Self.endLength)
            )
        else { throw JobFailure(.corrupt, "no frame has a time") }
        return Int(last * 1000) + 1
    }

    /// The first frame from a moment on.
    ///
    /// - Parameter moment: milliseconds from the start.
    /// - Returns: the frame; nil where the video has ended by then.
    /// - Throws: ``JobFailure``, `CancellationError`.
    func frame(at moment: Int) async throws -> Frame? {
        let outcome = try await run(VideoProgram.frame(at: moment))
        let said = VideoProgram.complaint(in: outcome.errors).map(PlainLine.of)
        do {
            if outcome.output.byteCount == 0 || outcome.end != .exited(0) {
                try check(outcome, "ffmpeg")
                if let said {
                    throw JobFailure(.corrupt, "no frame at \(Self.clock(moment)): \(said)")
                }
                try? outcome.output.close()
                return nil
            }
            return Frame(file: outcome.output, warning: said.map { "the video is damaged: \($0)" })
        } catch {
            try? outcome.output.close()
            throw error
        }
    }

    // MARK: - Programs

    private func run(_ command: [String]) async throws -> ProgramRunner.Outcome {
        guard ProgramRunner.find(command[0]) != nil else {
            throw JobFailure(
                .missingEngine,
                "\(command[0]) is not installed, without which videos cannot be read; apt install \(VideoProgram.package)"
            )
        }
        try requireName()
        return try await programs.runForJob(
            command,
            input: document.descriptor,
            milliseconds: limits.millisecondsPerPage
        )
    }

    /// The walls let a program open a file that has a name; one that was removed has none.
    private func requireName() throws(JobFailure) {
        var status = stat()
        guard unsafe fstat(document.descriptor.rawValue, &status) == 0, status.st_nlink > 0 else {
            throw JobFailure(.unreadable, "the file was removed while it was read")
        }
    }

    private func check(
        _ outcome: ProgramRunner.Outcome,
        _ program: String
    ) throws(JobFailure) {
        switch outcome.end {
        case .exited(0): return
        case .exited(VideoProgram.caughtSignal):
            throw JobFailure(.timeout, "\(program) used up its processor time")
        case .exited(let status)
        where status != ProcessEnd.outOfMemory && status < WalledProgram.ExitStatus.wallsFailed:
            if outcome.errors.contains("Cannot allocate memory") {
                throw JobFailure(.outOfMemory, "\(program) wanted more memory than its limit")
            }
            let last = VideoProgram.complaint(in: outcome.errors).map(PlainLine.of)
            throw JobFailure(.corrupt, last ?? "\(program) cannot read it")
        default:
            throw .ending(of: program, end: outcome.end, cause: nil, errors: outcome.errors)
        }
    }

    private static func clock(_ moment: Int) -> String {
        moment % 1000 == 0 ? "\(moment / 1000) s" : "\(moment) ms"
    }
}
