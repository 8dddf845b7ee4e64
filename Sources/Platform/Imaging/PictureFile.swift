internal import CPictures
public import SystemPackage

/// The bytes of a picture file and what its headers say; no pixel is decoded yet.
///
/// The bytes are held in memory, never mapped: a file that another program shortens cannot take this process down.
public struct PictureFile: Sendable {
    /// The format, decided by the first bytes.
    public let format: PictureFormat
    /// The limits that every page is held against.
    public let limits: PictureLimits
    /// What was odd about the headers, in the decoder's words.
    public let warnings: [String]
    /// Whether the list of pages could not be followed to its end.
    public let isCutShort: Bool

    private let bytes: [UInt8]
    private let pages: [PicturesPage]

    /// Reads the headers of a picture file.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - limits: Checked before memory is taken for pixels.
    /// - Throws: ``PictureError``; of a file with one page also `tooLarge`. Of several pages one that is
    ///   too large fails only when it is decoded.
    public init(bytes: [UInt8], limits: PictureLimits = PictureLimits()) throws(PictureError) {
        guard bytes.count <= limits.bytes else { throw .tooManyBytes(limit: limits.bytes) }
        guard let format = PictureFormat.sniff(bytes) else { throw .unrecognized }
        var report = PicturesReport()
        var count: Int32 = 0
        var pages = [PicturesPage](
            repeating: PicturesPage(),
            count: format == .tiff ? max(1, limits.pages) : 1
        )
        let outcome = unsafe bytes.withUnsafeBufferPointer { file in
            unsafe pages.withUnsafeMutableBufferPointer { pages in
                unsafe pictures_inspect(
                    format.code,
                    file.baseAddress,
                    file.count,
                    Int64(limits.pixels),
                    pages.baseAddress,
                    Int32(clamping: pages.count),
                    &count,
                    &report
                )
            }
        }
        guard Int(outcome) == PICTURES_OK else {
            throw PictureError(report, format: format, limits: limits)
        }
        self.bytes = bytes
        self.format = format
        self.limits = limits
        self.pages = Array(pages.prefix(Int(count)))
        self.warnings = report.warnings
        self.isCutShort = report.cut_short != 0
    }

    /// Reads an open file, or all that comes out of a pipe, from where the descriptor stands.
    ///
    /// - Parameters:
    ///   - descriptor: Open for reading; it stays open. A regular file is read from its beginning and its offset is left alone.
    ///   - limits: Checked before memory is taken.
    /// - Throws: ``PictureError``, as ``init(bytes:limits:)`` does, and `inputOutput` when reading fails.
    public init(
        reading descriptor: FileDescriptor,
        limits: PictureLimits = PictureLimits()
    ) throws(PictureError) {
        try self.init(
            bytes: FileBytes.read(descriptor, limit: limits.bytes),
            limits: limits
        )
    }

    /// How many pages there are: frames of a TIFF; of an animation only the first frame counts.
    public var pageCount: Int { pages.count }

    /// The size of a page as it will be decoded: upright, with square pixels.
    ///
    /// - Parameter number: The page, from 0.
    /// - Returns: Width and height in pixels, from the header alone; nil when there is no such page.
    public func size(ofPage number: Int) -> (width: Int, height: Int)? {
        guard pages.indices.contains(number) else { return nil }
        return (Int(pages[number].width), Int(pages[number].height))
    }

    /// The orientation that the file states for a page, 1 to 8 as in EXIF.
    ///
    /// - Parameter number: The page, from 0.
    /// - Returns: 1 where nothing valid is stated; nil when there is no such page. A HEIC says 1, because its own transformations are part of it.
    public func orientation(ofPage number: Int) -> Int? {
        pages.indices.contains(number) ? Int(pages[number].orientation) : nil
    }

    /// Decodes one page: upright, alpha on white, with square pixels.
    ///
    /// - Parameters:
    ///   - number: The page, from 0.
    ///   - wideSamples: What becomes of 16-bit samples.
    /// - Returns: The picture; ``Picture/isCutShort`` when only a part could be read.
    /// - Throws: ``PictureError``.
    public func decode(
        page number: Int = 0,
        wideSamples: WideSamples = .nearest
    ) throws(PictureError) -> Picture {
        guard pages.indices.contains(number) else {
            throw .noSuchPage(number, pageCount: pages.count)
        }
        var page = pages[number]
        var report = PicturesReport()
        let pix = unsafe bytes.withUnsafeBufferPointer { file in
            unsafe pictures_decode(
                format.code,
                file.baseAddress,
                file.count,
                &page,
                Int64(limits.pixels),
                wideSamples.code,
                &report
            )
        }
        guard let pix = unsafe pix else {
            throw PictureError(report, format: format, limits: limits)
        }
        return unsafe Picture(
            owning: pix,
            isCutShort: report.cut_short != 0,
            warnings: report.warnings
        )
    }
}
