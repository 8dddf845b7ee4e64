internal import FoundationEssentials
internal import Glibc
internal import Imaging
internal import Qwen
internal import Sandbox
internal import SystemPackage

/// One walled process that decodes the pages of one document, as its parent sees it.
///
/// It has touched foreign bytes: it may be in a stranger's hands, so nothing that it says is believed beyond its bounds.
struct PictureProcess {
    /// Time for starting on a slow disk.
    private static let longestStart = Duration.seconds(30)
    private static let messageLimit = 1 << 20
    /// Most warnings of a page that are kept.
    private static let warningLimit = 20

    private let process: WorkerProcess
    private let limits: PictureDecoder.Limits

    /// Starts a process and waits until its walls are up.
    init(
        executable: FilePath,
        limits: PictureDecoder.Limits
    ) async throws(PictureFault) {
        self.limits = limits
        do {
            process = try await WorkerProcess.start(
                executable: executable,
                arguments: [PictureDecoder.workerCommand],
                messageLimit: Self.messageLimit
            )
        } catch {
            throw .crashed("the decoder could not be started: \(error)")
        }
        let answer = try await exchange(
            .configure(addressSpaceBytes: limits.addressSpaceBytes),
            [],
            within: min(Self.longestStart, limits.time)
        )
        guard case .ready = answer else { throw await nonsense() }
    }

    /// Ends it.
    func end() {
        process.kill()
    }

    /// The most memory that it has had resident.
    var peakBytes: Int? { PeakMemory.read(of: process.processID) }

    /// The size of a page as it will be decoded.
    typealias PageSize = (width: Int, height: Int)

    /// Hands it a document.
    ///
    /// - Parameters:
    ///   - document: Open for reading.
    ///   - bytes: Most bytes of it.
    /// - Returns: The sizes of its pages.
    /// - Throws: ``PictureFault``.
    func open(_ document: FileDescriptor, bytes: Int) async throws(PictureFault) -> [PageSize] {
        let request = PictureRequest.open(
            PictureLimits(bytes: bytes, pixels: limits.pixels, pages: PictureDecoder.countedPages)
        )
        let answer = try await exchange(request, [document], within: limits.time)
        guard case .opened(let sizes) = answer, !sizes.widths.isEmpty,
            sizes.widths.count == sizes.heights.count,
            sizes.widths.count <= PictureDecoder.countedPages
        else { throw await nonsense() }
        return zip(sizes.widths, sizes.heights).map { ($0, $1) }
    }

    /// A page as it gave it back.
    struct Decoded {
        var picture: RGBPicture
        var isBlank: Bool
        var isCutShort: Bool
        var warnings: [String]
    }

    /// Has it decode a page of the document, resized.
    ///
    /// - Parameters:
    ///   - page: Its number, from 1.
    ///   - width: Of the result.
    ///   - height: Of the result.
    /// - Returns: The pixels, and what was odd about them.
    /// - Throws: ``PictureFault``.
    func decode(
        _ page: Int,
        width: Int,
        height: Int
    ) async throws(PictureFault) -> Decoded {
        let count = width * height * 3
        let file: FileDescriptor
        do {
            file = try MemoryFile.make(name: "docket-picture", size: count)
        } catch {
            throw .outOfMemory
        }
        defer { try? file.close() }
        let request = PictureRequest.decode(page: page, width: width, height: height)
        let answer = try await exchange(request, [file], within: limits.time)
        guard case .decoded(let isBlank, let isCutShort, let warnings) = answer else {
            throw await nonsense()
        }
        guard let pixels = try? file.readAll(limit: count), pixels.count == count else {
            throw await nonsense()
        }
        return Decoded(
            picture: RGBPicture(width: width, height: height, pixels: pixels),
            isBlank: isBlank,
            isCutShort: isCutShort,
            warnings: warnings.prefix(Self.warningLimit).map { PlainLine.of($0) }
        )
    }

    /// What it may do that it should not: 0 where the kernel let something through.
    func probe(_ path: String) async throws(PictureFault) -> [Int32] {
        let answer = try await exchange(.probe(path: path), [], within: limits.time)
        guard case .probed(let results) = answer else { throw await nonsense() }
        return results
    }

    // MARK: - Messages

    private func exchange(
        _ request: PictureRequest,
        _ descriptors: [FileDescriptor],
        within time: Duration
    ) async throws(PictureFault) -> PictureAnswer {
        // One thread: its processor time cannot exceed the time on the wall by much.
        try? process.allowProcessorTime(seconds: Int(time / .seconds(1)) + 2)
        let message: Message?
        do throws(ChannelError) {
            guard let bytes = try? JSONEncoder().encode(request) else { throw ChannelError.closed }
            try await process.send([UInt8](bytes), descriptors: descriptors, within: time)
            message = try await process.receive(within: time)
        } catch {
            switch error {
            case .cancelled:
                end()
                throw .cancelled
            case .timedOut:
                end()
                throw .timeout(seconds: Int(time / .seconds(1)))
            case .closed: throw await ended()
            default: throw await nonsense()
            }
        }
        guard let message else { throw await ended() }
        guard let answer = try? JSONDecoder().decode(PictureAnswer.self, from: Data(message.bytes))
        else { throw await nonsense() }
        if case .refused(let refusal) = answer { throw fault(refusal) }
        return answer
    }

    private func fault(_ refusal: PictureRefusal) -> PictureFault {
        switch refusal {
        case .unsupported(let cause): .unsupported(PlainLine.of(cause))
        case .corrupt(let cause): .corrupt(PlainLine.of(cause))
        case .tooManyBytes: .tooManyBytes(limit: limits.bytes)
        case .tooManyPixels(let width, let height):
            .tooManyPixels(width: width, height: height, limit: limits.pixels)
        case .tooManyPages:
            .tooManyPages(PictureDecoder.countedPages + 1, limit: PictureDecoder.countedPages)
        case .noSuchPage: .corrupt("a page is missing")
        case .outOfMemory: .outOfMemory
        case .unreadable(let code): .unreadable(Errno(rawValue: code))
        }
    }

    private func nonsense() async -> PictureFault {
        end()
        return .crashed("the decoder gave an answer that makes no sense")
    }

    /// Why it hung up, which its end says; it is given a moment to come to it by itself.
    private func ended() async -> PictureFault {
        for _ in 0..<50 where process.isRunning { try? await Task.sleep(for: .milliseconds(10)) }
        process.kill()
        let exit = await process.exit()
        return PictureFault(
            endOf: "the decoder",
            ProcessEnd(exit.cause),
            errors: exit.errorOutput,
            time: limits.time
        )
    }
}

extension PictureFault {
    /// What the end of a process means that should not have ended so.
    ///
    /// - Parameters:
    ///   - name: Which process.
    ///   - end: How it ended.
    ///   - errors: The end of what it wrote to standard error.
    ///   - time: What it had.
    init(endOf name: String, _ end: ProcessEnd, errors: String, time: Duration) {
        let last = errors.split(whereSeparator: \.isNewline).last.map { ": \(PlainLine.of($0))" }
        switch end {
        case .exited(ProcessEnd.outOfMemory): self = .outOfMemory
        case .exited(let status):
            self = .crashed("\(name) ended with status \(status)\(last ?? "")")
        case .signalled(let signal):
            if signal == SIGXCPU {
                self = .timeout(seconds: Int(time / .seconds(1)))
            } else {
                self = .crashed("\(name) was ended by signal \(signal)\(last ?? "")")
            }
        }
    }
}
