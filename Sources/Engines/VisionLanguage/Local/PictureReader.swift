public import Answering
public import Generation
internal import Jobs
public import PipelineSpec
public import Qwen

/// Has documents' pages decoded for a model: some at once, whatever is computed meanwhile.
public struct PictureReader: Sendable {
    /// A page as the model is to be shown it.
    public struct Page: Sendable {
        /// Upright, of the size that the model takes; nil where nothing is on it.
        public let picture: RGBPicture?
        /// Width of the page before it was resized, in pixels.
        public let sourceWidth: Int
        /// Its height.
        public let sourceHeight: Int
    }

    private(set) var decoder: PictureDecoder
    let preprocessor: PicturePreprocessor
    let imageTokens: Int
    /// Files that are decoded at once.
    let places: Places

    /// Makes ready.
    ///
    /// - Parameters:
    ///   - decoder: Decodes pages behind walls.
    ///   - preprocessor: What settles the size that a page gets.
    ///   - imageTokens: The most tokens that a page may become.
    ///   - places: Files that are decoded at once.
    public init(
        decoder: PictureDecoder,
        preprocessor: PicturePreprocessor,
        imageTokens: Int,
        places: Places
    ) {
        self.decoder = decoder
        self.preprocessor = preprocessor
        self.imageTokens = imageTokens
        self.places = places
    }

    /// The same under a pipeline's limits of bytes, pixels and time.
    ///
    /// - Parameter limits: The limits; nil changes nothing.
    /// - Returns: A reader that shares its places with this one.
    public func under(_ limits: Limits?) -> PictureReader {
        guard let limits else { return self }
        var reader = self
        reader.decoder = PictureDecoder(
            executable: decoder.executable,
            limits: PictureDecoder.Limits(
                bytes: limits.bytes,
                pixels: limits.pixels,
                pages: decoder.limits.pages,
                time: .milliseconds(limits.millisecondsPerPage)
            )
        )
        return reader
    }

    /// The pages that a question is about.
    ///
    /// - Parameter pictures: Which; neighbouring pages of one file are decoded by one process.
    /// - Returns: One for each, in their order.
    /// - Throws: `JobFailure`, `CancellationError`.
    public func pages(of pictures: [QuestionPicture]) async throws -> [Page] {
        var pages: [Page] = []
        var rest = pictures[...]
        while let first = rest.first {
            var count = 1
            while count < min(rest.count, decoder.limits.pages) {
                let next = rest[rest.startIndex + count]
                guard next.descriptor == first.descriptor, next.turnedBy == first.turnedBy,
                    next.page == first.page + count, (next.moment == nil) == (first.moment == nil)
                else { break }
                count += 1
            }
            let moments = rest.prefix(count).compactMap(\.moment)
            pages += try await self.pages(
                first.page...first.page + count - 1,
                at: moments.isEmpty ? nil : moments,
                as: first
            )
            rest = rest.dropFirst(count)
        }
        return pages
    }

    private func pages(
        _ numbers: ClosedRange<Int>,
        at moments: [Int]?,
        as first: QuestionPicture
    ) async throws -> [Page] {
        do throws(GenerationFault) { try await places.take() } catch { throw CancellationError() }
        defer { places.give() }
        let isTurned = first.turnedBy / 90 % 2 != 0
        let (preprocessor, imageTokens) = (preprocessor, imageTokens)
        let target = TargetSize { (width, height) throws(PreprocessingFault) in
            // A page that lies on its side is resized as it lies.
            guard isTurned else {
                return try preprocessor.targetSize(
                    width: width,
                    height: height,
                    imageTokens: imageTokens
                )
            }
            let upright = try preprocessor.targetSize(
                width: height,
                height: width,
                imageTokens: imageTokens
            )
            return (upright.height, upright.width)
        }
        let (decoded, fault) = await self.decoded(numbers, at: moments, as: first, target: target)
        if fault == .cancelled { throw CancellationError() }
        var pages: [Page] = []
        do throws(PictureFault) {
            // The first page with a fault is told of, also where a later one could not be decoded at all.
            for page in decoded { pages.append(try Self.page(page, first.turnedBy)) }
            if let fault { throw fault }
            return pages
        } catch {
            // The pages in front of it are well; a fault of the whole file is told of the first page.
            var page = min(numbers.lowerBound + pages.count, numbers.upperBound)
            if case .noSuchPage(let number, _) = error { page = number }
            throw JobFailure(error, page: page)
        }
    }

    /// Pages as they are decoded, up to the first that cannot be, and why it cannot.
    private func decoded(
        _ numbers: ClosedRange<Int>,
        at moments: [Int]?,
        as first: QuestionPicture,
        target: TargetSize
    ) async -> (pages: [DecodedPicture], fault: PictureFault?) {
        var pages: [DecodedPicture] = []
        do throws(PictureFault) {
            let process = try await PictureProcess(
                executable: decoder.executable,
                limits: decoder.limits
            )
            defer { process.end() }
            if let moments {
                try await decoder.decodeFrames(
                    of: first.descriptor,
                    at: moments,
                    target: target,
                    process: process,
                    into: &pages
                )
            } else {
                try await decoder.decode(
                    first.descriptor,
                    pages: numbers,
                    target: target,
                    process: process,
                    into: &pages
                )
            }
            return (pages, nil)
        } catch {
            return (pages, error)
        }
    }

    private static func page(
        _ decoded: DecodedPicture,
        _ turnedBy: Int
    ) throws(PictureFault) -> Page {
        guard !decoded.isBlank || !decoded.isCutShort else {
            throw .corrupt("the file ends before anything is to be seen")
        }
        let isTurned = turnedBy / 90 % 2 != 0
        return Page(
            picture: decoded.isBlank ? nil : decoded.picture.turned(by: turnedBy),
            sourceWidth: isTurned ? decoded.sourceHeight : decoded.sourceWidth,
            sourceHeight: isTurned ? decoded.sourceWidth : decoded.sourceHeight
        )
    }
}
