internal import Glibc
public import Qwen
internal import Sandbox
public import SystemPackage

/// Decodes pictures and pages of documents for a model, each file in a process of its own behind walls.
///
/// The process is handed the open file and gives back pixels of the size that the model takes; a crash, a hang or a bomb
/// is a ``PictureFault`` here. PDF pages are drawn by poppler inside the same walls.
public struct PictureDecoder: Sendable {
    /// What a file may demand before it is refused.
    public struct Limits: Sendable, Hashable {
        /// Bytes of the file.
        public var bytes: Int
        /// Width times height of a page.
        public var pixels: Int
        /// Pages that are decoded at once.
        public var pages: Int
        /// Time for one page.
        public var time: Duration

        /// Makes limits.
        public init(
            bytes: Int = 256_000_000,
            pixels: Int = 120_000_000,
            pages: Int = 32,
            time: Duration = .seconds(60)
        ) {
            self.bytes = bytes
            self.pixels = pixels
            self.pages = pages
            self.time = time
        }

        /// Room for the program, the file, the page in colour, the same turned upright, and what it is brought to.
        var addressSpaceBytes: Int { (768 << 20) + bytes + 11 * min(pixels, 1_000_000_000) }
    }

    /// The hidden command that runs ``PictureWorker``.
    public static let workerCommand = "picture-worker"
    /// Pages of a file that are looked at to count them.
    static let countedPages = 2000

    let executable: FilePath
    let limits: Limits

    /// Creates a decoder.
    ///
    /// - Parameters:
    ///   - executable: The docket binary, which becomes the walled process.
    ///   - limits: What a file may demand.
    public init(executable: FilePath = "/proc/self/exe", limits: Limits = Limits()) {
        self.executable = executable
        self.limits = limits
    }

    /// The pages of a picture file or PDF, resized for a model.
    ///
    /// - Parameters:
    ///   - path: The file, or a pipe.
    ///   - preprocessor: What settles the size that a page gets.
    ///   - imageTokens: The most tokens that a page may become.
    ///   - pages: Which pages, from 1; nil for all, of which there may be no more than the limit.
    /// - Returns: The pages, in order.
    /// - Throws: ``PictureFault``.
    public func pictures(
        at path: FilePath,
        preprocessor: PicturePreprocessor,
        imageTokens: Int?,
        pages: ClosedRange<Int>? = nil
    ) async throws(PictureFault) -> [DecodedPicture] {
        let file = try DocumentFile.open(path)
        defer { try? file.close() }
        return try await pictures(
            in: file,
            preprocessor: preprocessor,
            imageTokens: imageTokens,
            pages: pages
        )
    }

    /// The pages of an open picture file or PDF, resized for a model.
    ///
    /// - Parameters:
    ///   - file: Open for reading, from its start; a pipe is read to its end. It stays open.
    ///   - preprocessor: What settles the size that a page gets.
    ///   - imageTokens: The most tokens that a page may become.
    ///   - pages: Which pages, from 1; nil for all, of which there may be no more than the limit.
    /// - Returns: The pages, in order.
    /// - Throws: ``PictureFault``.
    public func pictures(
        in file: FileDescriptor,
        preprocessor: PicturePreprocessor,
        imageTokens: Int?,
        pages: ClosedRange<Int>? = nil
    ) async throws(PictureFault) -> [DecodedPicture] {
        let target = TargetSize { (width, height) throws(PreprocessingFault) in
            try preprocessor.targetSize(width: width, height: height, imageTokens: imageTokens)
        }
        let process = try await PictureProcess(executable: executable, limits: limits)
        defer { process.end() }
        var pictures: [DecodedPicture] = []
        try await decode(file, pages: pages, target: target, process: process, into: &pictures)
        return pictures
    }

    // MARK: - Steps

    /// Has pages of an open file decoded by a process that is running already.
    ///
    /// - Parameters:
    ///   - file: Open for reading.
    ///   - pages: Which, from 1; nil for all.
    ///   - target: What settles the size that a page gets.
    ///   - process: Decodes.
    ///   - pictures: Gets the pages in their order, those in front of a fault too.
    /// - Throws: ``PictureFault``: of the file, or of the page behind the last one that was decoded.
    func decode(
        _ file: FileDescriptor,
        pages: ClosedRange<Int>?,
        target: TargetSize,
        process: PictureProcess,
        into pictures: inout [DecodedPicture]
    ) async throws(PictureFault) {
        let document = try DocumentFile(file, limit: limits.bytes)
        defer { document.close() }
        if try document.isPDF() {
            return try await PDFPages(decoder: self, document: document, process: process)
                .decode(pages: pages, target: target, into: &pictures)
        }
        let sizes = try await process.open(document.descriptor, bytes: limits.bytes)
        for page in try wanted(pages, of: sizes.count) {
            let size = sizes[page - 1]
            pictures.append(
                try await decode(
                    page,
                    of: sizes.count,
                    size: size,
                    target: try target(for: size, limits: limits),
                    process: process
                )
            )
        }
    }

    /// Has frames of an open video decoded by a process that is running already.
    ///
    /// - Parameters:
    ///   - file: Open for reading.
    ///   - moments: Milliseconds from the start.
    ///   - target: What settles the size that a frame gets.
    ///   - process: Decodes.
    ///   - pictures: Gets the frames in their order, those in front of a fault too.
    /// - Throws: ``PictureFault``.
    func decodeFrames(
        of file: FileDescriptor,
        at moments: [Int],
        target: TargetSize,
        process: PictureProcess,
        into pictures: inout [DecodedPicture]
    ) async throws(PictureFault) {
        let document = try DocumentFile(file, limit: limits.bytes)
        defer { document.close() }
        try await VideoPages(decoder: self, document: document, process: process)
            .decode(at: moments, target: target, into: &pictures)
    }

    /// The pages that are wanted, if there are such and they are no more than the limit.
    func wanted(
        _ pages: ClosedRange<Int>?,
        of pageCount: Int
    ) throws(PictureFault) -> ClosedRange<Int> {
        let wanted = pages ?? 1...pageCount
        guard wanted.lowerBound >= 1 else {
            throw .noSuchPage(wanted.lowerBound, pageCount: pageCount)
        }
        guard wanted.upperBound <= pageCount else {
            throw .noSuchPage(max(wanted.lowerBound, pageCount + 1), pageCount: pageCount)
        }
        guard wanted.count <= limits.pages else {
            throw .tooManyPages(wanted.count, limit: limits.pages)
        }
        return wanted
    }

    /// Has a page decoded that the process was handed.
    func decode(
        _ page: Int,
        of pageCount: Int,
        at place: Int? = nil,
        size: PictureProcess.PageSize,
        target: PictureProcess.PageSize,
        process: PictureProcess
    ) async throws(PictureFault) -> DecodedPicture {
        let decoded = try await process.decode(
            place ?? page,
            width: target.width,
            height: target.height
        )
        return DecodedPicture(
            page: page,
            pageCount: pageCount,
            picture: decoded.picture,
            sourceWidth: size.width,
            sourceHeight: size.height,
            isBlank: decoded.isBlank,
            isCutShort: decoded.isCutShort,
            warnings: decoded.warnings,
            peakBytes: process.peakBytes
        )
    }
}

/// What settles the size that a page gets.
struct TargetSize {
    private let rule: (Int, Int) throws(PreprocessingFault) -> (width: Int, height: Int)

    init(_ rule: @escaping (Int, Int) throws(PreprocessingFault) -> (width: Int, height: Int)) {
        self.rule = rule
    }

    /// The size for a page whose size was told by one who has seen it: not believed beyond the limits.
    func callAsFunction(
        for size: PictureProcess.PageSize,
        limits: PictureDecoder.Limits
    ) throws(PictureFault) -> PictureProcess.PageSize {
        guard size.width > 0, size.height > 0 else { throw .corrupt("a page without pixels") }
        let (area, isTooLarge) = size.width.multipliedReportingOverflow(by: size.height)
        guard !isTooLarge, area <= limits.pixels else {
            throw .tooManyPixels(width: size.width, height: size.height, limit: limits.pixels)
        }
        do {
            return try rule(size.width, size.height)
        } catch {
            throw PictureFault(error)
        }
    }
}

extension PictureFault {
    /// What a picture that cannot be made ready means.
    init(_ fault: PreprocessingFault) {
        self =
            switch fault {
            case .tooNarrow(let width, let height, let limit):
                .tooNarrow(width: width, height: height, limit: limit)
            case .noFrames: .noFrames
            case .unequalFrames(let frame, _, _): .unequalFrames(frame: frame + 1)
            case .unevenSides(let width, let height, let multiple):
                .unsupported("\(width) × \(height) pixels are no multiple of \(multiple)")
            case .unreadableSettings(let cause):
                .unsupported("the model's settings for pictures cannot be read: \(cause)")
            case .unsupportedSetting(let key, let found, let expected):
                .unsupported("the model's settings have \(key) \(found), not \(expected)")
            }
    }
}
