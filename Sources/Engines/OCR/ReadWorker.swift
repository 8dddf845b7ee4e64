internal import FoundationEssentials
internal import Glibc
internal import Imaging
internal import Jobs
internal import PipelineSpec
internal import Sandbox
internal import SystemPackage

/// What `docket worker` runs: reads pictures for the process that started it, behind walls.
///
/// It talks over descriptor 3. The first request names the models; once they are loaded the walls go up,
/// and only then is a foreign file touched.
public enum ReadWorker {
    /// The exit status of a worker that was started by hand or whose parent talks nonsense.
    private static let misuse: Int32 = 64

    /// Serves requests until the parent hangs up.
    ///
    /// - Returns: the exit status.
    public static func main() -> Int32 {
        let channel = MessageChannel.toParent()
        do {
            guard let first = try channel.receive(),
                case .configure(let configuration) = try request(in: first)
            else { return misuse }
            return try serve(configuration, over: channel)
        } catch ChannelError.closed {
            return 0
        } catch {
            complain("docket worker: \(error)")
            return misuse
        }
    }

    /// Pages beyond a pipeline's limit are counted, not read; beyond this a file is refused.
    private static let mostPages = 20_000

    // MARK: - Serving

    private static func serve(
        _ configuration: WorkerConfiguration,
        over channel: MessageChannel
    ) throws -> Int32 {
        let heart = Heart(channel: channel)
        let reader: PageReader
        do {
            reader = try loadModels(configuration, heart: heart)
        } catch let failure as JobFailure {
            try send(.failed(failure), over: channel)
            return 0
        }
        let raised = try Walls.worker(addressSpaceBytes: configuration.addressSpaceBytes).raise()
        try send(
            .ready(RaisedWallsReport(landlock: raised.landlock, seccomp: raised.seccomp)),
            over: channel
        )
        while let message = try channel.receive(descriptorLimit: 2) {
            defer { for descriptor in message.descriptors { try? descriptor.close() } }
            heart.rest()
            let answer: WorkerAnswer
            do {
                answer = try self.answer(
                    try request(in: message),
                    descriptors: message.descriptors,
                    reader: reader
                )
            } catch let failure as JobFailure {
                answer = .failed(failure)
            } catch let error as PictureError {
                answer = .failed(JobFailure(error))
            }
            try send(answer, over: channel)
        }
        return 0
    }

    private static func loadModels(
        _ configuration: WorkerConfiguration,
        heart: Heart
    ) throws -> PageReader {
        let models = LanguageModels(folder: configuration.modelFolder)
        if !configuration.languages.isEmpty { try models.require(configuration.languages) }
        return PageReader(
            recognisers: configuration.languages.isEmpty
                ? nil
                : try Recognisers(names: configuration.languages, folder: models.folder),
            orientationModel: configuration.mayTurnPages && models.canTellOrientation
                ? try TesseractHandle(orientationModelIn: models.folder) : nil,
            beat: heart.beat
        )
    }

    private static func answer(
        _ request: WorkerRequest,
        descriptors: [FileDescriptor],
        reader: PageReader
    ) throws -> WorkerAnswer {
        switch request {
        case .configure:
            throw JobFailure(.crashed, "a worker is configured once")
        case .inspect(let limits):
            return .shape(try shape(of: try file(descriptors, limits)))
        case .read(let request):
            let file = try file(descriptors, request.limits)
            let picture = try page(request, of: file)
            var answer = try reader.read(picture, as: request)
            if request.barcodes {
                answer.symbols = try SymbolReading.symbols(of: picture, turnedBy: answer.turnedBy)
                // A label of bars alone is not blank.
                if !answer.symbols.isEmpty { answer.isBlank = false }
            }
            answer.pageCount = file.pageCount
            answer.isCutShort =
                answer.isCutShort || (file.isCutShort && request.page == file.pageCount)
            answer.warnings = file.warnings + answer.warnings
            return .page(answer)
        case .picture(let request):
            guard descriptors.count == 2 else { throw JobFailure(.crashed, "no file to write to") }
            let picture = try page(request, of: try file(descriptors, request.limits))
            var answer = try reader.write(picture, as: request, to: descriptors[1])
            if request.barcodes {
                answer.symbols = try SymbolReading.symbols(of: picture, turnedBy: answer.turnedBy)
            }
            return .picture(answer)
        case .look(let request):
            let drawing = try file(descriptors, request.limits).decode(page: 0)
            return .looked(
                try TextLayerLook.at(
                    drawing.rotated(quarterTurns: request.quarterTurns),
                    boxes: request.boxes
                )
            )
        case .probe(let request):
            return .probed(WallProbe.tryEverything(request))
        }
    }

    private static func file(
        _ descriptors: [FileDescriptor],
        _ limits: PageLimits
    ) throws -> PictureFile {
        guard let descriptor = descriptors.first else {
            throw JobFailure(.crashed, "no document came with the request")
        }
        return try PictureFile(
            reading: descriptor,
            limits: PictureLimits(
                bytes: limits.bytes,
                pixels: limits.pixels,
                pages: ReadWorker.mostPages
            )
        )
    }

    private static func shape(of file: PictureFile) throws -> DocumentShape {
        guard let size = file.size(ofPage: 0) else { throw JobFailure(.corrupt, "no page") }
        return DocumentShape(
            pageCount: file.pageCount,
            width: size.width,
            height: size.height
        )
    }

    private static func page(_ request: PageRequest, of file: PictureFile) throws -> Picture {
        try file.decode(page: request.page - 1)
    }

    // MARK: - Messages

    private static func request(in message: Sandbox.Message) throws -> WorkerRequest {
        try JSONDecoder().decode(WorkerRequest.self, from: Data(message.bytes))
    }

    fileprivate static func send(_ answer: WorkerAnswer, over channel: MessageChannel) throws {
        try channel.send([UInt8](try JSONEncoder().encode(answer)))
    }

    private static func complain(_ text: String) {
        let bytes = Array("\(text)\n".utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(2, $0.baseAddress, $0.count) }
    }
}

/// Tells the parent now and then that a page is still being worked on.
private final class Heart {
    private static let interval = Duration.milliseconds(500)

    private let channel: MessageChannel
    private let clock = ContinuousClock()
    private var last: ContinuousClock.Instant

    init(channel: MessageChannel) {
        self.channel = channel
        last = clock.now
    }

    /// Begins a new request: the parent has just been heard.
    func rest() {
        last = clock.now
    }

    /// Says how far the work is, in percent, unless it was said a moment ago.
    func beat(_ percent: Int) {
        let now = clock.now
        guard now - last >= Heart.interval else { return }
        last = now
        // A parent that is gone shows when the answer is sent.
        try? ReadWorker.send(.progress(percent), over: channel)
    }
}
