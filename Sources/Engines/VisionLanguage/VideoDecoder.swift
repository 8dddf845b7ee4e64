internal import Imaging
public import Qwen
internal import Sandbox
public import SystemPackage

/// Takes the frames out of a video that a model is shown: of a file by the `ffmpeg` programs behind walls, or of a
/// folder of pictures.
public struct VideoDecoder: Sendable {
    /// What a video may demand before it is refused.
    public struct Limits: Sendable, Hashable {
        /// Length in seconds.
        public var seconds: Int
        /// Width times height of a frame.
        public var pixels: Int
        /// Time for all frames.
        public var time: Duration
        /// Most memory that ffmpeg may address.
        public var addressSpaceBytes: Int

        /// Makes limits.
        public init(
            seconds: Int = 3600,
            pixels: Int = 36_000_000,
            time: Duration = .seconds(600),
            addressSpaceBytes: Int = 4 << 30
        ) {
            self.seconds = seconds
            self.pixels = pixels
            self.time = time
            self.addressSpaceBytes = addressSpaceBytes
        }
    }

    private static let package = "ffmpeg"
    /// Most bytes of ffprobe's answer that are looked at.
    private static let answerLimit = 1_000_000

    /// Threads that ffmpeg decodes with.
    private static let decodingThreads = 2
    /// ffmpeg's status after a signal that it caught; the limit of processor time sends one.
    private static let caughtSignal: Int32 = 255

    private let executable: FilePath
    private let limits: Limits

    /// Creates a decoder.
    ///
    /// - Parameters:
    ///   - executable: The docket binary, which raises the walls.
    ///   - limits: What a video may demand.
    public init(executable: FilePath = "/proc/self/exe", limits: Limits = Limits()) {
        self.executable = executable
        self.limits = limits
    }

    /// Whether the programs that read video files are installed.
    public static var isAvailable: Bool {
        ProgramRunner.find("ffmpeg") != nil && ProgramRunner.find("ffprobe") != nil
    }

    /// The frames of a video that a model is shown.
    ///
    /// - Parameters:
    ///   - path: A video file, or a folder whose files are the frames in the order of their names.
    ///   - preprocessor: What settles the size of the frames.
    ///   - videoTokens: The most tokens that the whole video may become; nil for the model's own limit.
    ///   - sampledPerSecond: Frames shown of each second of a file; frames of a folder are taken to be so many a second.
    /// - Returns: The frames, resized, and their times.
    /// - Throws: ``PictureFault``.
    public func video(
        at path: FilePath,
        preprocessor: PicturePreprocessor,
        videoTokens: Int? = nil,
        sampledPerSecond: Double = VideoFrames.sampledPerSecond
    ) async throws(PictureFault) -> DecodedVideo {
        if let files = try FrameFolder.files(in: path) {
            return try await frames(
                at: files,
                preprocessor: preprocessor,
                videoTokens: videoTokens,
                framesPerSecond: sampledPerSecond
            )
        }
        let file = try VideoFile(path)
        let facts = try await facts(of: file)
        if let seconds = facts.seconds, seconds > Double(limits.seconds) {
            throw .tooLong(seconds: Int(seconds.rounded(.up)), limit: limits.seconds)
        }
        guard facts.width * facts.height <= limits.pixels else {
            throw .tooManyPixels(width: facts.width, height: facts.height, limit: limits.pixels)
        }
        let total = try await frameCount(of: file, facts)
        let numbers = VideoFrames.sampled(
            total: total,
            framesPerSecond: facts.framesPerSecond,
            sampledPerSecond: sampledPerSecond
        )
        let frames = try await frames(numbers, of: file) { (width, height) throws(PictureFault) in
            try Self.target(numbers.count, width, height, preprocessor, videoTokens)
        }
        return Self.video(
            frames,
            numbers: Array(numbers.prefix(frames.count)),
            framesPerSecond: facts.framesPerSecond ?? VideoFrames.assumedPerSecond,
            preprocessor: preprocessor,
            warnings: frames.count < numbers.count
                ? [
                    "the video ends after \(frames.count) of the \(numbers.count) frames to be shown"
                ]
                : []
        )
    }

    /// The pictures in some files as the frames of a video.
    ///
    /// - Parameters:
    ///   - paths: One picture each, in order, all of one size; only a file's first page counts.
    ///   - preprocessor: What settles the size of the frames.
    ///   - videoTokens: The most tokens that the whole video may become; nil for the model's own limit.
    ///   - framesPerSecond: How many of them a second has.
    /// - Returns: The frames, resized, and their times.
    /// - Throws: ``PictureFault``.
    public func frames(
        at paths: [FilePath],
        preprocessor: PicturePreprocessor,
        videoTokens: Int? = nil,
        framesPerSecond: Double = VideoFrames.sampledPerSecond
    ) async throws(PictureFault) -> DecodedVideo {
        guard !paths.isEmpty else { throw .noFrames }
        guard paths.count <= VideoFrames.most else {
            throw .tooManyFrames(paths.count, limit: VideoFrames.most)
        }
        let decoder = PictureDecoder(
            executable: executable,
            limits: PictureDecoder.Limits(pixels: limits.pixels)
        )
        let target = TargetSize { (width, height) throws(PreprocessingFault) in
            try preprocessor.targetSize(
                frames: paths.count,
                width: width,
                height: height,
                videoTokens: videoTokens
            )
        }
        let process = try await PictureProcess(executable: executable, limits: decoder.limits)
        defer { process.end() }
        var pictures: [DecodedPicture] = []
        for (number, path) in paths.enumerated() {
            let file = try DocumentFile.open(path)
            defer { try? file.close() }
            try await decoder.decode(
                file,
                pages: 1...1,
                target: target,
                process: process,
                into: &pictures
            )
            guard pictures[number].sourceWidth == pictures[0].sourceWidth,
                pictures[number].sourceHeight == pictures[0].sourceHeight
            else { throw .unequalFrames(frame: number + 1) }
        }
        return Self.video(
            pictures.map(\.picture),
            numbers: Array(paths.indices),
            framesPerSecond: framesPerSecond,
            preprocessor: preprocessor,
            warnings: pictures.enumerated().flatMap { number, picture in
                picture.isCutShort
                    ? picture.warnings + [
                        "frame \(number + 1): the file ends early; the rows that are missing are white"
                    ] : picture.warnings
            }
        )
    }

    // MARK: - Steps

    private static func video(
        _ frames: [RGBPicture],
        numbers: [Int],
        framesPerSecond: Double,
        preprocessor: PicturePreprocessor,
        warnings: [String]
    ) -> DecodedVideo {
        DecodedVideo(
            frames: frames,
            frameNumbers: numbers,
            framesPerSecond: framesPerSecond,
            seconds: VideoFrames.timestamps(
                frames: numbers,
                framesPerSecond: framesPerSecond,
                temporalPatchSize: preprocessor.videoSettings.temporalPatchSize
            ),
            warnings: warnings
        )
    }

    private static func target(
        _ count: Int,
        _ width: Int,
        _ height: Int,
        _ preprocessor: PicturePreprocessor,
        _ videoTokens: Int?
    ) throws(PictureFault) -> (width: Int, height: Int) {
        do {
            return try preprocessor.targetSize(
                frames: count,
                width: width,
                height: height,
                videoTokens: videoTokens
            )
        } catch {
            throw PictureFault(error)
        }
    }

    private func facts(of file: VideoFile) async throws(PictureFault) -> VideoFacts {
        let entries =
            "stream=width,height,nb_frames,avg_frame_rate,r_frame_rate,duration:format=duration"
        guard let facts = VideoFacts.parse(try await probe(file, ["-show_entries", entries]))
        else { throw .unsupported(PictureFault.noVideo) }
        return facts
    }

    /// What the file says, what is counted in it where it says nothing, or what its length makes.
    private func frameCount(
        of file: VideoFile,
        _ facts: VideoFacts
    ) async throws(PictureFault) -> Int {
        if let count = facts.frameCount { return count }
        let answer = try await probe(
            file,
            ["-count_packets", "-show_entries", "stream=width,height,nb_read_packets"]
        )
        if let count = VideoFacts.parse(answer)?.frameCount { return count }
        guard let seconds = facts.seconds else { throw .corrupt("no frame can be counted") }
        return max(1, Int(seconds * (facts.framesPerSecond ?? VideoFrames.assumedPerSecond)))
    }

    private func probe(
        _ file: VideoFile,
        _ options: [String]
    ) async throws(PictureFault) -> [UInt8] {
        let outcome: ProgramRunner.Outcome
        do {
            outcome = try await programs.run(
                ["ffprobe", "-v", "error", "-protocol_whitelist", "file"]
                    + ["-select_streams", "v:0"] + options + ["-of", "json", file.path],
                input: file.nothing,
                milliseconds: milliseconds
            )
        } catch {
            throw PictureFault(error, package: Self.package)
        }
        defer { try? outcome.output.close() }
        try check(outcome.end, "ffprobe", outcome.errors)
        return (try? outcome.output.readAll(limit: Self.answerLimit)) ?? []
    }

    private func frames(
        _ numbers: [Int],
        of file: VideoFile,
        target: @escaping @Sendable (Int, Int) throws(PictureFault) -> (width: Int, height: Int)
    ) async throws(PictureFault) -> [RGBPicture] {
        let selection = numbers.map { "eq(n\\,\($0))" }.joined(separator: "+")
        let streamed: ProgramRunner.Streamed<FrameStream>
        do {
            streamed = try await programs.stream(
                [
                    "ffmpeg", "-nostdin", "-v", "error", "-protocol_whitelist", "file", "-threads",
                    "\(Self.decodingThreads)",
                ]
                    + ["-i", file.path, "-map", "0:v:0", "-an", "-sn", "-dn"]
                    + ["-vf", "select='\(selection)'", "-fps_mode", "passthrough"]
                    + ["-f", "image2pipe", "-c:v", "ppm", "-pix_fmt", "rgb24", "pipe:1"],
                input: file.nothing,
                milliseconds: milliseconds,
                into: FrameStream(
                    wanted: numbers.count,
                    pixelLimit: limits.pixels,
                    target: target
                )
            )
        } catch {
            throw PictureFault(error, package: Self.package)
        }
        if let fault = streamed.consumer.fault { throw fault }
        let frames = streamed.consumer.frames
        if let end = streamed.end, frames.count < numbers.count {
            if frames.isEmpty || Self.isCutOff(end) { try check(end, "ffmpeg", streamed.errors) }
            if frames.isEmpty { throw .corrupt("ffmpeg gave no frame of it") }
        }
        return frames
    }

    /// Whether ffmpeg did not come to its own end, so that the video may go on where its frames stop.
    private static func isCutOff(_ end: ProcessEnd) -> Bool {
        switch end {
        case .signalled, .exited(ProcessEnd.outOfMemory), .exited(caughtSignal): true
        case .exited: false
        }
    }

    private var milliseconds: Int { Int(limits.time / .milliseconds(1)) }

    private var programs: ProgramRunner {
        var programs = ProgramRunner(selfExecutable: executable.string)
        programs.addressSpaceBytes = limits.addressSpaceBytes
        programs.alone = true
        programs.threads = Self.decodingThreads + 2  // one selects the frames, one writes them
        return programs
    }

    private func check(
        _ end: ProcessEnd,
        _ name: String,
        _ errors: String
    ) throws(PictureFault) {
        switch end {
        case .exited(0): return
        case .exited(let status)
        where status != ProcessEnd.outOfMemory && status < WalledProgram.ExitStatus.wallsFailed:
            let last = errors.split(whereSeparator: \.isNewline).last.map(String.init)
            throw .corrupt(PlainLine.of(last ?? "\(name) cannot read it"))
        default:
            throw PictureFault(endOf: name, end, errors: errors, time: limits.time)
        }
    }
}
