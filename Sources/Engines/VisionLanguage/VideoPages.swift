internal import Imaging
internal import Sandbox
internal import SystemPackage

/// Frames of a video as pages: each is had from ffmpeg behind walls and decoded by a walled process.
struct VideoPages {
    private let decoder: PictureDecoder
    private let document: DocumentFile
    private let process: PictureProcess
    private let programs: ProgramRunner

    init(decoder: PictureDecoder, document: DocumentFile, process: PictureProcess) {
        self.decoder = decoder
        self.document = document
        self.process = process
        var programs = ProgramRunner(selfExecutable: decoder.executable.string)
        programs.addressSpaceBytes = VideoProgram.addressSpaceBytes
        programs.outputBytes = 3 * decoder.limits.pixels + 1000
        programs.alone = true
        programs.threads = VideoProgram.threads
        self.programs = programs
    }

    /// The frames from some moments on, one held at a time.
    ///
    /// - Parameters:
    ///   - moments: Milliseconds from the start.
    ///   - target: What settles the size that a frame gets.
    ///   - pictures: Gets one for each in their order, those in front of a fault too.
    /// - Throws: ``PictureFault``.
    func decode(
        at moments: [Int],
        target: TargetSize,
        into pictures: inout [DecodedPicture]
    ) async throws(PictureFault) {
        for (index, moment) in moments.enumerated() {
            let frame = try await frame(at: moment)
            defer { try? frame.close() }
            let sizes = try await process.open(frame, bytes: programs.outputBytes)
            guard let size = sizes.first else { throw .corrupt("a frame without pixels") }
            pictures.append(
                try await decoder.decode(
                    index + 1,
                    of: moments.count,
                    at: 1,
                    size: size,
                    target: try target(for: size, limits: decoder.limits),
                    process: process
                )
            )
        }
    }

    private func frame(at moment: Int) async throws(PictureFault) -> FileDescriptor {
        let time = decoder.limits.time
        let outcome: ProgramRunner.Outcome
        do {
            outcome = try await programs.run(
                VideoProgram.frame(at: moment),
                input: document.descriptor,
                milliseconds: Int(time / .milliseconds(1))
            )
        } catch {
            throw PictureFault(error, package: VideoProgram.package)
        }
        if outcome.end == .exited(0), outcome.output.byteCount > 0 { return outcome.output }
        try? outcome.output.close()
        switch outcome.end {
        case .exited(VideoProgram.caughtSignal):
            throw .timeout(seconds: Int(time / .seconds(1)))
        case .exited(let status)
        where status != ProcessEnd.outOfMemory && status < WalledProgram.ExitStatus.wallsFailed:
            if outcome.errors.contains("Cannot allocate memory") { throw .outOfMemory }
            let last = VideoProgram.complaint(in: outcome.errors)
            throw .corrupt(PlainLine.of(last ?? "the video has no frame at \(moment) ms"))
        default:
            throw PictureFault(endOf: "ffmpeg", outcome.end, errors: outcome.errors, time: time)
        }
    }
}
